import Records

extension SessionWindowedKStream {
    /// The number of records of each key and session; null values count too.
    ///
    /// The result's key is ``Windowed``, its time the session's end. When a record joins sessions, they are removed (a
    /// change to null) and the joined one is emitted. Records with null keys are dropped and counted; those whose
    /// session is closed are counted as ``DropReason/late``. If an operator before has changed the key, records go
    /// through a repartition topic first.
    ///
    /// ```swift
    /// let clicksPerVisit = clicks.groupByKey().windowedBy(.session(gap: .seconds(300))).count()
    /// ```
    @inlinable
    public func count(
        materialized: Materialized<Key, Int64>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable<Windowed<Key>, Int64> {
        if let materialized, materialized.storeName == nil {
            _ = grouped.stream.builder.newStoreName("KSTREAM-AGGREGATE-")
        }
        return aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .int64,
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: { 0 }, takesNull: true) { _, _, count in (count ?? 0) + 1 }
        ) { _, one, other in one + other }
    }

    /// All values of a key and session put together, two at a time, beginning with the first; sessions are joined in
    /// the same way.
    ///
    /// Key, time and late records as for ``count(materialized:named:file:line:)``; records with a null value are
    /// dropped and counted.
    ///
    /// ```swift
    /// let highest = bids.groupByKey().windowedBy(.session(gap: .seconds(300))).reduce { max($0, $1) }
    /// ```
    @inlinable
    public func reduce(
        materialized: Materialized<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ reducer: @escaping @Sendable (Value, Value) throws -> Value
    ) -> KTable<Windowed<Key>, Value> {
        aggregated(
            "KSTREAM-REDUCE-",
            materialized,
            value: grouped.stream.valueSerde,
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: nil, takesNull: false) { _, value, total in
                guard let total, let value else { return value }
                return try reducer(total, value)
            }
        ) { _, one, other in try reducer(one, other) }
    }

    /// All values of a key and session put together into a value of another type, beginning with `initial`; `merge`
    /// joins two sessions, the earlier one first.
    ///
    /// Key, time and late records as for ``count(materialized:named:file:line:)``; records with a null value are
    /// dropped and counted.
    ///
    /// ```swift
    /// let paths = clicks.groupByKey().windowedBy(.session(gap: .seconds(300)))
    ///     .aggregate(initial: [String](), merge: { _, one, other in one + other }) { _, page, path in path + [page] }
    /// ```
    @inlinable
    public func aggregate<Aggregate: Sendable>(
        initial: @autoclosure @escaping @Sendable () -> Aggregate,
        materialized: Materialized<Key, Aggregate>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        merge: @escaping @Sendable (Key, Aggregate, Aggregate) throws -> Aggregate,
        _ aggregator: @escaping @Sendable (Key, Value, Aggregate) throws -> Aggregate
    ) -> KTable<Windowed<Key>, Aggregate> {
        aggregated(
            "KSTREAM-AGGREGATE-",
            materialized,
            value: .inferred(),
            named,
            CallSite(file: file, line: line),
            WindowAggregator(initial: initial, takesNull: false) { key, value, total in
                guard let value else { return total }
                return try aggregator(key, value, total ?? initial())
            },
            merge
        )
    }

    @inlinable
    func aggregated<Aggregate: Sendable>(
        _ prefix: String,
        _ materialized: Materialized<Key, Aggregate>?,
        value: Serde<Aggregate>?,
        _ named: String?,
        _ callSite: CallSite,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>,
        _ merge: @escaping @Sendable (Key, Aggregate, Aggregate) throws -> Aggregate
    ) -> KTable<Windowed<Key>, Aggregate> {
        let builder = grouped.stream.builder
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName(prefix)
        let name = builder.name(named, prefix, callSite)
        if let problem = windows.problem { builder.graph.report(name, problem, callSite) }
        let input = grouped.repartitionedIfNeeded(storeName, callSite)
        let id = builder.addSessionAggregation(
            name,
            parent: input.node,
            storeName,
            windows,
            emission,
            callSite,
            aggregator,
            merge
        )
        builder.graph.addAggregate(id, storeName)
        builder.graph.windowGraceMs[id] = windows.gapMs.addingClamped(windows.graceMs)
        let key = materialized.keySerde ?? grouped.stream.keySerde
        let value = materialized.valueSerde ?? value
        builder.addSessionStore(
            storeName,
            users: [id],
            windows,
            emission,
            materialized,
            key: key,
            value: value,
            name,
            callSite
        )
        return .sessions(
            builder,
            id,
            name,
            key: key,
            value: value,
            sources: input.sources,
            storeName,
            isQueryable: materialized.storeName != nil
        )
    }
}

extension KTable {
    /// The table of an aggregation of sessions, whose rows are in its store.
    @inlinable
    static func sessions<Plain>(
        _ builder: StreamsBuilder,
        _ id: NodeID,
        _ name: String,
        key: Serde<Plain>?,
        value: Serde<Value>?,
        sources: Set<NodeID>,
        _ storeName: String,
        isQueryable: Bool
    ) -> KTable<Windowed<Plain>, Value> where Key == Windowed<Plain>, Plain: Sendable {
        KTable<Windowed<Plain>, Value>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key.map { .sessionWindowed($0) },
            valueSerde: value,
            sources: sources,
            queryableStoreName: isQueryable ? storeName : nil
        ) { assembly, user in
            let store: SessionStore<Plain, Value> = try assembly.store(named: storeName, for: user)
            return { key in
                try store.fetchSession(key.key, start: key.window.start, end: key.window.end)
                    .map { ValueAndTimestamp($0, key.window.end) }
            }
        }
    }
}

