import Records

extension KStream {
    /// Joins each record with those of another stream that have the same key and are near it in time.
    ///
    /// Each pair is emitted once, when the second of its records comes, with the later time of both. A stream may be
    /// joined with itself. If an operator before has changed a key, records go through a repartition topic first; the
    /// topics of both sides must have the same number of partitions. Records with a null key or value are dropped and
    /// counted. A late record meets the partners that are still kept: window and grace period back from stream time.
    ///
    /// ```swift
    /// let paid = orders.join(payments, within: .difference(.seconds(60), grace: .seconds(5))) { order, payment in
    ///     "\(order.id) paid with \(payment.amount)"
    /// }
    /// ```
    @inlinable
    public func join<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Other) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .inner, named, CallSite(file: file, line: line)) { _, left, right in
            guard let left, let right else { return nil }
            return try joiner(left, right)
        }
    }

    /// As the other ``join(_:within:joined:named:file:line:_:)``, with the key for the joiner.
    ///
    /// ```swift
    /// let paid = orders.join(payments, within: .difference(.seconds(60))) { customer, order, payment in
    ///     "\(customer): \(order.id) paid with \(payment.amount)"
    /// }
    /// ```
    @inlinable
    public func join<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Key, Value, Other) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .inner, named, CallSite(file: file, line: line)) { key, left, right in
            guard let key, let left, let right else { return nil }
            return try joiner(key, left, right)
        }
    }

    /// Joins each record with those of another stream near it in time, or with nil where there is none until its window
    /// and the grace period are over.
    ///
    /// A record that stayed alone has its own time. It is emitted when a later record moves stream time on, which is
    /// looked into once a second. A record with a null key stays alone; those with a null value are dropped and
    /// counted. Else as the inner join. See KAFKA-10847.
    ///
    /// ```swift
    /// let unpaid = orders.leftJoin(payments, within: .difference(.seconds(60))) { order, payment in
    ///     payment == nil ? "\(order.id) is not paid" : "\(order.id) is paid"
    /// }
    /// ```
    @inlinable
    public func leftJoin<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Other?) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .left, named, CallSite(file: file, line: line)) { _, left, right in
            guard let left else { return nil }
            return try joiner(left, right)
        }
    }

    /// As the other ``leftJoin(_:within:joined:named:file:line:_:)``, with the key for the joiner: a record with a null
    /// key is dropped and counted.
    ///
    /// ```swift
    /// let unpaid = orders.leftJoin(payments, within: .difference(.seconds(60))) { customer, order, payment in
    ///     payment == nil ? "\(customer) has not paid" : "\(customer) has paid"
    /// }
    /// ```
    @inlinable
    public func leftJoin<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Key, Value, Other?) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .left, named, CallSite(file: file, line: line)) { key, left, right in
            guard let key, let left else { return nil }
            return try joiner(key, left, right)
        }
    }

    /// Joins the records of both streams that are near each other in time, and each of either that has none with nil.
    ///
    /// Else as the left join.
    ///
    /// ```swift
    /// let moved = orders.outerJoin(returns, within: .difference(.seconds(60))) { order, returned in
    ///     (order?.amount ?? 0) - (returned?.amount ?? 0)
    /// }
    /// ```
    @inlinable
    public func outerJoin<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value?, Other?) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .outer, named, CallSite(file: file, line: line)) { _, left, right in
            try joiner(left, right)
        }
    }

    /// As the other ``outerJoin(_:within:joined:named:file:line:_:)``, with the key for the joiner: a record with a
    /// null key is dropped and counted.
    ///
    /// ```swift
    /// let moved = orders.outerJoin(returns, within: .difference(.seconds(60))) { customer, order, returned in
    ///     "\(customer): \(order?.id ?? "nothing") for \(returned?.id ?? "nothing")"
    /// }
    /// ```
    @inlinable
    public func outerJoin<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        within windows: JoinWindows,
        joined: StreamJoined<Key, Value, Other> = StreamJoined(),
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Key, Value?, Other?) throws -> Result
    ) -> KStream<Key, Result> {
        joinedStream(other, windows, joined, .outer, named, CallSite(file: file, line: line)) { key, left, right in
            guard let key else { return nil }
            return try joiner(key, left, right)
        }
    }
}

/// Which sides of a join of streams are emitted alone.
@usableFromInline
enum StreamJoinKind: Sendable {
    case inner
    case left
    case outer
}

