import Records

extension CogroupedKStream {
    /// The table of what all streams amount to, beginning with `initial` for each key.
    ///
    /// The result's time is the latest of its records, of whichever stream. Records with a null key or value are
    /// dropped and counted.
    ///
    /// ```swift
    /// let balance = orders.groupByKey().cogroup { _, order, balance in balance - order.amount }
    ///     .cogroup(payments.groupByKey()) { _, payment, balance in balance + payment.amount }
    ///     .aggregate(initial: 0.0, materialized: .as("balances"))
    /// ```
    @inlinable
    public func aggregate(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Key, Aggregate> {
        let callSite = CallSite(file: file, line: line)
        let materialized = materialized ?? Materialized()
        let merged = merge(materialized.storeName, named, callSite, Key.self) { input, place in
            input.add(place, initial)
        }
        let key = materialized.keySerde ?? keySerde
        let value = materialized.valueSerde ?? .inferred()
        if let key = builder.serde(key, "key", merged.name, callSite),
            let value = builder.serde(value, "value", merged.name, callSite)
        {
            builder.graph.add(
                materialized.entry(merged.storeName, key: key, value: value, in: builder.storage, callSite)
            )
            for node in merged.parts { builder.graph.connect(node, to: merged.storeName) }
        }
        return KTable(
            builder: builder,
            node: merged.node,
            name: merged.name,
            keySerde: key,
            valueSerde: value,
            sources: merged.sources,
            queryableStoreName: materialized.storeName,
            asOfReader: KTable.asOfReader(merged.storeName, materialized),
            reader: KTable.storeReader(merged.storeName)
        )
    }

    @usableFromInline
    struct Merged {
        @usableFromInline let node: NodeID
        @usableFromInline let name: String
        @usableFromInline let storeName: String
        /// The nodes that aggregate one stream each.
        @usableFromInline let parts: [NodeID]
        @usableFromInline let sources: Set<NodeID>

        @usableFromInline
        init(node: NodeID, name: String, storeName: String, parts: [NodeID], sources: Set<NodeID>) {
            self.node = node
            self.name = name
            self.storeName = storeName
            self.parts = parts
            self.sources = sources
        }
    }

    /// Adds a node for each stream, and one that takes the changes of all.
    @inlinable
    func merge<TableKey>(
        _ storeName: String?,
        _ named: String?,
        _ callSite: CallSite,
        _ key: TableKey.Type,
        _ add: (CogroupInput<Key, Aggregate>, CogroupInput<Key, Aggregate>.Place) -> NodeID
    ) -> Merged {
        let storeName = storeName ?? builder.newStoreName("COGROUPKSTREAM-AGGREGATE-")
        let parents = inputs.map { $0.repartition(storeName, callSite) }
        let table = NodeID(builder.graph.nextID.rawValue + inputs.count)
        var parts: [NodeID] = []
        for (index, input) in inputs.enumerated() {
            let name = builder.name(named, "COGROUPKSTREAM-AGGREGATE-", callSite, suffix: "-cogroup-agg-\(index)")
            let place = CogroupInput<Key, Aggregate>.Place(
                name: name,
                parent: parents[index].node,
                storeName: storeName,
                table: table,
                callSite: callSite
            )
            parts.append(add(input, place))
        }
        let name = builder.name(named, "COGROUPKSTREAM-MERGE-", callSite, suffix: "-cogroup-merge")
        let sources = parents.reduce(into: Set<NodeID>()) { $0.formUnion($1.sources) }
        builder.graph.copartition(sources, name, callSite)
        let node = builder.addProcessor(
            name,
            parents: parts,
            callSite: callSite,
            from: (TableKey.self, Change<Aggregate>.self),
            to: (TableKey.self, Change<Aggregate>.self)
        ) { next, _, _ in next }
        builder.graph.addAggregate(node, storeName)
        return Merged(node: node, name: name, storeName: storeName, parts: parts, sources: sources)
    }
}

extension TimeWindowedCogroupedKStream {
    /// The table of what all streams amount to in each window, beginning with `initial`.
    ///
    /// The result's key is ``Windowed``, its time the latest of the window's records. Late records are dropped and
    /// counted.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.tumbling(.seconds(60)))
    ///     .aggregate(initial: Int64(0))
    /// ```
    @inlinable
    public func aggregate(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Windowed<Key>, Aggregate> {
        let callSite = CallSite(file: file, line: line)
        let builder = grouped.builder
        let materialized = materialized ?? Materialized()
        let merged = grouped.merge(materialized.storeName, named, callSite, Windowed<Key>.self) { input, place in
            input.addWindowed(place, windows, initial)
        }
        if let problem = windows.problem(.onWindowUpdate) { builder.graph.report(merged.name, problem, callSite) }
        builder.graph.windowGraceMs[merged.node] = windows.graceMs
        let key = materialized.keySerde ?? grouped.keySerde
        let value = materialized.valueSerde ?? .inferred()
        builder.addWindowStore(
            merged.storeName,
            users: merged.parts,
            windows,
            .onWindowUpdate,
            materialized,
            key: key,
            value: value,
            merged.name,
            callSite
        )
        return .windowed(
            builder,
            merged.node,
            merged.name,
            key: key.map { .timeWindowed($0, sizeMs: windows.sizeMs) },
            value: value,
            sources: merged.sources,
            merged.storeName,
            isQueryable: materialized.storeName != nil
        )
    }
}

extension SessionWindowedCogroupedKStream {
    /// The table of what all streams amount to in each session, beginning with `initial`; `merge` joins two sessions.
    ///
    /// The result's key is ``Windowed``, its time the session's end. Late records are dropped and counted.
    ///
    /// ```swift
    /// let activity = orders.groupByKey().cogroup { _, _, count in count + 1 }
    ///     .windowedBy(.session(gap: .seconds(300)))
    ///     .aggregate(initial: Int64(0)) { _, one, other in one + other }
    /// ```
    @inlinable
    public func aggregate(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        merge: @escaping @Sendable (Key, Aggregate, Aggregate) throws -> Aggregate
    ) -> KTable<Windowed<Key>, Aggregate> {
        let callSite = CallSite(file: file, line: line)
        let builder = grouped.builder
        let materialized = materialized ?? Materialized()
        let merged = grouped.merge(materialized.storeName, named, callSite, Windowed<Key>.self) { input, place in
            input.addSessions(place, windows, initial, merge)
        }
        if let problem = windows.problem { builder.graph.report(merged.name, problem, callSite) }
        builder.graph.windowGraceMs[merged.node] = windows.gapMs.addingClamped(windows.graceMs)
        let key = materialized.keySerde ?? grouped.keySerde
        let value = materialized.valueSerde ?? .inferred()
        builder.addSessionStore(
            merged.storeName,
            users: merged.parts,
            windows,
            .onWindowUpdate,
            materialized,
            key: key,
            value: value,
            merged.name,
            callSite
        )
        return .sessions(
            builder,
            merged.node,
            merged.name,
            key: key,
            value: value,
            sources: merged.sources,
            merged.storeName,
            isQueryable: materialized.storeName != nil
        )
    }
}
