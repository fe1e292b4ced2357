import Records

extension KStream {
    /// Joins each record with a row of a global table, found by the key that `select` computes; a record without one is
    /// left out.
    ///
    /// Key and time are the record's; nothing is repartitioned, and the topics may have different numbers of
    /// partitions. Changes of the table emit nothing, and the table is always read as it is now. A record with a null
    /// value, or for which `select` answers nil, is dropped and counted.
    ///
    /// ```swift
    /// let priced = orders.join(products, select: { _, order in order.productID }) { order, product in
    ///     "\(product.title) for \(product.price)"
    /// }
    /// ```
    @inlinable
    public func join<RowKey: Sendable, Row: Sendable, Result: Sendable>(
        _ table: GlobalKTable<RowKey, Row>,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        select: @escaping @Sendable (Key?, Value) throws -> RowKey?,
        _ joiner: @escaping @Sendable (Value, Row) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, isLeft: false, named, CallSite(file: file, line: line), select) { _, value, row in
            // An inner join calls the joiner with a row only.
            try row.map { try joiner(value, $0) }
        }
    }

    /// Joins each record with a row of a global table, or with nil where there is none.
    ///
    /// A record with a null key and without a row's key is let through (KIP-962). Else as the inner join.
    ///
    /// ```swift
    /// let priced = orders.leftJoin(products, select: { _, order in order.productID }) { order, product in
    ///     "\(product?.title ?? order.productID) for \(product?.price ?? 0)"
    /// }
    /// ```
    @inlinable
    public func leftJoin<RowKey: Sendable, Row: Sendable, Result: Sendable>(
        _ table: GlobalKTable<RowKey, Row>,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        select: @escaping @Sendable (Key?, Value) throws -> RowKey?,
        _ joiner: @escaping @Sendable (Value, Row?) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, isLeft: true, named, CallSite(file: file, line: line), select) { _, value, row in
            try joiner(value, row)
        }
    }

    @inlinable
    func joined<RowKey: Sendable, Row: Sendable, Result: Sendable>(
        _ table: GlobalKTable<RowKey, Row>,
        isLeft: Bool,
        _ named: String?,
        _ callSite: CallSite,
        _ select: @escaping @Sendable (Key?, Value) throws -> RowKey?,
        _ joiner: @escaping @Sendable (Key?, Value, Row?) throws -> Result?
    ) -> KStream<Key, Result> {
        // Inner and left join have the same generated name in Kafka Streams.
        let name = builder.name(named, "KSTREAM-LEFTJOIN-", callSite)
        let storeName = table.storeName
        let id = builder.addProcessor(
            name,
            parents: [node],
            traits: isLeft ? .joinsNullKeys : [],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Result.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            let store: TimestampedKeyValueStore<RowKey, Row> = try assembly.store(named: storeName, for: id)
            return tableJoin(next, scope, isLeft: isLeft, select: select, { try store.get($0) }, joiner)
        }
        return KStream<Key, Result>(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: .inferred(),
            sources: sources,
            needsRepartition: needsRepartition
        )
    }
}