extension KStream {
    /// A joiner's answer of nil means that it could not be shown the key.
    @inlinable
    func joinedStream<Other: Sendable, Result: Sendable>(
        _ other: KStream<Key, Other>,
        _ windows: JoinWindows,
        _ joined: StreamJoined<Key, Value, Other>,
        _ kind: StreamJoinKind,
        _ named: String?,
        _ callSite: CallSite,
        _ joiner: @escaping @Sendable (Key?, Value?, Other?) throws -> Result?
    ) -> KStream<Key, Result> {
        let key = joined.key ?? keySerde ?? other.keySerde
        let value = joined.value ?? valueSerde
        let otherValue = joined.otherValue ?? other.valueSerde
        var (left, right) = (self, other)
        if needsRepartition {
            let prefix = named.map { $0 + "-left" } ?? name
            left = builder.repartitionForJoin(self, prefix, key: key, value: value, callSite)
        }
        if other.needsRepartition {
            let prefix = named.map { $0 + "-right" } ?? other.name
            right = builder.repartitionForJoin(other, prefix, key: key, value: otherValue, callSite)
        }
        let names = builder.streamJoinNames(named, joined.storeName, kind, callSite)
        let sources = left.sources.union(right.sources)
        builder.graph.copartition(sources, names.merge, callSite)
        if let problem = windows.problem { builder.graph.report(names.merge, problem, callSite) }

        let thisWindow = builder.addJoinWindow(names.thisWindow, left, names.thisStore, callSite)
        let otherWindow = builder.addJoinWindow(names.otherWindow, right, names.otherStore, callSite)
        let mergeID = NodeID(builder.graph.nextID.rawValue + 2)
        let this = builder.addStreamJoinSide(
            names.this,
            thisWindow,
            mergeID,
            names.otherStore,
            kind == .inner ? nil : names.sharedStore,
            StreamJoinSide<Key, Value, Other, Value, Other, Result>(
                windows,
                isLeft: true,
                isOuter: kind != .inner,
                value: { .left($0) },
                join: joiner,
                joinAlone: joiner
            ),
            callSite
        )
        let that = builder.addStreamJoinSide(
            names.other,
            otherWindow,
            mergeID,
            names.thisStore,
            kind == .inner ? nil : names.sharedStore,
            StreamJoinSide<Key, Other, Value, Value, Other, Result>(
                windows,
                isLeft: false,
                isOuter: kind == .outer,
                value: { .right($0) },
                join: { key, right, left in try joiner(key, left, right) },
                joinAlone: joiner
            ),
            callSite
        )
        let merge = builder.addProcessor(
            names.merge,
            parents: [this, that],
            callSite: callSite,
            from: (Key.self, Result.self),
            to: (Key.self, Result.self)
        ) { next, _, _ in next }
        builder.graph.addSelfJoinForm(
            SelfJoinForm(
                thisWindow: thisWindow,
                otherWindow: otherWindow,
                this: this,
                other: that,
                merge: merge,
                thisStore: names.thisStore,
                otherStores: kind == .inner ? [names.otherStore] : [names.otherStore, names.sharedStore],
                input: NodeInput<Key, Value> { [storeName = names.thisStore] assembly in
                    let next: Forward<Key, Result> = try assembly.output(of: merge)
                    return selfJoin(
                        next,
                        assembly.scope(of: merge),
                        try assembly.store(named: storeName, for: merge),
                        windows
                    ) { key, one, other in try joiner(key, one, other as? Other) }
                },
                inputTypes: RecordTypes(Key.self, Value.self)
            )
        )
        if let key = builder.serde(key, "key", names.merge, callSite),
            let value = builder.serde(value, "value", names.merge, callSite),
            let otherValue = builder.serde(otherValue, "value", names.merge, callSite)
        {
            builder.addStreamJoinStore(names.thisStore, key, value, windows, joined, [thisWindow, that], callSite)
            builder.addStreamJoinStore(
                names.otherStore,
                key,
                otherValue,
                windows,
                joined,
                [otherWindow, this],
                callSite
            )
            if kind != .inner {
                let store = Stores.keyValueStore(
                    names.sharedStore,
                    Serde.loneKey(key),
                    Serde.list(of: .loneValue(value, otherValue)),
                    in: joined.storage ?? builder.storage,
                    logging: joined.logging
                )
                builder.add(store, users: [this, that], callSite)
            }
        }
        return KStream<Key, Result>(
            builder: builder,
            node: merge,
            name: names.merge,
            keySerde: joined.key ?? keySerde,
            valueSerde: .inferred(),
            sources: sources
        )
    }
}

extension StreamsBuilder {
    @usableFromInline
    struct StreamJoinNames {
        @usableFromInline let thisWindow: String
        @usableFromInline let otherWindow: String
        @usableFromInline let this: String
        @usableFromInline let other: String
        @usableFromInline let merge: String
        @usableFromInline let thisStore: String
        @usableFromInline let otherStore: String
        @usableFromInline let sharedStore: String
    }

