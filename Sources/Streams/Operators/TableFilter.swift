import Records

extension KTable {
    /// The rows for which `predicate` is true. A row for which it becomes false is removed.
    ///
    /// Key, partitioning and time stay. `materialized` gives the result a store of its own, if it names one.
    ///
    /// ```swift
    /// let regulars = customers.filter { id, customer in customer.spent > 1000 }
    /// ```
    @inlinable
    public func filter(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KTable {
        filtered(keeping: true, materialized, named, CallSite(file: file, line: line), predicate)
    }

    /// The rows for whose value `predicate` is true. A row for which it becomes false is removed.
    ///
    /// Key, partitioning and time stay. `materialized` gives the result a store of its own, if it names one.
    ///
    /// ```swift
    /// let regulars = customers.filter { customer in customer.spent > 1000 }
    /// ```
    @inlinable
    public func filter(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> KTable {
        filtered(keeping: true, materialized, named, CallSite(file: file, line: line)) { _, value in
            try predicate(value)
        }
    }

    /// The rows for which `predicate` is false. A row for which it becomes true is removed.
    ///
    /// Key, partitioning and time stay. `materialized` gives the result a store of its own, if it names one.
    ///
    /// ```swift
    /// let others = customers.filterNot { id, customer in customer.spent > 1000 }
    /// ```
    @inlinable
    public func filterNot(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KTable {
        filtered(keeping: false, materialized, named, CallSite(file: file, line: line), predicate)
    }

    /// The rows for whose value `predicate` is false. A row for which it becomes true is removed.
    ///
    /// Key, partitioning and time stay. `materialized` gives the result a store of its own, if it names one.
    ///
    /// ```swift
    /// let others = customers.filterNot { customer in customer.spent > 1000 }
    /// ```
    @inlinable
    public func filterNot(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> KTable {
        filtered(keeping: false, materialized, named, CallSite(file: file, line: line)) { _, value in
            try predicate(value)
        }
    }

    @inlinable
    func filtered(
        keeping wanted: Bool,
        _ materialized: Materialized<Key, Value>?,
        _ named: String?,
        _ callSite: CallSite,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KTable {
        let parentReader = reader
        // Where the rows are at hand, old values spare what is below removals of rows that it never had.
        let sendsOldValues = builder.graph.sendOldValues(of: node, force: false)
        return derived(
            "KTABLE-FILTER-",
            materialized,
            named,
            value: materialized?.valueSerde ?? valueSerde,
            callSite,
            reader: { assembly, user in
                let read = try parentReader(assembly, user)
                return { key in
                    guard let row = try read(key), try predicate(key, row.value) == wanted else { return nil }
                    return row
                }
            },
            asOfReader: asOfReader { key, value in try predicate(key, value) == wanted ? value : nil },
            skipsAbsent: true,
            sendsOldValues: sendsOldValues
        ) { key, value in try predicate(key, value) == wanted ? value : nil }
    }

    /// Adds an operator whose row is made from this table's row of the same key.
    ///
    /// - Parameter skipsAbsent: Whether a change from no row to no row goes no further, where old values tell.
    @inlinable
    func derived<NewValue: Sendable>(
        _ prefix: String,
        _ materialized: Materialized<Key, NewValue>?,
        _ named: String?,
        value: Serde<NewValue>?,
        _ callSite: CallSite,
        reader: @escaping @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, NewValue>,
        asOfReader: (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, NewValue>)? = nil,
        skipsAbsent: Bool,
        sendsOldValues: Bool = false,
        _ compute: @escaping @Sendable (Key, Value) throws -> NewValue?
    ) -> KTable<Key, NewValue> {
        if let materialized, materialized.storeName == nil { _ = builder.newStoreName(prefix) }
        let name = builder.name(named, prefix, callSite)
        let storeName = materialized?.storeName
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Change<NewValue>.self)
        ) { [id = builder.graph.nextID, parent = node] next, scope, assembly in
            let nulls = Nulls<NewValue>()
            // A versioned table's changes go on whatever the latest row is: they may be about another time.
            let skipsAbsent = skipsAbsent && assembly.graph.historyMs(of: parent) == nil
            let sendsOld = assembly.sendsOldValues(id)
            var writer: TableWriter<Key, NewValue>?
            if let storeName {
                writer = TableWriter(
                    try assembly.rows(named: storeName, for: id),
                    sendsOldValues: sendsOld,
                    next
                )
            }
            let target = writer
            let forgetsVersions = materialized != nil
            return { key, change, timestamp in
                guard let key, let change else { return }
                let new: NewValue?
                var old: NewValue?
                do {
                    new = nulls.plain(try change.new.flatMap { try compute(key, $0) })
                    if sendsOld {
                        if let target {
                            old = try target.rows.get(key)?.value
                        } else {
                            old = nulls.plain(try change.old.flatMap { try compute(key, $0) })
                        }
                    }
                } catch {
                    return try scope.failed(error)
                }
                if skipsAbsent, sendsOld, old == nil, new == nil { return }
                if let target {
                    assembly.context.timestamp = timestamp
                    try target.put(key, new, timestamp, old: old)
                } else {
                    let isLatest = change.isLatest || forgetsVersions
                    try next(key, Change(new: new, old: old, isLatest: isLatest), timestamp)
                }
            }
        }
        builder.addDerivedTable(id, from: node, storeName, materialized, sendsOldValues: sendsOldValues)
        let key = materialized?.keySerde ?? keySerde
        if let materialized, let storeName,
            let key = builder.serde(key, "key", name, callSite),
            let value = builder.serde(value, "value", name, callSite)
        {
            builder.graph.add(materialized.entry(storeName, key: key, value: value, in: builder.storage, callSite))
            builder.graph.connect(id, to: storeName)
        }
        return KTable<Key, NewValue>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: sources,
            queryableStoreName: storeName,
            asOfReader: materialized.flatMap { KTable<Key, NewValue>.asOfReader($0) }
                ?? (storeName == nil ? asOfReader : nil),
            reader: storeName.map { KTable<Key, NewValue>.storeReader($0) } ?? reader
        )
    }
}

extension StreamsBuilder {
    @usableFromInline
    func addDerivedTable<Key, Value>(
        _ id: NodeID,
        from parent: NodeID,
        _ storeName: String?,
        _ materialized: Materialized<Key, Value>?,
        sendsOldValues: Bool
    ) {
        var table = TableNode(
            origin: .derived(from: parent, storeName: storeName),
            isMaterialized: storeName != nil,
            sendsOldValues: sendsOldValues
        )
        // Who says how rows are kept, and not that past ones are, has a table without past ones.
        table.historyMs = materialized.map { $0.history?.milliseconds ?? TableNode.noHistory }
        graph.tables[id] = table
    }
}
