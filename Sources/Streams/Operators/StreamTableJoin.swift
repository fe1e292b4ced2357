import Records

extension KStream {
    /// Joins each record with the table's row of the same key; a record without one is left out.
    ///
    /// Key and time are the record's. The table's changes emit nothing. A table that remembers its history
    /// (``Materialized/versioned(_:history:)``) is read as of the record's time; with `grace` a record waits that long
    /// for the table to come up to its time (KIP-923). If an operator before has changed the key, records go through a
    /// repartition topic first; the topics of both sides must have the same number of partitions. A record with a null
    /// key or value is dropped and counted.
    ///
    /// ```swift
    /// let sent = orders.join(addresses) { order, address in "\(order.id) goes to \(address)" }
    /// ```
    @inlinable
    public func join<Row: Sendable, Result: Sendable>(
        _ table: KTable<Key, Row>,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        grace: Duration? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Row) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, key, value, grace, isLeft: false, named, CallSite(file: file, line: line)) { _, value, row in
            // An inner join calls the joiner with a row only.
            try row.map { try joiner(value, $0) }
        }
    }

    /// As the other join with a table, with the key for the joiner.
    ///
    /// ```swift
    /// let sent = orders.join(addresses) { customer, order, address in "\(order.id) to \(customer) in \(address)" }
    /// ```
    @inlinable
    public func join<Row: Sendable, Result: Sendable>(
        _ table: KTable<Key, Row>,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        grace: Duration? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Key, Value, Row) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, key, value, grace, isLeft: false, named, CallSite(file: file, line: line)) { key, value, row in
            guard let key, let row else { return nil }
            return try joiner(key, value, row)
        }
    }

    /// Joins each record with the table's row of the same key, or with nil where there is none.
    ///
    /// Key and time are the record's. A null key has no row and is let through (KIP-962); a record with a null value is
    /// dropped and counted. Else as the inner join.
    ///
    /// ```swift
    /// let sent = orders.leftJoin(addresses) { order, address in "\(order.id) goes to \(address ?? "the shop")" }
    /// ```
    @inlinable
    public func leftJoin<Row: Sendable, Result: Sendable>(
        _ table: KTable<Key, Row>,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        grace: Duration? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Row?) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, key, value, grace, isLeft: true, named, CallSite(file: file, line: line)) { _, value, row in
            try joiner(value, row)
        }
    }

    /// Joins each record with the table's row of the same key, or with nil where there is none; the joiner is shown the
    /// key, so that a record with a null key is dropped and counted.
    ///
    /// ```swift
    /// let sent = orders.leftJoin(addresses) { customer, order, address in "\(customer): \(address ?? "the shop")" }
    /// ```
    @inlinable
    public func leftJoin<Row: Sendable, Result: Sendable>(
        _ table: KTable<Key, Row>,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        grace: Duration? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Key, Value, Row?) throws -> Result
    ) -> KStream<Key, Result> {
        joined(table, key, value, grace, isLeft: true, named, CallSite(file: file, line: line)) { key, value, row in
            guard let key else { return nil }
            return try joiner(key, value, row)
        }
    }

    /// A joiner's answer of nil means that it could not be shown the key.
    @inlinable
    func joined<Row: Sendable, Result: Sendable>(
        _ table: KTable<Key, Row>,
        _ key: Serde<Key>?,
        _ value: Serde<Value>?,
        _ grace: Duration?,
        isLeft: Bool,
        _ named: String?,
        _ callSite: CallSite,
        _ joiner: @escaping @Sendable (Key?, Value, Row?) throws -> Result?
    ) -> KStream<Key, Result> {
        var stream = self
        if needsRepartition {
            stream = builder.repartitionForJoin(
                self,
                named ?? name,
                key: key ?? keySerde,
                value: value ?? valueSerde,
                callSite
            )
        }
        let name = builder.name(named, isLeft ? "KSTREAM-LEFTJOIN-" : "KSTREAM-JOIN-", callSite)
        let sources = stream.sources.union(table.sources)
        builder.graph.copartition(sources, name, callSite)
        let delay = grace.flatMap { grace in
            JoinDelay(
                name,
                grace,
                builder.serde(key ?? keySerde, "key", name, callSite),
                builder.serde(value ?? valueSerde, "value", name, callSite)
            )
        }
        let id = builder.addProcessor(
            name,
            parents: [stream.node],
            traits: isLeft ? .joinsNullKeys : [],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Result.self)
        ) { [id = builder.graph.nextID, reader = table.reader, asOfReader = table.asOfReader] next, scope, assembly in
            let join: Forward<Key, Value>
            if let asOf = try asOfReader?(assembly, id) {
                join = tableJoin(next, scope, isLeft: isLeft, select: { key, _ in key }, asOf: asOf, joiner)
            } else {
                let read = try reader(assembly, id)
                join = tableJoin(next, scope, isLeft: isLeft, select: { key, _ in key }, read, joiner)
            }
            guard let delay else { return join }
            return delay.closure(join, scope, try assembly.store(named: delay.bufferName, for: id))
        }
        // The table's stores first: `describe()` shows stores of one hash in this order.
        for store in builder.graph.storesForReading(table.node) { builder.graph.connect(id, to: store) }
        builder.addJoinDelay(delay, to: id, table: table.node, name, callSite)
        return KStream<Key, Result>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key ?? keySerde,
            valueSerde: .inferred(),
            sources: sources
        )
    }
}

