import Records

extension TimeWindowedKStream {
    /// The number of records of each key and window; null values count too, except in sliding windows.
    ///
    /// The result's key is ``Windowed``, its time the latest of the window's records. Records with null keys are
    /// dropped and counted; those whose window is closed are counted as ``DropReason/late``. If an operator before has
    /// changed the key, records go through a repartition topic first.
    ///
    /// ```swift
    /// views.groupByKey().windowedBy(.tumbling(.seconds(60))).count().toStream { page, _ in page.key }.to("page-views")
    /// ```
    @inlinable
    public func count(
        materialized: Materialized<Key, Int64>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Windowed<Key>, Int64> {
        if case .sliding = windows {
        } else if let materialized, materialized.storeName == nil {
            // As for a count without windows, a number is used up.
            _ = grouped.stream.builder.newStoreName("KSTREAM-AGGREGATE-")
        }
        return aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .int64,
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: { 0 }, takesNull: true) { _, _, count in (count ?? 0) + 1 }
        )
    }

    /// All values of a key and window put together, two at a time, beginning with the first.
    ///
    /// Key, time and late records as for ``count(materialized:named:file:line:)``; records with a null value, which the
    /// closure cannot be shown, are dropped and counted.
    ///
    /// ```swift
    /// let highest = bids.groupByKey().windowedBy(.hopping(.seconds(60), advance: .seconds(10))).reduce { max($0, $1) }
    /// ```
    @inlinable
    public func reduce(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ reducer: @escaping @Sendable (Value, Value) throws -> Value
    ) -> KTable<Windowed<Key>, Value> {
        aggregated(
            "KSTREAM-REDUCE-",
            materialized,
            value: grouped.stream.valueSerde,
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: nil, takesNull: false) { _, value, total in
                guard let total, let value else { return value }
                return try reducer(total, value)
            }
        )
    }

    /// All values of a key and window put together into a value of another type, beginning with `initial`.
    ///
    /// Key, time and late records as for ``count(materialized:named:file:line:)``; records with a null value are
    /// dropped and counted. A result of nil, where the type is optional, removes the row.
    ///
    /// ```swift
    /// let turnover = orders.groupByKey().windowedBy(.sliding(.seconds(30)))
    ///     .aggregate(initial: 0.0) { customer, order, total in total + order.amount }
    /// ```
    @inlinable
    public func aggregate<Aggregate: Sendable>(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> KTable<Windowed<Key>, Aggregate> {
        aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .inferred(),
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: initial, takesNull: false) { key, value, total in
                guard let value else { return total }
                return try aggregator(key, value, total ?? initial())
            }
        )
    }

    @inlinable
    func aggregated<Aggregate: Sendable>(
        _ prefix: String,
        _ materialized: Materialized<Key, Aggregate>?,
        value: Serde<Aggregate>?,
        _ named: String?,
        _ callSite: CallSite,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>
    ) -> KTable<Windowed<Key>, Aggregate> {
        let builder = grouped.stream.builder
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName(prefix)
        let name = builder.name(named, prefix, callSite)
        if let problem = windows.problem(emission) { builder.graph.report(name, problem, callSite) }
        let input = grouped.repartitionedIfNeeded(storeName, callSite)
        let id = builder.addWindowAggregation(
            name,
            parent: input.node,
            storeName,
            windows,
            emission,
            callSite,
            aggregator
        )
        builder.graph.addAggregate(id, storeName)
        builder.graph.windowGraceMs[id] = windows.graceMs
        let key = materialized.keySerde ?? grouped.stream.keySerde
        let value = materialized.valueSerde ?? value
        builder.addWindowStore(
            storeName,
            users: [id],
            windows,
            emission,
            materialized,
            key: key,
            value: value,
            name,
            callSite
        )
        return .windowed(
            builder,
            id,
            name,
            key: key.map { .timeWindowed($0, sizeMs: windows.sizeMs) },
            value: value,
            sources: input.sources,
            storeName,
            isQueryable: materialized.storeName != nil
        )
    }
}

