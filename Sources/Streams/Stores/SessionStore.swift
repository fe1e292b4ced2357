import Records

/// A store of values by key and session.
///
/// A value is kept for the store's retention: no longer than that after the latest session end put. In store and
/// changelog a key is the key's bytes, 8 bytes with the session's end and 8 with its start. As Kafka Streams has it.
///
/// ```swift
/// func click(_ sessions: SessionStore<String, Int64>) throws {
///     try sessions.put(Windowed("han", Window(start: 10, end: 50)), 3)
///     let near = try sessions.findSessions("han", earliestEnd: 40, latestStart: 90)
///     try near.forEach { session, count in print(session.window, count) }
/// }
/// ```
public final class SessionStore<Key, Value>: StateStore {
    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written.
    public let valueSerde: Serde<Value>
    @usableFromInline let segments: SegmentedStore

    init(
        _ configuration: StoreLayer.Configuration,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        retentionMs: Int64
    ) {
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        segments = SegmentedStore(
            configuration,
            retentionMs: retentionMs,
            segmentIntervalMs: SegmentedStore.interval(forRetentionMs: retentionMs),
            timeFromEnd: 16
        )
    }

    /// How long values are kept.
    public var retention: Duration { .milliseconds(segments.retentionMs) }

    // MARK: Changing

    /// Sets the value of a session; nil removes it.
    @inlinable
    public func put(_ session: Windowed<Key>, _ value: Value?) throws {
        let layer = segments.layer
        let bytes = try encoded(session.key, session.window)
        var encodedValue: UnsafeRawBufferPointer?
        if let value {
            layer.valueBuffer.reset()
            if try valueSerde.serialize(value, &layer.valueBuffer) { encodedValue = layer.valueBytes }
        }
        try segments.put(bytes, encodedValue, session.window.end.rawValue)
    }

    /// Removes a session.
    @inlinable
    public func remove(_ session: Windowed<Key>) throws { try put(session, nil) }

    @inlinable
    func encoded(_ key: Key, _ window: Window) throws -> UnsafeRawBufferPointer {
        segments.begin(window.end.rawValue)
        guard try keySerde.serialize(key, &segments.layer.keyBuffer) else { throw segments.layer.nullKey() }
        segments.layer.keyBuffer.append(int64: window.end.rawValue)
        segments.layer.keyBuffer.append(int64: window.start.rawValue)
        return segments.keyBytes
    }

    // MARK: Reading

    /// The value of a session; nil when there is none, or none any more.
    @inlinable
    public func fetchSession(_ key: Key, start: Timestamp, end: Timestamp) throws -> Value? {
        let bytes = try encoded(key, Window(start: start, end: end))
        return try segments.value(of: bytes, end.rawValue).map { try valueSerde.deserialize($0) }
    }

