import Records

extension KTable {
    /// The rows of both tables whose keys are in both, put together.
    ///
    /// A change on either side changes the result, and removing either row removes it; its time is the later of the two
    /// rows'. The topics of both sides must have the same number of partitions. `materialized` gives the result a store
    /// of its own.
    ///
    /// ```swift
    /// let profiles = names.join(emails) { name, email in "\(name) <\(email)>" }
    /// ```
    @inlinable
    public func join<Other: Sendable, Result: Sendable>(
        _ other: KTable<Key, Other>,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Other) throws -> Result
    ) -> KTable<Key, Result> {
        joined(
            other,
            needsLeft: true,
            needsRight: true,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { left, right in
            guard let left, let right else { return nil }
            return try joiner(left, right)
        }
    }

    /// The rows of this table, each put together with the other table's row of the same key, or nil.
    ///
    /// A change on either side changes the result; removing this table's row removes it. Its time is the later of the
    /// two rows', and that of the one where there is one. Partitions and store as for the inner join.
    ///
    /// ```swift
    /// let profiles = names.leftJoin(emails) { name, email in "\(name) <\(email ?? "unknown")>" }
    /// ```
    @inlinable
    public func leftJoin<Other: Sendable, Result: Sendable>(
        _ other: KTable<Key, Other>,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Other?) throws -> Result
    ) -> KTable<Key, Result> {
        builder.graph.sendOldValues(of: node, force: true)
        return joined(
            other,
            needsLeft: true,
            needsRight: false,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { left, right in
            guard let left else { return nil }
            return try joiner(left, right)
        }
    }

    /// The rows of both tables, put together where a key is in both, and with nil for what is missing elsewhere.
    ///
    /// A change on either side changes the result; it is removed with the last of the two rows. Time, partitions and
    /// store as for the left join.
    ///
    /// ```swift
    /// let profiles = names.outerJoin(emails) { name, email in "\(name ?? "unknown") <\(email ?? "unknown")>" }
    /// ```
    @inlinable
    public func outerJoin<Other: Sendable, Result: Sendable>(
        _ other: KTable<Key, Other>,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value?, Other?) throws -> Result
    ) -> KTable<Key, Result> {
        builder.graph.sendOldValues(of: node, force: true)
        builder.graph.sendOldValues(of: other.node, force: true)
        return joined(
            other,
            needsLeft: false,
            needsRight: false,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { left, right in try joiner(left, right) }
    }

    @inlinable
    func joined<Other: Sendable, Result: Sendable>(
        _ other: KTable<Key, Other>,
        needsLeft: Bool,
        needsRight: Bool,
        _ materialized: Materialized<Key, Result>?,
        _ named: String?,
        _ callSite: CallSite,
        _ joiner: @escaping @Sendable (Value?, Other?) throws -> Result?
    ) -> KTable<Key, Result> {
        let storeName = materialized.map { $0.storeName ?? builder.newStoreName("KTABLE-MERGE-") }
        let name = builder.name(named, "KTABLE-MERGE-", callSite)
        let thisName = builder.name(named, "KTABLE-JOINTHIS-", callSite, suffix: "-join-this")
        let otherName = builder.name(named, "KTABLE-JOINOTHER-", callSite, suffix: "-join-other")
        builder.graph.copartition(sources.union(other.sources), name, callSite)
        let mergeID = NodeID(builder.graph.nextID.rawValue + 2)

        let leftReader = reader
        let rightReader = other.reader
        let this = builder.addProcessor(
            thisName,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Change<Result>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            tableJoinHalf(
                next,
                scope,
                try rightReader(assembly, id),
                needsOwn: needsLeft,
                needsOther: needsRight,
                sendsOldValues: assembly.sendsOldValues(mergeID),
                joiner
            )
        }
        let that = builder.addProcessor(
            otherName,
            parents: [other.node],
            callSite: callSite,
            from: (Key.self, Change<Other>.self),
            to: (Key.self, Change<Result>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            tableJoinHalf(
                next,
                scope,
                try leftReader(assembly, id),
                needsOwn: needsRight,
                needsOther: needsLeft,
                sendsOldValues: assembly.sendsOldValues(mergeID)
            ) { right, left in try joiner(left, right) }
        }
        let merge = builder.addProcessor(
            name,
            parents: [this, that],
            callSite: callSite,
            from: (Key.self, Change<Result>.self),
            to: (Key.self, Change<Result>.self)
        ) { next, _, assembly in
            let sendsOld = assembly.sendsOldValues(mergeID)
            guard let storeName else { return next }
            let writer = TableWriter<Key, Result>(
                try assembly.rows(named: storeName, for: mergeID),
                sendsOldValues: sendsOld,
                next
            )
            return { key, change, timestamp in
                guard let key, let change else { return }
                assembly.context.timestamp = timestamp
                try writer.put(key, change.new, timestamp, old: change.old)
            }
        }
        for store in builder.graph.storesForReading(other.node) { builder.graph.connect(this, to: store) }
        for store in builder.graph.storesForReading(node) { builder.graph.connect(that, to: store) }
        builder.graph.tables[merge] = TableNode(
            origin: .join(left: node, right: other.node, storeName: storeName),
            isMaterialized: storeName != nil
        )

        let joinedReader: @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, Result> = { assembly, user in
            let readLeft = try leftReader(assembly, user)
            let readRight = try rightReader(assembly, user)
            return { key in
                let left = try readLeft(key)
                if left == nil, needsLeft { return nil }
                let right = try readRight(key)
                if right == nil, needsRight || left == nil { return nil }
                guard let result = try joiner(left?.value, right?.value) else { return nil }
                return ValueAndTimestamp(result, max(left?.timestamp ?? .none, right?.timestamp ?? .none))
            }
        }
        let key = materialized?.keySerde ?? keySerde
        let value = materialized?.valueSerde ?? Serde<Result>.inferred()
        if let materialized, let storeName,
            let key = builder.serde(key, "key", name, callSite),
            let value = builder.serde(value, "value", name, callSite)
        {
            builder.graph.add(materialized.entry(storeName, key: key, value: value, in: builder.storage, callSite))
            builder.graph.connect(merge, to: storeName)
        }
        return KTable<Key, Result>(
            builder: builder,
            node: merge,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: sources.union(other.sources),
            queryableStoreName: storeName,
            asOfReader: storeName.flatMap { name in
                materialized.flatMap { KTable<Key, Result>.asOfReader(name, $0) }
            },
            reader: storeName.map { KTable<Key, Result>.storeReader($0) } ?? joinedReader
        )
    }
}

/// The closure of one side of a join of tables: joins a change of its own side with the other side's row.
@inlinable
func tableJoinHalf<Key, Own, Other, Result>(
    _ next: @escaping Forward<Key, Change<Result>>,
    _ scope: NodeScope,
    _ read: @escaping RowReader<Key, Other>,
    needsOwn: Bool,
    needsOther: Bool,
    sendsOldValues: Bool,
    _ joiner: @escaping (Own?, Other?) throws -> Result?
) -> Forward<Key, Change<Own>> {
    let nulls = Nulls<Result>()
    return { key, change, timestamp in
        guard let key, let change else { return scope.drop(.nullKey) }
        // A versioned table's change of a past version changes no result.
        guard change.isLatest else { return scope.drop(.outOfOrder) }
        let result: Change<Result>
        let time: Timestamp
        do {
            let row = try read(key)
            if row == nil, needsOther || (change.new == nil && change.old == nil) { return }
            func join(_ own: Own?) throws -> Result? {
                if own == nil, needsOwn || row == nil { return nil }
                return nulls.plain(try joiner(own, row?.value))
            }
            result = Change(
                new: try join(change.new),
                old: sendsOldValues ? try join(change.old) : nil,
                isLatest: change.isLatest
            )
            time = max(timestamp, row?.timestamp ?? .none)
        } catch {
            return try scope.failed(error)
        }
        try next(key, result, time)
    }
}