extension KTable {
    /// The table of a windowed aggregation, whose rows are in its store.
    @inlinable
    static func windowed<Plain>(
        _ builder: StreamsBuilder,
        _ id: NodeID,
        _ name: String,
        key: Serde<Windowed<Plain>>?,
        value: Serde<Value>?,
        sources: Set<NodeID>,
        _ storeName: String,
        isQueryable: Bool
    ) -> KTable<Windowed<Plain>, Value> where Key == Windowed<Plain>, Plain: Sendable {
        KTable<Windowed<Plain>, Value>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: sources,
            queryableStoreName: isQueryable ? storeName : nil
        ) { assembly, user in
            let store: TimestampedWindowStore<Plain, Value> = try assembly.store(named: storeName, for: user)
            return { key in try store.fetch(key.key, at: key.window.start) }
        }
    }
}

/// What an aggregation of windows does with a value.
@usableFromInline
struct WindowAggregator<Key, Value, Aggregate>: Sendable {
    /// What an aggregation begins with; nil where it begins with the first value.
    @usableFromInline let initial: (@Sendable () -> Aggregate)?
    /// Whether null values are aggregated, which the closure does not look at then.
    @usableFromInline let takesNull: Bool
    @usableFromInline let combine: @Sendable (Key, Value?, Aggregate?) throws -> Aggregate?

    @inlinable
    init(
        initial: (@Sendable () -> Aggregate)?,
        takesNull: Bool,
        _ combine: @escaping @Sendable (Key, Value?, Aggregate?) throws -> Aggregate?
    ) {
        self.initial = initial
        self.takesNull = takesNull
        self.combine = combine
    }
}

extension StreamsBuilder {
    /// Adds the node that aggregates windows in a store.
    ///
    /// - Parameter table: The node of the table, where that is another one.
    @inlinable
    func addWindowAggregation<Key, Value, Aggregate>(
        _ name: String,
        parent: NodeID,
        _ storeName: String,
        _ windows: WindowKind,
        _ emission: EmitStrategy,
        _ callSite: CallSite,
        table: NodeID? = nil,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>
    ) -> NodeID {
        addProcessor(
            name,
            parents: [parent],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Windowed<Key>.self, Change<Aggregate>.self)
        ) { [id = graph.nextID] next, scope, assembly in
            let target = WindowTarget<Key, Aggregate>(
                try assembly.store(named: storeName, for: id),
                storeName,
                emission,
                sendsOldValues: assembly.sendsOldValues(table ?? id),
                assembly.context,
                scope,
                next
            )
            switch windows {
            case .time(let windows): return target.aggregation(windows, aggregator)
            case .unlimited(let windows): return target.aggregation(windows, aggregator)
            case .sliding(let windows): return target.aggregation(windows, aggregator)
            }
        }
    }

    /// Adds the store of windowed aggregations.
    @inlinable
    func addWindowStore<Key, Aggregate>(
        _ storeName: String,
        users: [NodeID],
        _ windows: WindowKind,
        _ emission: EmitStrategy,
        _ materialized: Materialized<Key, Aggregate>,
        key: Serde<Key>?,
        value: Serde<Aggregate>?,
        _ name: String,
        _ callSite: CallSite
    ) {
        guard let key = serde(key, "key", name, callSite), let value = serde(value, "value", name, callSite) else {
            return
        }
        var (isCached, interval): (Bool, Int64?) = (materialized.isCached, nil)
        if emission == .onWindowClose {
            // Windows of fixed times are found by their start alone, so that their store may be ordered by it.
            if case .sliding = windows { isCached = false } else { interval = 1 }
        }
        let store = Stores.windowStore(
            storeName,
            key,
            Serde.timestamped(value),
            windowSizeMs: windows.sizeMs,
            retentionMs: retention(materialized.retention, atLeast: windows.retentionMs, name, callSite),
            segmentIntervalMs: interval,
            retainsDuplicates: false,
            isTimestamped: true,
            isReadOnClose: emission == .onWindowClose,
            in: materialized.storage ?? storage,
            isCached: isCached,
            logging: materialized.logging
        )
        add(store, users: users, callSite)
    }

    /// A store's retention: the given one, which must be long enough, or as long as needed.
    @usableFromInline
    func retention(_ given: Duration?, atLeast needed: Int64, _ name: String, _ callSite: CallSite) -> Int64 {
        guard let given = given?.milliseconds else { return needed }
        if given < needed {
            graph.report(
                name,
                "the store's retention of \(given) ms is shorter than windows and grace need, which is \(needed) ms",
                callSite
            )
        }
        return given
    }

    @usableFromInline
    func add(_ store: some StoreBuilding, users: [NodeID], _ callSite: CallSite) {
        graph.add(StoreEntry(store, callSite: callSite))
        for user in users { graph.connect(user, to: store.name) }
    }
}