    /// All sessions of a key, by end and then by start.
    public func fetch(_ key: Key) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try findSessions(key, earliestEnd: Timestamp(0), latestStart: Timestamp(.max))
    }

    /// A key's sessions that end at `earliestEnd` or later and start at `latestStart` or earlier, by end and then by
    /// start.
    ///
    /// ```swift
    /// func near(_ visits: SessionStore<String, Int64>, _ user: String, _ time: Timestamp) throws {
    ///     let gap: Int64 = 300_000
    ///     try visits.findSessions(
    ///         user, earliestEnd: Timestamp(time.rawValue - gap), latestStart: Timestamp(time.rawValue + gap)
    ///     ).forEach { visit, clicks in print(visit.window, clicks) }
    /// }
    /// ```
    public func findSessions(
        _ key: Key,
        earliestEnd: Timestamp,
        latestStart: Timestamp
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try iterator(try cursor(key, earliestEnd, latestStart, isReverse: false))
    }

    /// As ``findSessions(_:earliestEnd:latestStart:)``, last first.
    public func backwardFindSessions(
        _ key: Key,
        earliestEnd: Timestamp,
        latestStart: Timestamp
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try iterator(try cursor(key, earliestEnd, latestStart, isReverse: true), isReverse: true)
    }

    /// The sessions of a range of keys, both ends included; nil leaves that end open. By segment of time, then key.
    public func findSessions(
        keysFrom: Key?,
        to keysTo: Key?,
        earliestEnd: Timestamp = 0,
        latestStart: Timestamp = Timestamp(.max)
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try iterator(try cursor(keysFrom, keysTo, earliestEnd, latestStart, isReverse: false))
    }

    /// As ``findSessions(keysFrom:to:earliestEnd:latestStart:)``, last first.
    public func backwardFindSessions(
        keysFrom: Key?,
        to keysTo: Key?,
        earliestEnd: Timestamp = 0,
        latestStart: Timestamp = Timestamp(.max)
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try iterator(try cursor(keysFrom, keysTo, earliestEnd, latestStart, isReverse: true), isReverse: true)
    }

    /// The sessions of all keys that end from `earliestEnd` to `latestEnd`, both included. By segment of time, then key.
    ///
    /// ```swift
    /// func endedBetween(_ visits: SessionStore<String, Int64>, _ from: Timestamp, _ to: Timestamp) throws {
    ///     try visits.findSessions(earliestEnd: from, latestEnd: to).forEach { visit, clicks in print(visit, clicks) }
    /// }
    /// ```
    public func findSessions(
        earliestEnd: Timestamp,
        latestEnd: Timestamp
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try iterator(allCursor(max(earliestEnd.rawValue, segments.earliestTime), latestEnd.rawValue) { _ in true })
    }

    private func cursor(
        _ keysFrom: Key?,
        _ keysTo: Key?,
        _ earliestEnd: Timestamp,
        _ latestStart: Timestamp,
        isReverse: Bool
    ) throws -> SegmentedCursor {
        let first = try keysFrom.map { [UInt8](try segments.layer.encode($0, keySerde)) }
        let last = try keysTo.map { [UInt8](try segments.layer.encode($0, keySerde)) }
        return allCursor(max(earliestEnd.rawValue, segments.earliestTime), .max, isReverse: isReverse) { found in
            guard WindowKey.int64(found, fromEnd: 8) <= latestStart.rawValue else { return false }
            let key = UnsafeRawBufferPointer(rebasing: found[SegmentedStore.prefixSize..<(found.count - 16)])
            return RawKey.isBetween(key, first, last)
        }
    }

    @usableFromInline
    func cursor(
        _ key: Key,
        _ earliestEnd: Timestamp,
        _ latestStart: Timestamp,
        isReverse: Bool
    ) throws -> SegmentedCursor {
        let earliest = max(earliestEnd.rawValue, segments.earliestTime, 0)
        let first = try encoded(key, Window(start: Timestamp(0), end: Timestamp(earliest)))
        let known = try segments.cursorInMemory(first, from: earliest, to: .max, isReverse: isReverse) { found in
            WindowKey.int64(found, fromEnd: 8) <= latestStart.rawValue
        }
        if let known { return known }
        var bytes = [UInt8](first)
        let lower = bytes
        let count = bytes.count
        bytes.removeLast(16)
        bytes.append(contentsOf: repeatElement(0xFF, count: 17))
        return SegmentedCursor(
            segments,
            lower: lower,
            upper: bytes,
            from: earliest,
            to: .max,
            isReverse: isReverse
        ) { found in
            guard found.count == count, WindowKey.int64(found, fromEnd: 16) >= earliest,
                WindowKey.int64(found, fromEnd: 8) <= latestStart.rawValue
            else { return false }
            return lower.withUnsafeBytes { lower in
                RawKey.equal(
                    UnsafeRawBufferPointer(rebasing: found[SegmentedStore.prefixSize..<(count - 16)]),
                    UnsafeRawBufferPointer(rebasing: lower[SegmentedStore.prefixSize..<(count - 16)])
                )
            }
        }
    }

    private func allCursor(
        _ earliestEnd: Int64,
        _ latestEnd: Int64,
        isReverse: Bool = false,
        _ accepts: @escaping (UnsafeRawBufferPointer) -> Bool
    ) -> SegmentedCursor {
        SegmentedCursor(segments, from: earliestEnd, to: latestEnd, isReverse: isReverse) { found in
            let end = WindowKey.int64(found, fromEnd: 16)
            return end >= earliestEnd && end <= latestEnd && accepts(found)
        }
    }

    private func iterator(
        _ cursor: SegmentedCursor,
        isReverse: Bool = false
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        let (keySerde, valueSerde) = (keySerde, valueSerde)
        func decode(
            _ key: UnsafeRawBufferPointer,
            _ value: UnsafeRawBufferPointer
        ) throws -> (key: Windowed<Key>, value: Value) {
            (try SessionStore.session(key, keySerde), try valueSerde.deserialize(value))
        }
        if segments.isKeptByTime {
            return KeyValueIterator(try cursor.rows(inOrder: SessionStore.isBefore, isReverse: isReverse), decode)
        }
        return KeyValueIterator(
            next: { try cursor.advance() ? try decode(cursor.key, cursor.value) : nil },
            close: { cursor.close() }
        )
    }

    /// By end, then by key, and those that begin last first.
    private static func isBefore(_ a: SegmentedCursor.Row, _ b: SegmentedCursor.Row) -> Bool {
        let (end, otherEnd) = (a.time(fromEnd: 16), b.time(fromEnd: 16))
        if end != otherEnd { return end < otherEnd }
        let (key, other) = (a.plainKey(suffix: 16), b.plainKey(suffix: 16))
        return key == other ? a.time(fromEnd: 8) > b.time(fromEnd: 8) : RawKey.isBefore(key, other)
    }

    /// The sessions that end from `from` to `to`, by end, start and key: the order of emission on close. Those are shown too
    /// that have just expired, as long as their segment has not, but for those in memory.
    @usableFromInline
    func closed(from: Int64, to: Int64) throws -> [(key: Windowed<Key>, value: Value)] {
        var found: [(end: Int64, start: Int64, bytes: [UInt8], value: Value)] = []
        let cursor = allCursor(segments.isKeptByTime ? max(from, segments.earliestTime) : from, to) { _ in true }
        defer { cursor.close() }
        while try cursor.advance() {
            found.append(
                (
                    WindowKey.int64(cursor.key, fromEnd: 16), WindowKey.int64(cursor.key, fromEnd: 8),
                    [UInt8](cursor.key), try valueSerde.deserialize(cursor.value)
                )
            )
        }
        found.sort { a, b in
            if a.end != b.end { return a.end < b.end }
            if a.start != b.start { return a.start < b.start }
            return RawKey.isBefore(a.bytes.dropFirst(8).dropLast(16), b.bytes.dropFirst(8).dropLast(16))
        }
        return try found.map { item in
            (try item.bytes.withUnsafeBytes { try SessionStore.session($0, keySerde) }, item.value)
        }
    }

    // MARK: Events

    /// Sets who receives the changes that the cache held back. See ``KeyValueStore/setFlushListener(sendsOldValues:_:)``.
    public func setFlushListener(
        sendsOldValues: Bool,
        _ listener:
            @escaping (_ key: Windowed<Key>, _ new: Value?, _ old: Value?, _ timestamp: Timestamp) throws -> Void
    ) -> Bool {
        let (keySerde, valueSerde) = (keySerde, valueSerde)
        return segments.layer.setFlushListener(sendsOldValues: sendsOldValues) { bytes, new, old, timestamp in
            let key = try SessionStore.session(bytes, keySerde)
            let new = try new.map { try valueSerde.deserialize($0) }
            let old = try old.map { try valueSerde.deserialize($0) }
            try listener(key, new, old, timestamp)
        }
    }

    /// Reads a key of the layer.
    static func session(_ bytes: UnsafeRawBufferPointer, _ keySerde: Serde<Key>) throws -> Windowed<Key> {
        let key = UnsafeRawBufferPointer(rebasing: bytes[SegmentedStore.prefixSize..<(bytes.count - 16)])
        return Windowed(
            try keySerde.deserialize(key),
            Window(
                start: Timestamp(WindowKey.int64(bytes, fromEnd: 8)),
                end: Timestamp(WindowKey.int64(bytes, fromEnd: 16))
            )
        )
    }
}

// The task's side: all of it is the layer's.
extension SessionStore {
    public var name: String { segments.layer.configuration.name }
    public var isPersistent: Bool { segments.layer.isPersistent }
    public var isOpen: Bool { segments.layer.isOpen }
    public var committedOffset: Offset? { segments.layer.committedOffset }
    public var wantsCommit: Bool { segments.layer.wantsCommit }
    public func open(_ context: any StateStoreContext) throws { try segments.open(context) }
    public func flush() throws { try segments.layer.flush() }
    public func commit(_ changelogOffset: Offset?) throws { try segments.layer.commit(changelogOffset) }
    public func finishRestore(_ nextOffset: Offset) throws { try segments.layer.finishRestore(nextOffset) }
    public func wipe() throws { try segments.wipe() }
    public func close() throws { try segments.layer.close() }

    public func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        try segments.restore(key, value, timestamp, offset)
    }
}
