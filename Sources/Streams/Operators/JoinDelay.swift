import Records

/// How records of a stream wait before they are joined with a versioned table.
@usableFromInline
struct JoinDelay<Key, Value>: Sendable {
    @usableFromInline let bufferName: String
    @usableFromInline let graceMs: Int64
    private let key: Serde<Key>
    private let value: Serde<Value>

    /// Nil where a serde is missing, which is reported by who looked for it.
    @usableFromInline
    init?(_ joinName: String, _ grace: Duration, _ key: Serde<Key>?, _ value: Serde<Value>?) {
        guard let key, let value else { return nil }
        bufferName = joinName + "-Buffer"
        graceMs = grace.milliseconds
        self.key = key
        self.value = value
    }

    /// Puts records into the buffer, and hands on those that have waited long enough, with the context they came with.
    @usableFromInline
    func closure(
        _ join: @escaping Forward<Key, Value>,
        _ scope: NodeScope,
        _ buffer: JoinBuffer
    ) -> Forward<Key, Value> {
        let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Value>())
        let context = scope.context
        return { key, value, timestamp in
            guard let plainKey = nullKey.plain(key), let plainValue = nullValue.plain(value) else {
                // The join knows what becomes of nulls.
                return try join(key, value, timestamp)
            }
            var record = context.recordContext
            record.timestamp = timestamp
            let waits: Bool
            do {
                guard let keyBytes = try self.key.bytes(of: plainKey),
                    let valueBytes = try self.value.bytes(of: plainValue)
                else { return scope.drop(.nullKey) }
                waits = try buffer.put([UInt8](keyBytes), [UInt8](valueBytes), record)
            } catch {
                return try scope.failed(error)
            }
            guard waits else { return try join(key, value, timestamp) }
            try buffer.removeDue { keyBytes, valueBytes, held in
                let current = context.recordContext
                context.recordContext = held
                defer { context.recordContext = current }
                let key = try keyBytes.withUnsafeBytes { try self.key.deserialize($0) }
                let value = try valueBytes.withUnsafeBytes { try self.value.deserialize($0) }
                try join(key, value, held.timestamp)
            }
        }
    }
}

extension StreamsBuilder {
    /// Adds the buffer of a join with a grace period, whose table must remember as long.
    @usableFromInline
    func addJoinDelay<Key, Value>(
        _ delay: JoinDelay<Key, Value>?,
        to id: NodeID,
        table: NodeID,
        _ name: String,
        _ callSite: CallSite
    ) {
        guard let delay else { return }
        if let history = graph.historyMs(of: table) {
            if delay.graceMs > history {
                graph.report(
                    name,
                    "the grace period of \(delay.graceMs) ms is longer than the table's history of \(history) ms",
                    callSite
                )
            }
        } else {
            graph.report(name, "only a table with a versioned store can be joined with a grace period", callSite)
        }
        add(Stores.joinBuffer(delay.bufferName, graceMs: delay.graceMs), users: [id], callSite)
    }
}
