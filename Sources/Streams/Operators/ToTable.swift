import Records

extension KStream {
    /// The stream read as the changes of a table: for each key the latest value, a null value removes the row.
    ///
    /// Key and time stay. A record that is older than the row it replaces still replaces it, except in a versioned
    /// store: order in the topic counts. If an operator before has changed the key, records go through a repartition
    /// topic first. Records with null keys are dropped and counted. See KIP-523.
    ///
    /// ```swift
    /// let latest = readings.toTable(materialized: .as("latest-readings"))
    /// ```
    @inlinable
    public func toTable(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KSTREAM-TOTABLE-", callSite)
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName("KSTREAM-TOTABLE-")
        let key = materialized.keySerde ?? keySerde
        let value = materialized.valueSerde ?? valueSerde
        var input = self
        if needsRepartition { input = repartitioned(name, key: key, value: value, callSite: callSite) }
        let id = builder.addTableSource(
            name,
            parents: [input.node],
            storeName,
            materialized.storeName != nil,
            callSite,
            Key.self,
            Value.self
        )
        if let key = key ?? .inferred(), let value = value ?? .inferred() {
            builder.graph.tables[id]?.sourceStore = materialized.entry(
                storeName,
                key: key,
                value: value,
                in: builder.storage,
                callSite
            )
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
}
