import Records

/// Several grouped streams with the same keys, aggregated into one table, each in its own way. See KIP-150.
///
/// ```swift
/// let balance = orders.groupByKey()
///     .cogroup { customer, order, balance in balance - order.amount }
///     .cogroup(payments.groupByKey()) { customer, payment, balance in balance + payment.amount }
///     .aggregate(initial: 0.0)
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
    ///
    /// Both streams' topics must have the same number of partitions; each stream whose key was changed goes through a
    /// repartition topic of its own. Records with a null key or value are dropped and counted.
    ///
    /// ```swift
    /// let balance = orders.groupByKey()
    ///     .cogroup { customer, order, balance in balance - order.amount }
    ///     .cogroup(payments.groupByKey()) { customer, payment, balance in balance + payment.amount }
    ///     .aggregate(initial: 0.0)
    /// ```
    @inlinable
    public func cogroup<Value: Sendable>(
        _ other: KGroupedStream<Key, Value>,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> CogroupedKStream {
        let input = CogroupInput(other, aggregator)
        var inputs = inputs
        if let index = inputs.firstIndex(where: { $0.identity == input.identity }) {
            inputs[index] = input
        } else {
            inputs.append(input)
        }
        return CogroupedKStream(builder: builder, keySerde: keySerde ?? other.stream.keySerde, inputs: inputs)
    }

    /// Cut into tumbling or hopping windows; what comes when its window is closed is dropped and counted as
    /// ``DropReason/late``.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.tumbling(.seconds(60), grace: .seconds(5)))
    ///     .aggregate(initial: Int64(0))
    /// ```
    public func windowedBy(_ windows: TimeWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .time(windows))
    }

    /// Cut into sliding windows; what comes when its windows are closed is dropped and counted as ``DropReason/late``.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.sliding(.seconds(60), grace: .seconds(5)))
    ///     .aggregate(initial: Int64(0))
    /// ```
    public func windowedBy(_ windows: SlidingWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .sliding(windows))
    }

    /// In one window without an end; records before its start are left out.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.unlimited())
    ///     .aggregate(initial: Int64(0))
    /// ```
    public func windowedBy(_ windows: UnlimitedWindows) -> TimeWindowedCogroupedKStream<Key, Aggregate> {
        TimeWindowedCogroupedKStream(grouped: self, windows: .unlimited(windows))
    }

    /// Cut into sessions; what comes when its session is closed is dropped and counted as ``DropReason/late``.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.session(gap: .seconds(300)))
    ///     .aggregate(initial: Int64(0)) { _, one, other in one + other }
    /// ```
    public func windowedBy(_ windows: SessionWindows) -> SessionWindowedCogroupedKStream<Key, Aggregate> {
        SessionWindowedCogroupedKStream(grouped: self, windows: windows)
    }
}

/// Several grouped streams, cut into windows of time. See ``CogroupedKStream``.
///
/// ```swift
/// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
///     .windowedBy(.tumbling(.seconds(60)))
///     .aggregate(initial: Int64(0))
/// ```
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
///
/// ```swift
/// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
///     .windowedBy(.session(gap: .seconds(300)))
///     .aggregate(initial: Int64(0)) { _, one, other in one + other }
/// ```
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
    /// Key, time and dropped records as for ``aggregate(initial:materialized:named:file:line:_:)``; each stream that
    /// needs it goes through a repartition topic of its own.
    ///
    /// ```swift
    /// let balance = orders.groupByKey()
    ///     .cogroup { customer, order, balance in balance - order.amount }
    ///     .cogroup(payments.groupByKey()) { customer, payment, balance in balance + payment.amount }
    ///     .aggregate(initial: 0.0)
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

    /// The grouped stream, which takes part once: its last aggregator counts.
    @usableFromInline let identity: ObjectIdentifier
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
        identity = ObjectIdentifier(grouped.repartition)
        let shared = SharedRepartition()
        repartition = { storeName, callSite in
            if let source = shared.source {
                // All aggregations of one cogroup have one topic for each stream; the numbers of the others are used up.
                _ = builder.repartitionNames(storeName)
                return (source, [source])
            }
            let input = grouped.repartitionedIfNeeded(storeName, callSite)
            if grouped.stream.needsRepartition { shared.source = input.node }
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
                try assembly.aggregation(
                    in: assembly.rows(named: storeName, for: id),
                    sendsOldValues: assembly.sendsOldValues(table),
                    next,
                    scope,
                    initial: initial
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
