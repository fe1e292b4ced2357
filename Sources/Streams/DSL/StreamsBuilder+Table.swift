import Records

extension StreamsBuilder {
    /// Reads a topic as a table: for each key the latest value, a null value removes the row.
    ///
    /// Key, partition and time stay. Records with null keys are dropped and counted. A record that is older than the
    /// row it replaces still replaces it: order in the topic counts, unless `materialized` is a versioned store. The
    /// rows are kept in a store only where something needs them or `materialized` names one.
    ///
    /// ```swift
    /// let addresses = builder.table("addresses", String.self, String.self)
    /// let named = builder.table("customers", String.self, Customer.self, materialized: .as("customers"))
    /// ```
    @inlinable
    public func table<Key: SerdeProviding & Sendable, Value: SerdeProviding & Sendable>(
        _ topic: TopicName,
        _ key: Key.Type,
        _ value: Value.Type,
        materialized: Materialized<Key, Value>? = nil,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Value> {
        table(
            topic,
            key: Key.serde,
            value: Value.serde,
            materialized: materialized,
            timestamps: timestamps,
            offsetReset: offsetReset,
            named: named,
            file: file,
            line: line
        )
    }

    /// Reads a topic as a table, with serdes of one's own.
    ///
    /// Else as ``table(_:_:_:materialized:timestamps:offsetReset:named:file:line:)``.
    ///
    /// ```swift
    /// let raw = builder.table("addresses", key: .string, value: .bytes)
    /// ```
    @inlinable
    public func table<Key: Sendable, Value: Sendable>(
        _ topic: TopicName,
        key: Serde<Key>,
        value: Serde<Value>,
        materialized: Materialized<Key, Value>? = nil,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let storeName = tableStoreName(topic, materialized?.storeName)
        let sourceName = name(named, "KSTREAM-SOURCE-", callSite, suffix: "-source")
        let tableName = name(named, "KTABLE-SOURCE-", callSite)
        let source = addSource(
            sourceName,
            .topics([.external(topic)]),
            key: key,
            value: value,
            timestamps: timestamps,
            offsetReset: offsetReset,
            callSite: callSite
        )
        graph.tableSources.insert(source)
        let materialized = materialized ?? Materialized()
        let id = addTableSource(
            tableName,
            parents: [source],
            storeName,
            materialized.storeName != nil,
            callSite,
            Key.self,
            Value.self
        )
        graph.tables[id]?.sourceStore = materialized.entry(
            storeName,
            key: materialized.keySerde ?? key,
            value: materialized.valueSerde ?? value,
            in: storage,
            callSite
        )
        return KTable(
            builder: self,
            node: id,
            name: tableName,
            keySerde: key,
            valueSerde: value,
            sources: [source],
            queryableStoreName: materialized.storeName,
            asOfReader: KTable.asOfReader(storeName, materialized),
            reader: KTable.storeReader(storeName)
        )
    }

    /// Reads a topic as a table that every instance has whole.
    ///
    /// It is read to its end before processing starts, and kept up to date beside it. Records with null keys are
    /// dropped and counted; a null value removes the row.
    ///
    /// ```swift
    /// let products = builder.globalTable("products", String.self, Product.self)
    /// ```
    @inlinable
    public func globalTable<Key: SerdeProviding & Sendable, Value: SerdeProviding & Sendable>(
        _ topic: TopicName,
        _ key: Key.Type,
        _ value: Value.Type,
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> GlobalKTable<Key, Value> {
        globalTable(
            topic,
            key: Key.serde,
            value: Value.serde,
            materialized: materialized,
            named: named,
            file: file,
            line: line
        )
    }

    /// Reads a topic as a table that every instance has whole, with serdes of one's own.
    ///
    /// Else as ``globalTable(_:_:_:materialized:named:file:line:)``.
    ///
    /// ```swift
    /// let products = builder.globalTable("products", key: .string, value: Product.serde)
    /// ```
    @inlinable
    public func globalTable<Key: Sendable, Value: Sendable>(
        _ topic: TopicName,
        key: Serde<Key>,
        value: Serde<Value>,
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> GlobalKTable<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let storeName = tableStoreName(topic, materialized?.storeName)
        let sourceName = name(named, "KSTREAM-SOURCE-", callSite, suffix: "-source")
        let tableName = name(named, "KTABLE-SOURCE-", callSite)
        let source = addSource(
            sourceName,
            .topics([.external(topic)]),
            key: key,
            value: value,
            isGlobal: true,
            callSite: callSite
        )
        var materialized = materialized ?? Materialized()
        if materialized.history != nil {
            graph.report(tableName, "a global table cannot be versioned", callSite)
            materialized.history = nil
        }
        materialized.isCached = false
        materialized.logging = .disabled
        let id = addTableSource(
            tableName,
            parents: [source],
            storeName,
            materialized.storeName != nil,
            callSite,
            Key.self,
            Value.self
        )
        graph.tables[id]?.sourceStore = materialized.entry(
            storeName,
            key: materialized.keySerde ?? key,
            value: materialized.valueSerde ?? value,
            in: storage,
            callSite
        )
        graph.makeGlobal(id)
        return GlobalKTable(storeName: storeName, queryableStoreName: materialized.storeName)
    }

    /// The name of a table's store: the given one, or one made of the topic's. A number is used up for the latter.
    @usableFromInline
    func tableStoreName(_ topic: TopicName, _ given: String?) -> String {
        given ?? newStoreName("\(topic)-")
    }

    /// Adds the node that turns records into changes of a table.
    @inlinable
    func addTableSource<Key: Sendable, Value: Sendable>(
        _ name: String,
        parents: [NodeID],
        _ storeName: String,
        _ isMaterialized: Bool,
        _ callSite: CallSite,
        _ key: Key.Type,
        _ value: Value.Type
    ) -> NodeID {
        let id = addProcessor(
            name,
            parents: parents,
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Change<Value>.self)
        ) { [id = graph.nextID] next, scope, assembly in
            let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Value>())
            guard assembly.isMaterialized(id) else {
                return { key, value, timestamp in
                    guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
                    try next(key, Change(new: nullValue.plain(value), old: nil), timestamp)
                }
            }
            let context = assembly.context
            let rows: TableRows<Key, Value> = try assembly.rows(named: storeName, for: id)
            let writer = TableWriter(rows, sendsOldValues: assembly.sendsOldValues(id), next)
            return { key, value, timestamp in
                guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
                context.timestamp = timestamp
                let old = writer.wantsOldValue ? try rows.get(key)?.value : nil
                try writer.put(key, nullValue.plain(value), timestamp, old: old)
            }
        }
        graph.tables[id] = TableNode(origin: .source(storeName: storeName), isMaterialized: isMaterialized)
        return id
    }
}

extension TopologyGraph {
    /// Makes a table's store one of the instance, in place of one a task.
    @usableFromInline
    mutating func makeGlobal(_ id: NodeID) {
        tables[id]?.isMaterialized = true
        tables[id]?.sourceStore?.isGlobal = true
    }
}

extension TaskAssembly {
    /// Whether the table at `id`, read from a source, has its store.
    @usableFromInline
    func isMaterialized(_ id: NodeID) -> Bool { graph.tables[id]?.isMaterialized ?? false }
}
