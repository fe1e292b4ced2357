import Records

/// A table whose rows are grouped by another key, ready to be aggregated.
///
/// A row that changes is taken out of its old group and put into its new one.
///
/// ```swift
/// let perCity = customers.groupBy { id, customer in (customer.city, customer) }.count()
/// ```
public struct KGroupedTable<Key: Sendable, Value: Sendable> {
    @usableFromInline let builder: StreamsBuilder
    @usableFromInline let node: NodeID
    @usableFromInline let keySerde: Serde<Key>?
    @usableFromInline let valueSerde: Serde<Value>?
    @usableFromInline let groupName: String?
    @usableFromInline let repartition = SharedRepartition()

    @usableFromInline
    init(
        builder: StreamsBuilder,
        node: NodeID,
        keySerde: Serde<Key>?,
        valueSerde: Serde<Value>?,
        groupName: String?
    ) {
        self.builder = builder
        self.node = node
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.groupName = groupName
    }
}

extension KTable {
    /// Groups the rows by a new key, and gives each a new value.
    ///
    /// Times stay. Changes go through a repartition topic, which `named` names: `<application id>-<name>-repartition`.
    /// A row whose new key or value is null belongs to no group.
    ///
    /// ```swift
    /// let spending = customers.groupBy { id, customer in (customer.city, customer.spent) }
    /// ```
    @inlinable
    public func groupBy<NewKey: Sendable, NewValue: Sendable>(
        key: Serde<NewKey>? = nil,
        value: Serde<NewValue>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Key, Value) throws -> (NewKey, NewValue)
    ) -> KGroupedTable<NewKey, NewValue> {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KTABLE-SELECT-", callSite)
        let keySerde = builder.serde(key, "key", name, callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (NewKey.self, Change<NewValue>.self)
        ) { next, scope, _ in
            let (nullKey, nullValue) = (Nulls<NewKey>(), Nulls<NewValue>())
            func select(_ key: Key, _ value: Value?) throws -> (NewKey, NewValue)? {
                guard let value else { return nil }
                let (newKey, newValue) = try selector(key, value)
                guard let newKey = nullKey.plain(newKey), let newValue = nullValue.plain(newValue) else { return nil }
                return (newKey, newValue)
            }
            return { key, change, timestamp in
                guard let key, let change else { return scope.drop(.nullKey) }
                // A versioned table's change of a past version changes no group.
                guard change.isLatest else { return scope.drop(.outOfOrder) }
                let (new, old): ((NewKey, NewValue)?, (NewKey, NewValue)?)
                var isSameGroup = false
                do {
                    new = try select(key, change.new)
                    old = try select(key, change.old)
                    if let new, let old, let keySerde {
                        isSameGroup = try keySerde.bytes(of: new.0) == keySerde.bytes(of: old.0)
                    }
                } catch {
                    return try scope.failed(error)
                }
                if isSameGroup {
                    return try next(new?.0, Change(new: new?.1, old: old?.1, isLatest: change.isLatest), timestamp)
                }
                if let old { try next(old.0, Change(new: nil, old: old.1, isLatest: change.isLatest), timestamp) }
                if let new { try next(new.0, Change(new: new.1, old: nil, isLatest: change.isLatest), timestamp) }
            }
        }
        builder.graph.sendOldValues(of: node, force: true)
        return KGroupedTable<NewKey, NewValue>(
            builder: builder,
            node: id,
            keySerde: keySerde,
            valueSerde: value,
            groupName: named
        )
    }
}

