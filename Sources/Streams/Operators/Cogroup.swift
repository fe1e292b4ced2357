import Records

/// Several grouped streams with the same keys, aggregated into one table, each in its own way. See KIP-150.
///
/// ```swift
/// let baskets = added.groupByKey()
///     .cogroup { customer, item, basket in basket + [item] }
///     .cogroup(removed.groupByKey()) { customer, item, basket in basket.filter { $0 != item } }
///     .aggregate(initial: [String]())
/// ```
public struct CogroupedKStream<Key: Sendable, Aggregate: Sendable> {
    @usableFromInline let builder: StreamsBuilder
    @usableFromInline let keySerde: Serde<Key>?
    @usableFromInline let inputs: [CogroupInput<Key, Aggregate>]

    @usableFromInline
    init(builder: StreamsBuilder, keySerde: Serde<Key>?, inputs: [CogroupInput<Key, Aggregate>]) {
        self.builder = builder
        self.keySerde = keySerde
        self.inputs = inputs
    }

    /// With another stream, whose values are aggregated by `aggregator`.
    @inlinable
    public func cogroup<Value: Sendable>(
        _ other: KGroupedStream<Key, Value>,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> CogroupedKStream {
        CogroupedKStream(
            builder: builder,
            keySerde: keySerde ?? other.stream.keySerde,
            inputs: inputs + [CogroupInput(other, aggregator)]
        )
    }

    /// Cut into tumbling or hopping windows.
    public func windowedBy(_ windows: TimeWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .time(windows))
    }

    /// Cut into sliding windows.
    public func windowedBy(_ windows: SlidingWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .sliding(windows))
    }

    /// In one window without an end.
    public func windowedBy(_ windows: UnlimitedWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .unlimited(windows))
    }

    /// Cut into sessions.
    public func windowedBy(_ windows: SessionWindows) -> SessionWindowedCogroupedKStream<Key, Aggregate> {
        SessionWindowedCogroupedKStream(grouped: self, windows: windows)
    }
}

/// Several grouped streams, cut into windows of time. See ``CogroupedKStream``.
public struct TimeWindowedCogroupedKStream<Key: Sendable, Aggregate: Sendable> {
    @usableFromInline let grouped: CogroupedKStream<Key, Aggregate>
    @usableFromInline let windows: WindowKind

    @usableFromInline
    init(grouped: CogroupedKStream<Key, Aggregate>, windows: WindowKind) {
        self.grouped = grouped
        self.windows = windows
    }
}

/// Several grouped streams, cut into sessions. See ``CogroupedKStream``.
public struct SessionWindowedCogroupedKStream<Key: Sendable, Aggregate: Sendable> {
    @usableFromInline let grouped: CogroupedKStream<Key, Aggregate>
    @usableFromInline let windows: SessionWindows

    @usableFromInline
    init(grouped: CogroupedKStream<Key, Aggregate>, windows: SessionWindows) {
        self.grouped = grouped
        self.windows = windows
    }
}

extension KGroupedStream {
    /// Begins an aggregation that other streams with the same keys take part in.
    ///
    /// Key, time and dropped records as for `aggregate`; each stream that needs it goes through a repartition topic of its
    /// own.
    ///
    /// ```swift
    /// added.groupByKey().cogroup { customer, item, basket in basket + [item] }
    /// ```
    @inlinable
    public func cogroup<Aggregate: Sendable>(
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> CogroupedKStream<Key, Aggregate> {
        CogroupedKStream(
            builder: stream.builder,
            keySerde: stream.keySerde,
            inputs: [CogroupInput(self, aggregator)]
        )
    }
}

/// One of the streams of a cogroup, without the type of its values.
@usableFromInline
struct CogroupInput<Key: Sendable, Aggregate: Sendable> {
    /// Where an input's node belongs.
    @usableFromInline
    struct Place {
        @usableFromInline let name: String
        @usableFromInline let parent: NodeID
        @usableFromInline let storeName: String
        /// The node of the table that the inputs are merged into.
        @usableFromInline let table: NodeID
        @usableFromInline let callSite: CallSite

        @usableFromInline
        init(name: String, parent: NodeID, storeName: String, table: NodeID, callSite: CallSite) {
            self.name = name
            self.parent = parent
            self.storeName = storeName
            self.table = table
            self.callSite = callSite
        }
    }

    @usableFromInline typealias Initial = @Sendable () -> Aggregate
    @usableFromInline typealias Merge = @Sendable (Key, Aggregate, Aggregate) throws -> Aggregate

    @usableFromInline let repartition: (_ storeName: String, CallSite) -> (node: NodeID, sources: Set<NodeID>)
    @usableFromInline let add: (Place, @escaping Initial) -> NodeID
    @usableFromInline let addWindowed: (Place, WindowKind, @escaping Initial) -> NodeID
    @usableFromInline let addSessions: (Place, SessionWindows, @escaping Initial, @escaping Merge) -> NodeID

    @inlinable
    init<Value: Sendable>(
        _ grouped: KGroupedStream<Key, Value>,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) {
        let builder = grouped.stream.builder
        repartition = { storeName, callSite in
            let input = grouped.repartitionedIfNeeded(storeName, callSite)
            return (input.node, input.sources)
        }
        add = { place, initial in
            builder.addProcessor(
                place.name,
                parents: [place.parent],
                callSite: place.callSite,
                from: (Key.self, Value.self),
                to: (Key.self, Change<Aggregate>.self)
            ) {
                [id = builder.graph.nextID, storeName = place.storeName, table = place.table] next, scope, assembly in
                let store: TimestampedKeyValueStore<Key, Aggregate> = try assembly.store(named: storeName, for: id)
                return try assembly.aggregation(
                    in: store,
                    sendsOldValues: assembly.sendsOldValues(table),
                    next,
                    scope
                ) { (key: Key, value: Value, total: Aggregate?) in try aggregator(key, value, total ?? initial()) }
            }
        }
        @Sendable func windowed(_ initial: @escaping Initial) -> WindowAggregator<Key, Value, Aggregate> {
            WindowAggregator(initial: initial, takesNull: false) { key, value, total in
                guard let value else { return total }
                return try aggregator(key, value, total ?? initial())
            }
        }
        addWindowed = { place, windows, initial in
            builder.addWindowAggregation(
                place.name,
                parent: place.parent,
                place.storeName,
                windows,
                .onWindowUpdate,
                place.callSite,
                table: place.table,
                windowed(initial)
            )
        }
        addSessions = { place, windows, initial, merge in
            builder.addSessionAggregation(
                place.name,
                parent: place.parent,
                place.storeName,
                windows,
                .onWindowUpdate,
                place.callSite,
                table: place.table,
                windowed(initial),
                merge
            )
        }
    }
}