/// As the other, for a table that is read as of the record's time.
@inlinable
func tableJoin<Key, Value, RowKey, Row, Result>(
    _ next: @escaping Forward<Key, Result>,
    _ scope: NodeScope,
    isLeft: Bool,
    select: @escaping (Key?, Value) throws -> RowKey?,
    asOf read: @escaping AsOfReader<RowKey, Row>,
    _ joiner: @escaping (Key?, Value, Row?) throws -> Result?
) -> Forward<Key, Value> {
    var time = Timestamp.none
    let join: Forward<Key, Value> = tableJoin(
        next,
        scope,
        isLeft: isLeft,
        select: select,
        { key in try read(key, time) },
        joiner
    )
    return { key, value, timestamp in
        time = timestamp
        try join(key, value, timestamp)
    }
}

/// The closure of a join with a table: finds the row's key, the row, and forwards what the joiner makes of it.
@inlinable
func tableJoin<Key, Value, RowKey, Row, Result>(
    _ next: @escaping Forward<Key, Result>,
    _ scope: NodeScope,
    isLeft: Bool,
    select: @escaping (Key?, Value) throws -> RowKey?,
    _ read: @escaping RowReader<RowKey, Row>,
    _ joiner: @escaping (Key?, Value, Row?) throws -> Result?
) -> Forward<Key, Value> {
    let (nullKey, nullValue, nullRowKey) = (Nulls<Key>(), Nulls<Value>(), Nulls<RowKey>())
    return { key, value, timestamp in
        guard let value = nullValue.plain(value) else { return scope.drop(.nullValue) }
        let result: Result
        do {
            let rowKey = nullRowKey.plain(try select(nullKey.plain(key), value))
            // A left join keeps a record without a key of its own; it has no row.
            if rowKey == nil, !isLeft || nullKey.plain(key) != nil { return scope.drop(.nullKey) }
            let row = try rowKey.flatMap { try read($0)?.value }
            if row == nil, !isLeft { return }
            guard let joined = try joiner(key, value, row) else { return scope.drop(.nullKey) }
            result = joined
        } catch {
            return try scope.failed(error)
        }
        try next(key, result, timestamp)
    }
}

extension StreamsBuilder {
    /// Repartitions a stream for a join; joins of one stream under generated names share the topic.
    @inlinable
    func repartitionForJoin<Key, Value>(
        _ stream: KStream<Key, Value>,
        _ prefix: String,
        key: Serde<Key>?,
        value: Serde<Value>?,
        _ callSite: CallSite
    ) -> KStream<Key, Value> {
        if prefix == stream.name, let source = joinRepartitions[stream.node] {
            _ = repartitionNames(prefix)
            return KStream(
                builder: self,
                node: source,
                name: prefix,
                keySerde: key,
                valueSerde: value,
                sources: [source]
            )
        }
        let result = stream.repartitioned(prefix, key: key, value: value, callSite: callSite)
        joinRepartitions[stream.node] = result.node
        return result
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func copartition(_ sources: Set<NodeID>, _ name: String, _ callSite: CallSite) {
        copartitionedSources.append(CopartitionGroup(sources: sources, operatorName: name, callSite: callSite))
    }
}
