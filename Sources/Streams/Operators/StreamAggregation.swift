import Records

extension KGroupedStream {
    /// The number of records of each key.
    ///
    /// The result's time is the latest of its records, so a late record counts and does not set the time back. If an
    /// operator before has changed the key, records go through a repartition topic first. Records with a null key or
    /// value are dropped and counted. Where the store caches, which is the default, changes to one key go on as one
    /// with each commit.
    ///
    /// ```swift
    /// words.groupByKey().count(materialized: .as("counts")).toStream().to("word-counts")
    /// ```
    @inlinable
    public func count(
        materialized: Materialized<Key, Int64>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Int64> {
        // Kafka Streams uses up a number here for compatibility's sake, and names of topics depend on it.
        if let materialized, materialized.storeName == nil { _ = stream.builder.newStoreName("KSTREAM-AGGREGATE-") }
        return aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .int64,
            named,
            CallSite(file: file, line: line),
            initial: { 0 }
        ) { _, _, old in (old ?? 0) + 1 }
    }

    /// All values of a key put together, two at a time, beginning with the first.
    ///
    /// Time, partitioning, nulls and caching as for ``count(materialized:named:file:line:)``. The first closure
    /// parameter is the result so far.
    ///
    /// ```swift
    /// let highest = bids.groupByKey().reduce { best, bid in max(best, bid) }
    /// ```
    @inlinable
    public func reduce(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ reducer: @escaping @Sendable (Value, Value) throws -> Value
    ) -> KTable<Key, Value> {
        aggregated(
            "KSTREAM-REDUCE-",
            materialized,
            value: stream.valueSerde,
            named,
            CallSite(file: file, line: line),
            initial: nil
        ) { _, value, old in
            guard let old else { return value }
            return try reducer(old, value)
        }
    }

    /// All values of a key put together into a value of another type, beginning with `initial`.
    ///
    /// Time, partitioning, nulls and caching as for ``count(materialized:named:file:line:)``. A result of nil, where
    /// the type is optional, removes the row.
    ///
    /// ```swift
    /// let totals = orders.groupByKey().aggregate(initial: 0.0) { customer, order, total in total + order.amount }
    /// ```
    @inlinable
    public func aggregate<Aggregate: Sendable>(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> KTable<Key, Aggregate> {
        aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .inferred(),
            named,
            CallSite(file: file, line: line),
            initial: initial
        ) { key, value, old in try aggregator(key, value, old ?? initial()) }
    }

    @inlinable
    func aggregated<Aggregate: Sendable>(
        _ prefix: String,
        _ materialized: Materialized<Key, Aggregate>?,
        value: Serde<Aggregate>?,
        _ named: String?,
        _ callSite: CallSite,
        initial: (@Sendable () -> Aggregate)?,
        _ combine: @escaping @Sendable (Key, Value, Aggregate?) throws -> Aggregate
    ) -> KTable<Key, Aggregate> {
        let builder = stream.builder
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName(prefix)
        let name = builder.name(named, prefix, callSite)
        let input = repartitionedIfNeeded(storeName, callSite)
        let id = builder.addProcessor(
            name,
            parents: [input.node],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Change<Aggregate>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            try assembly.aggregation(
                in: assembly.rows(named: storeName, for: id),
                sendsOldValues: assembly.sendsOldValues(id),
                next,
                scope,
                initial: initial,
                combine
            )
        }
        builder.graph.addAggregate(id, storeName)
        let key = materialized.keySerde ?? stream.keySerde
        let value = materialized.valueSerde ?? value
        if let key = builder.serde(key, "key", name, callSite),
            let value = builder.serde(value, "value", name, callSite)
        {
            builder.graph.add(materialized.entry(storeName, key: key, value: value, in: builder.storage, callSite))
            builder.graph.connect(id, to: storeName)
        }
        return KTable(
            builder: builder,
            node: id,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: input.sources,
            queryableStoreName: materialized.storeName,
            asOfReader: KTable.asOfReader(storeName, materialized),
            reader: KTable.storeReader(storeName)
        )
    }

    /// The stream itself, or what comes out of its repartition topic.
    @inlinable
    func repartitionedIfNeeded(_ storeName: String, _ callSite: CallSite) -> KStream<Key, Value> {
        guard stream.needsRepartition else { return stream }
        let builder = stream.builder
        if groupName != nil, let source = repartition.source {
            // A named grouping has one topic for all its aggregations; the numbers of the others are used up all the same.
            _ = builder.repartitionNames(storeName)
            return KStream(
                builder: builder,
                node: source,
                name: stream.name,
                keySerde: stream.keySerde,
                valueSerde: stream.valueSerde,
                sources: [source]
            )
        }
        let result = stream.repartitioned(
            groupName ?? storeName,
            key: stream.keySerde,
            value: stream.valueSerde,
            callSite: callSite
        )
        repartition.source = result.node
        return result
    }
}

extension TaskAssembly {
    /// The closure of an aggregation: reads the row, combines, writes it, hands the change on.
    ///
    /// - Parameter initial: What an aggregation begins with, which those below are shown as the old value of its first
    ///   change, as in Kafka Streams; nil where it begins with the first value.
    @inlinable
    func aggregation<Key, Value, Aggregate>(
        in rows: TableRows<Key, Aggregate>,
        sendsOldValues: Bool,
        _ next: @escaping Forward<Key, Change<Aggregate>>,
        _ scope: NodeScope,
        initial: (@Sendable () -> Aggregate)?,
        _ combine: @escaping @Sendable (Key, Value, Aggregate?) throws -> Aggregate
    ) throws -> Forward<Key, Value> {
        let (nullKey, nullValue, nullResult) = (Nulls<Key>(), Nulls<Value>(), Nulls<Aggregate>())
        let writer = TableWriter(rows, sendsOldValues: sendsOldValues, next)
        let context = context
        guard case .latest(let store) = rows else {
            return { key, value, timestamp in
                guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
                guard let value = nullValue.plain(value) else { return scope.drop(.nullValue) }
                context.timestamp = timestamp
                let (row, old, new): (ValueAndTimestamp<Aggregate>?, Aggregate?, Aggregate?)
                do {
                    row = try rows.get(key)
                    old = row?.value ?? nullResult.plain(initial?())
                    new = nullResult.plain(try combine(key, value, old))
                } catch {
                    return try scope.failed(error)
                }
                try writer.put(key, new, max(timestamp, row?.timestamp ?? .none), old: old)
            }
        }
        return { key, value, timestamp in
            guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
            guard let value = nullValue.plain(value) else { return scope.drop(.nullValue) }
            context.timestamp = timestamp
            var (old, new): (Aggregate?, Aggregate?)
            var time = timestamp
            do {
                try store.update(key) { row in
                    if let row {
                        old = row.value
                        time = max(timestamp, row.timestamp)
                    } else {
                        old = nullResult.plain(initial?())
                    }
                    new = nullResult.plain(try combine(key, value, old))
                    return new.map { ValueAndTimestamp($0, time) }
                }
            } catch {
                return try scope.failed(error)
            }
            if !writer.isCached {
                try next(key, Change(new: new, old: sendsOldValues ? old : nil), time)
            }
        }
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func addAggregate(_ id: NodeID, _ storeName: String) {
        tables[id] = TableNode(origin: .aggregate(storeName: storeName), isMaterialized: true)
    }
}