    /// The names of a join's parts; five numbers are used up.
    @usableFromInline
    func streamJoinNames(
        _ named: String?,
        _ storeName: String?,
        _ kind: StreamJoinKind,
        _ callSite: CallSite
    ) -> StreamJoinNames {
        let (thisSuffix, otherSuffix) =
            switch kind {
            case .inner: ("-this-join", "-other-join")
            case .left: ("-this-join", "-outer-other-join")
            case .outer: ("-outer-this-join", "-outer-other-join")
            }
        let thisWindow = name(named, "KSTREAM-WINDOWED-", callSite, suffix: "-this-windowed")
        let otherWindow = name(named, "KSTREAM-WINDOWED-", callSite, suffix: "-other-windowed")
        let thisPrefix = kind == .outer ? "KSTREAM-OUTERTHIS-" : "KSTREAM-JOINTHIS-"
        let generatedThis = newName(thisPrefix)
        let generatedOther = newName(kind == .inner ? "KSTREAM-JOINOTHER-" : "KSTREAM-OUTEROTHER-")
        let merge = name(named, "KSTREAM-MERGE-", callSite, suffix: "-merge")
        let shared: String
        if let storeName {
            shared = storeName + (kind == .outer ? "-outer-shared-join" : "-left-shared-join")
        } else {
            shared = "KSTREAM-OUTERSHARED-" + generatedThis.dropFirst(thisPrefix.count)
        }
        return StreamJoinNames(
            thisWindow: thisWindow,
            otherWindow: otherWindow,
            this: named.map { $0 + thisSuffix } ?? generatedThis,
            other: named.map { $0 + otherSuffix } ?? generatedOther,
            merge: merge,
            thisStore: (storeName.map { $0 + thisSuffix } ?? generatedThis) + "-store",
            otherStore: (storeName.map { $0 + otherSuffix } ?? generatedOther) + "-store",
            sharedStore: shared + "-store"
        )
    }

    /// Adds the node that keeps a side's records for the other side, after it has handed them on.
    @inlinable
    func addJoinWindow<Key: Sendable, Value: Sendable>(
        _ name: String,
        _ stream: KStream<Key, Value>,
        _ storeName: String,
        _ callSite: CallSite
    ) -> NodeID {
        addProcessor(
            name,
            parents: [stream.node],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Value.self)
        ) { [id = graph.nextID] next, scope, assembly in
            let store: WindowStore<Key, Value> = try assembly.store(named: storeName, for: id)
            let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Value>())
            let context = assembly.context
            return { key, value, timestamp in
                try next(key, value, timestamp)
                guard let key = nullKey.plain(key) else { return }
                context.timestamp = timestamp
                do {
                    try store.put(key, nullValue.plain(value), at: timestamp)
                } catch {
                    try scope.failed(error)
                }
            }
        }
    }

    /// Adds the node that joins one side's records with the other side's.
    @inlinable
    func addStreamJoinSide<Key, Own, Other, Left, Right, Result>(
        _ name: String,
        _ parent: NodeID,
        _ mergeID: NodeID,
        _ otherStore: String,
        _ sharedStore: String?,
        _ side: StreamJoinSide<Key, Own, Other, Left, Right, Result>,
        _ callSite: CallSite
    ) -> NodeID {
        addProcessor(
            name,
            parents: [parent],
            traits: sharedStore == nil ? [] : .joinsNullKeys,
            callSite: callSite,
            from: (Key.self, Own.self),
            to: (Key.self, Result.self)
        ) { [id = graph.nextID] next, scope, assembly in
            let other: WindowStore<Key, Other> = try assembly.store(named: otherStore, for: id)
            var alone: LoneRecords<Key, Left, Right>?
            if let sharedStore { alone = try assembly.store(named: sharedStore, for: id) }
            let context = assembly.context
            return side.closure(next, scope, other, alone, assembly.shared(mergeID) { StreamJoinClock(context) })
        }
    }

    @inlinable
    func addStreamJoinStore<Key, Value, Left, Right>(
        _ name: String,
        _ key: Serde<Key>,
        _ value: Serde<Value>,
        _ windows: JoinWindows,
        _ joined: StreamJoined<Key, Left, Right>,
        _ users: [NodeID],
        _ callSite: CallSite
    ) {
        let store = Stores.windowStore(
            name,
            key,
            value,
            windowSizeMs: windows.sizeMs,
            retentionMs: windows.retentionMs,
            segmentIntervalMs: nil,
            retainsDuplicates: true,
            isTimestamped: false,
            in: joined.storage ?? storage,
            isCached: false,
            logging: joined.logging
        )
        add(store, users: users, callSite)
    }
}