extension KGroupedTable {
    /// The number of rows of each group.
    ///
    /// The result's time is the latest of the changes that made it. A row that is removed, or leaves its group, counts
    /// no more.
    ///
    /// ```swift
    /// let perCity = customers.groupBy { id, customer in (customer.city, customer) }.count()
    /// ```
    @inlinable
    public func count(
        materialized: Materialized<Key, Int64>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Int64> {
        aggregated(
            "KTABLE-AGGREGATE-",
            materialized,
            value: .int64,
            named,
            CallSite(file: file, line: line),
            add: { _, _, count in (count ?? 0) + 1 },
            subtract: { _, _, count in count - 1 }
        )
    }

    /// All values of a group put together, two at a time; `subtract` takes the value of a row out that left.
    ///
    /// Time as for ``count(materialized:named:file:line:)``. The first closure parameter is the result so far.
    ///
    /// ```swift
    /// let spent = customers.groupBy { id, customer in (customer.city, customer.spent) }
    ///     .reduce(add: { total, spent in total + spent }, subtract: { total, spent in total - spent })
    /// ```
    @inlinable
    public func reduce(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        add: @escaping @Sendable (Value, Value) throws -> Value,
        subtract: @escaping @Sendable (Value, Value) throws -> Value
    ) -> KTable<Key, Value> {
        aggregated(
            "KTABLE-REDUCE-",
            materialized,
            value: valueSerde,
            named,
            CallSite(file: file, line: line),
            add: { _, value, total in
                guard let total else { return value }
                return try add(total, value)
            },
            subtract: { _, value, total in try subtract(total, value) }
        )
    }

    /// All values of a group put together into a value of another type; `subtract` takes the value of a row out that
    /// left.
    ///
    /// Time as for ``count(materialized:named:file:line:)``. A row that changes within its group is first subtracted
    /// and then added.
    ///
    /// ```swift
    /// let names = customers.groupBy { id, customer in (customer.city, customer.name) }
    ///     .aggregate(
    ///         initial: [String](),
    ///         add: { city, name, names in names + [name] },
    ///         subtract: { city, name, names in names.filter { $0 != name } })
    /// ```
    @inlinable
    public func aggregate<Aggregate: Sendable>(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        add: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate,
        subtract: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> KTable<Key, Aggregate> {
        aggregated(
            "KTABLE-AGGREGATE-",
            materialized,
            value: .inferred(),
            named,
            CallSite(file: file, line: line),
            add: { key, value, total in try add(key, value, total ?? initial()) },
            subtract: subtract
        )
    }

    @inlinable
    func aggregated<Aggregate: Sendable>(
        _ prefix: String,
        _ materialized: Materialized<Key, Aggregate>?,
        value: Serde<Aggregate>?,
        _ named: String?,
        _ callSite: CallSite,
        add: @escaping @Sendable (Key, Value, Aggregate?) throws -> Aggregate,
        subtract: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> KTable<Key, Aggregate> {
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName("KTABLE-AGGREGATE-")
        let sinkName = builder.name(named, "KSTREAM-SINK-", callSite, suffix: "-sink")
        let sourceName = builder.name(named, "KSTREAM-SOURCE-", callSite, suffix: "-source")
        let name = builder.name(named, prefix, callSite)
        let source = repartitioned(sinkName, sourceName, groupName ?? storeName, callSite)
        let id = builder.addProcessor(
            name,
            parents: source.map { [$0] } ?? [],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Change<Aggregate>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            let rows: TableRows<Key, Aggregate> = try assembly.rows(named: storeName, for: id)
            let writer = TableWriter(rows, sendsOldValues: assembly.sendsOldValues(id), next)
            let nulls = Nulls<Aggregate>()
            let context = assembly.context
            return { key, change, timestamp in
                guard let key, let change else { return scope.drop(.nullKey) }
                context.timestamp = timestamp
                let old: Aggregate?
                var new: Aggregate?
                var time = timestamp
                do {
                    let row = try rows.get(key)
                    old = row?.value
                    new = old
                    if let gone = change.old, let total = new {
                        new = nulls.plain(try subtract(key, gone, total))
                        time = max(timestamp, row?.timestamp ?? .none)
                    }
                    if let value = change.new {
                        new = nulls.plain(try add(key, value, new))
                        time = max(timestamp, row?.timestamp ?? .none)
                    }
                } catch {
                    return try scope.failed(error)
                }
                try writer.put(key, new, time, old: old)
            }
        }
        builder.graph.addAggregate(id, storeName)
        let key = materialized.keySerde ?? keySerde
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
            sources: Set(source.map { [$0] } ?? []),
            queryableStoreName: materialized.storeName,
            asOfReader: KTable.asOfReader(storeName, materialized),
            reader: KTable.storeReader(storeName)
        )
    }

    /// The source that reads the changes back, by their new keys; nil when a serde is missing, which is reported.
    @inlinable
    func repartitioned(
        _ sinkName: String,
        _ sourceName: String,
        _ prefix: String,
        _ callSite: CallSite
    ) -> NodeID? {
        if groupName != nil, let source = repartition.source { return source }
        guard let keySerde, let value = builder.serde(valueSerde, "value", sinkName, callSite) else { return nil }
        let topic = prefix + "-repartition"
        builder.graph.add(RepartitionTopic(name: topic, partitionCount: nil))
        builder.graph.addSink(
            sinkName,
            .repartition(topic),
            parents: [node],
            key: keySerde,
            value: value.change,
            partitioner: nil,
            callSite: callSite
        )
        let source = builder.addSource(
            sourceName,
            .topics([.repartition(topic)]),
            key: keySerde,
            value: value.change,
            callSite: callSite
        )
        builder.graph.repartitionFilters[source] = node
        repartition.source = source
        return source
    }
}