extension StreamsBuilder {
    /// Adds the node that aggregates sessions in a store.
    @inlinable
    func addSessionAggregation<Key, Value, Aggregate>(
        _ name: String,
        parent: NodeID,
        _ storeName: String,
        _ windows: SessionWindows,
        _ emission: EmitStrategy,
        _ callSite: CallSite,
        table: NodeID? = nil,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>,
        _ merge: @escaping @Sendable (Key, Aggregate, Aggregate) throws -> Aggregate
    ) -> NodeID {
        addProcessor(
            name,
            parents: [parent],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Windowed<Key>.self, Change<Aggregate>.self)
        ) { [id = graph.nextID] next, scope, assembly in
            sessionAggregation(
                try assembly.store(named: storeName, for: id),
                windows,
                emission,
                WindowEmitter(assembly.context, storeName),
                sendsOldValues: assembly.sendsOldValues(table ?? id),
                scope,
                next,
                aggregator,
                merge
            )
        }
    }

    /// Adds the store of aggregations of sessions.
    @inlinable
    func addSessionStore<Key, Aggregate>(
        _ storeName: String,
        users: [NodeID],
        _ windows: SessionWindows,
        _ emission: EmitStrategy,
        _ materialized: Materialized<Key, Aggregate>,
        key: Serde<Key>?,
        value: Serde<Aggregate>?,
        _ name: String,
        _ callSite: CallSite
    ) {
        guard let key = serde(key, "key", name, callSite), let value = serde(value, "value", name, callSite) else {
            return
        }
        let needed = windows.gapMs.addingClamped(windows.graceMs)
        let store = Stores.sessionStore(
            storeName,
            key,
            value,
            retention: .milliseconds(retention(materialized.retention, atLeast: needed, name, callSite)),
            in: materialized.storage ?? storage,
            isCached: materialized.isCached && emission == .onWindowUpdate,
            logging: materialized.logging
        )
        add(store, users: users, callSite)
    }
}

/// The closure of an aggregation of sessions.
@inlinable
func sessionAggregation<Key, Value, Aggregate>(
    _ store: SessionStore<Key, Aggregate>,
    _ windows: SessionWindows,
    _ emission: EmitStrategy,
    _ emitter: WindowEmitter,
    sendsOldValues: Bool,
    _ scope: NodeScope,
    _ next: @escaping Forward<Windowed<Key>, Change<Aggregate>>,
    _ aggregator: WindowAggregator<Key, Value, Aggregate>,
    _ merge: @escaping (Key, Aggregate, Aggregate) throws -> Aggregate
) -> Forward<Key, Value> {
    let (nullKey, nullValue, nullResult) = (Nulls<Key>(), Nulls<Value>(), Nulls<Aggregate>())
    let context = scope.context
    var isCached = false
    if emission == .onWindowUpdate {
        isCached = store.setFlushListener(sendsOldValues: sendsOldValues) { key, new, old, _ in
            try next(key, Change(new: new, old: old), key.window.end)
        }
    }
    let forwards = emission == .onWindowUpdate && !isCached
    return { key, value, timestamp in
        guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
        let value = nullValue.shown(value)
        if value == nil, !aggregator.takesNull { return scope.drop(.nullValue) }
        let time = timestamp.rawValue
        emitter.observedTime = max(emitter.observedTime, time)
        let closeTime = emitter.observedTime.subtractingClamped(windows.graceMs).subtractingClamped(windows.gapMs)

        func forward(_ session: Windowed<Key>, _ change: Change<Aggregate>) throws {
            guard forwards else { return }
            // A session stands for many records: what is sent on has the headers of none.
            let headers = context.headers
            context.headers = []
            defer { context.headers = headers }
            try next(session, change, session.window.end)
        }

        var near: [(session: Windowed<Key>, aggregate: Aggregate)] = []
        var (start, end) = (time, time)
        var aggregate = aggregator.initial?()
        do {
            let sessions = try store.findSessions(
                key,
                earliestEnd: Timestamp(time.subtractingClamped(windows.gapMs)),
                latestStart: Timestamp(time.addingClamped(windows.gapMs))
            )
            try sessions.forEach { session, stored in
                near.append((session, stored))
                aggregate = try aggregate.map { try merge(key, $0, stored) } ?? stored
                start = min(start, session.window.start.rawValue)
                end = max(end, session.window.end.rawValue)
            }
        } catch {
            return try scope.failed(error)
        }
        if end < closeTime {
            scope.drop(.late)
        } else {
            if start != time || end != time {
                for (session, stored) in near {
                    context.timestamp = timestamp
                    try store.remove(session)
                    try forward(session, Change(new: nil, old: sendsOldValues ? stored : nil))
                }
            }
            let new: Aggregate?
            let session = Windowed(key, Window(start: Timestamp(start), end: Timestamp(end)))
            do {
                new = nullResult.plain(try aggregator.combine(key, value, aggregate))
                context.timestamp = timestamp
                try store.put(session, new)
            } catch {
                return try scope.failed(error)
            }
            try forward(session, Change(new: new, old: nil))
        }
        guard emission == .onWindowClose, emitter.isDue(closeTime) else { return }
        let (lower, upper) = (max(0, emitter.emittedUntil), closeTime.subtractingClamped(1))
        guard upper >= lower else { return }
        for (session, aggregate) in try store.closed(from: lower, to: upper) {
            try next(session, Change(new: aggregate, old: nil), session.window.end)
        }
        emitter.finish(closeTime)
    }
}
