import Records

extension KTable {
    /// Holds changes back, so that of several changes to one key only the last goes on.
    ///
    /// Key and partitioning stay. What goes on has the time and headers of the last change put together. Changes that
    /// are removed before they were emitted still go on as removals, except where a window's final result is waited
    /// for. Time passes with the records that reach the suppression, in each task for itself: the last window stays
    /// until a later record comes. What is held back is in memory and in a changelog. `named` names the operator, and
    /// its store `<name>-store`. See KIP-328.
    ///
    /// ```swift
    /// views.groupByKey().windowedBy(.tumbling(.seconds(60), grace: .seconds(5))).count()
    ///     .suppress(.untilWindowCloses())
    ///     .toStream { page, _ in page.key }
    ///     .to("views-of-each-minute")
    /// ```
    public func suppress(
        _ suppressed: Suppressed<Key>,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KTable {
        let callSite = CallSite(file: file, line: line)
        let name = named.map { builder.checked($0, callSite) } ?? builder.newName("KTABLE-SUPPRESS-")
        let storeName = named.map { $0 + "-store" } ?? builder.newStoreName("KTABLE-SUPPRESS-")
        let waitMs: Int64
        switch suppressed.kind {
        case .untilTimeLimit(let limit):
            waitMs = limit
            if limit < 0 { builder.graph.report(name, "the time limit is negative", callSite) }
        case .untilWindowCloses:
            if let grace = builder.graph.windowGrace(above: node) {
                waitMs = grace
            } else {
                waitMs = 0
                builder.graph.report(name, "only the result of a windowed aggregation has windows that close", callSite)
            }
            if suppressed.buffer.emitsEarly {
                builder.graph.report(name, "final results cannot be emitted early when the buffer is full", callSite)
            }
        }
        if builder.graph.historyMs(of: node) != nil {
            builder.graph.report(name, "a versioned table's changes cannot be held back", callSite)
        }
        let key = builder.serde(keySerde, "key", name, callSite)
        let value = builder.serde(valueSerde, "value", name, callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Change<Value>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            guard let key, let value else { return next }
            return suppression(
                try assembly.store(named: storeName, for: id),
                suppressed,
                waitMs: waitMs,
                key,
                value,
                scope,
                next
            )
        }
        builder.graph.tables[id] = TableNode(
            origin: .suppressed(from: node, bufferName: storeName),
            isMaterialized: false
        )
        builder.graph.sendOldValues(of: node, force: true)
        let store = StoreBuilder(name: storeName, isPersistent: false, logging: suppressed.buffer.logging) {
            SuppressionBuffer(name: storeName)
        }
        builder.add(store, users: [id], callSite)
        let parentReader = reader
        return KTable(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: valueSerde,
            sources: sources,
            queryableStoreName: nil
        ) { assembly, user in
            let read = try parentReader(assembly, user)
            let buffer: SuppressionBuffer = try assembly.store(named: storeName, for: user)
            return { row in
                // Below the suppression a row is what it was before the change that is held back.
                guard let key, let value, let held = buffer.change(of: try SuppressionBytes.of(row, key)) else {
                    return try read(row)
                }
                return try held.prior.map { ValueAndTimestamp(try SuppressionBytes.value($0, value), .none) }
            }
        }
    }
}

/// The closure of a suppression.
private func suppression<Key, Value>(
    _ buffer: SuppressionBuffer,
    _ suppressed: Suppressed<Key>,
    waitMs: Int64,
    _ keySerde: Serde<Key>,
    _ valueSerde: Serde<Value>,
    _ scope: NodeScope,
    _ next: @escaping Forward<Key, Change<Value>>
) -> Forward<Key, Change<Value>> {
    let context = scope.context
    let limits = suppressed.buffer
    var dropsRemovals = false
    if case .untilWindowCloses = suppressed.kind { dropsRemovals = true }
    var observedTime: Int64 = -1

    func emitFirst() throws {
        try buffer.removeFirst { bytes, held in
            if held.new == nil, dropsRemovals { return }
            let key = try bytes.withUnsafeBytes { try keySerde.deserialize($0) }
            let change = Change(
                new: try held.new.map { try SuppressionBytes.value($0, valueSerde) },
                old: try held.old.map { try SuppressionBytes.value($0, valueSerde) }
            )
            let current = context.recordContext
            context.recordContext = held.context
            defer { context.recordContext = current }
            try next(key, change, held.context.timestamp)
        }
    }

    return { key, change, timestamp in
        guard let key, let change else { return scope.drop(.nullKey) }
        observedTime = max(observedTime, timestamp.rawValue)
        do {
            let bytes = try SuppressionBytes.of(key, keySerde)
            let old = try change.old.flatMap { try SuppressionBytes.optional($0, valueSerde) }
            let new = try change.new.flatMap { try SuppressionBytes.optional($0, valueSerde) }
            var record = context.recordContext
            record.timestamp = timestamp
            let held = buffer.change(of: bytes)
            buffer.put(
                bytes,
                BufferedChange(prior: held == nil ? old : held?.prior, old: old, new: new, context: record),
                timeMs: suppressed.time(key, timestamp)
            )
        } catch {
            return try scope.failed(error)
        }
        let due = observedTime.subtractingClamped(waitMs)
        while let earliest = buffer.earliestTimeMs, earliest <= due { try emitFirst() }
        while buffer.count > limits.records || buffer.sizeBytes > limits.bytes {
            guard limits.emitsEarly else {
                throw StreamsException(
                    "The suppression holds \(buffer.count) of \(limits.records) records and \(buffer.sizeBytes) of "
                        + "\(limits.bytes) bytes",
                    operatorName: scope.name,
                    metadata: context.metadata
                )
            }
            try emitFirst()
        }
    }
}

/// Keys and values of a suppression as bytes.
private enum SuppressionBytes {
    static func of<Key>(_ key: Key, _ serde: Serde<Key>) throws -> [UInt8] {
        guard let bytes = try optional(key, serde) else {
            throw SerializationException("a suppression takes no null key")
        }
        return bytes
    }

    static func optional<Value>(_ value: Value, _ serde: Serde<Value>) throws -> [UInt8]? {
        var buffer = RawBuffer()
        return try serde.serialize(value, &buffer) ? buffer.withUnsafeBytes { [UInt8]($0) } : nil
    }

    static func value<Value>(_ bytes: [UInt8], _ serde: Serde<Value>) throws -> Value {
        try bytes.withUnsafeBytes { try serde.deserialize($0) }
    }
}

extension TopologyGraph {
    /// The grace of the windowed aggregations that the table comes from, the longest of several; nil where some of its rows
    /// come from none.
    func windowGrace(above id: NodeID) -> Int64? {
        if let grace = windowGraceMs[id] { return grace }
        let parents = self[id].parents
        guard !parents.isEmpty else { return nil }
        var longest: Int64 = 0
        for parent in parents {
            guard let grace = windowGrace(above: parent) else { return nil }
            longest = max(longest, grace)
        }
        return longest
    }
}
