import Records

extension WindowStore {
    /// The value of a key's window; nil when there is none, or none any more.
    ///
    /// ```swift
    /// func viewsOfFirstMinute(_ views: WindowStore<String, Int64>) throws -> Int64 {
    ///     try views.fetch("/home", at: 0) ?? 0
    /// }
    /// ```
    @inlinable
    public func fetch(_ key: Key, at start: Timestamp) throws -> Value? {
        let bytes = try encoded(key, start, 0)
        return try segments.value(of: bytes, start.rawValue).map { try valueSerde.deserialize($0) }
    }

    /// The starts and values of a key's windows that begin from `from` to `to`, both included, in the order of time.
    ///
    /// ```swift
    /// func report(_ views: WindowStore<String, Int64>) throws {
    ///     try views.fetch("/home", from: 0, to: 3_600_000).forEach { start, count in print(start, count) }
    /// }
    /// ```
    public func fetch(_ key: Key, from: Timestamp, to: Timestamp) throws -> KeyValueIterator<Timestamp, Value> {
        timed(try cursor(key, from: from, to: to, isReverse: false))
    }

    /// As ``fetch(_:from:to:)``, latest first.
    public func backwardFetch(_ key: Key, from: Timestamp, to: Timestamp) throws -> KeyValueIterator<Timestamp, Value> {
        timed(try cursor(key, from: from, to: to, isReverse: true))
    }

    /// The windows of a range of keys, both ends included; nil leaves that end open. By segment of time, then key.
    public func fetch(
        keysFrom: Key?,
        to keysTo: Key?,
        from: Timestamp,
        to: Timestamp
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try windowed(try cursor(keysFrom, keysTo, from: from, to: to, isReverse: false), isReverse: false)
    }

    /// As ``fetch(keysFrom:to:from:to:)``, last first.
    public func backwardFetch(
        keysFrom: Key?,
        to keysTo: Key?,
        from: Timestamp,
        to: Timestamp
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try windowed(try cursor(keysFrom, keysTo, from: from, to: to, isReverse: true), isReverse: true)
    }

    /// The windows of all keys that begin from `from` to `to`, both included. By segment of time, then key.
    ///
    /// ```swift
    /// func report(_ views: WindowStore<String, Int64>) throws {
    ///     try views.fetchAll(from: 0, to: 3_600_000).forEach { page, count in print(page.key, page.window, count) }
    /// }
    /// ```
    public func fetchAll(from: Timestamp, to: Timestamp) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try windowed(try cursor(nil, nil, from: from, to: to, isReverse: false), isReverse: false)
    }

    /// As ``fetchAll(from:to:)``, last first.
    public func backwardFetchAll(from: Timestamp, to: Timestamp) throws -> KeyValueIterator<Windowed<Key>, Value> {
        try windowed(try cursor(nil, nil, from: from, to: to, isReverse: true), isReverse: true)
    }

    /// All windows.
    public func all() throws -> KeyValueIterator<Windowed<Key>, Value> {
        try fetchAll(from: Timestamp(0), to: Timestamp(.max))
    }

    /// All windows, last first.
    public func backwardAll() throws -> KeyValueIterator<Windowed<Key>, Value> {
        try backwardFetchAll(from: Timestamp(0), to: Timestamp(.max))
    }

    // MARK: Cursors

    /// The windows of one key.
    @usableFromInline
    func cursor(_ key: Key, from: Timestamp, to: Timestamp, isReverse: Bool) throws -> SegmentedCursor {
        let earliest = max(from.rawValue, segments.earliestTime, 0)
        let first = try encoded(key, Timestamp(earliest), 0)
        let known = try segments.cursorInMemory(first, from: earliest, to: to.rawValue, isReverse: isReverse) { _ in
            true
        }
        if let known { return known }
        var bytes = [UInt8](first)
        let lower = bytes
        let count = bytes.count
        bytes.removeLast(12)
        withUnsafeBytes(of: max(to.rawValue, 0).bigEndian) { bytes.append(contentsOf: $0) }
        // One beyond the highest sequence number.
        bytes.append(contentsOf: [0x80, 0, 0, 0])
        return SegmentedCursor(
            segments,
            lower: lower,
            upper: bytes,
            from: earliest,
            to: to.rawValue,
            isReverse: isReverse
        ) { found in
            // Between the bounds all keys begin alike, so that one of the same length has the same key.
            guard found.count == count else { return false }
            let time = WindowKey.int64(found, fromEnd: 12)
            return time >= earliest && time <= to.rawValue
                && lower.withUnsafeBytes { lower in
                    RawKey.equal(
                        UnsafeRawBufferPointer(rebasing: found[SegmentedStore.prefixSize..<(count - 12)]),
                        UnsafeRawBufferPointer(rebasing: lower[SegmentedStore.prefixSize..<(count - 12)])
                    )
                }
        }
    }

    @usableFromInline
    func cursor(
        _ keysFrom: Key?,
        _ keysTo: Key?,
        from: Timestamp,
        to: Timestamp,
        isReverse: Bool
    ) throws -> SegmentedCursor {
        let first = try keysFrom.map { [UInt8](try segments.layer.encode($0, keySerde)) }
        let last = try keysTo.map { [UInt8](try segments.layer.encode($0, keySerde)) }
        let earliest = max(from.rawValue, segments.earliestTime)
        return SegmentedCursor(segments, from: earliest, to: to.rawValue, isReverse: isReverse) { found in
            let time = WindowKey.int64(found, fromEnd: 12)
            guard time >= earliest, time <= to.rawValue else { return false }
            let key = UnsafeRawBufferPointer(rebasing: found[SegmentedStore.prefixSize..<(found.count - 12)])
            return RawKey.isBetween(key, first, last)
        }
    }

    private func timed(_ cursor: SegmentedCursor) -> KeyValueIterator<Timestamp, Value> {
        let valueSerde = valueSerde
        return KeyValueIterator(
            next: {
                guard try cursor.advance() else { return nil }
                return (Timestamp(WindowKey.int64(cursor.key, fromEnd: 12)), try valueSerde.deserialize(cursor.value))
            },
            close: { cursor.close() }
        )
    }

    private func windowed(
        _ cursor: SegmentedCursor,
        isReverse: Bool
    ) throws -> KeyValueIterator<Windowed<Key>, Value> {
        let (keySerde, valueSerde, size) = (keySerde, valueSerde, windowSizeMs)
        func decode(
            _ key: UnsafeRawBufferPointer,
            _ value: UnsafeRawBufferPointer
        ) throws -> (key: Windowed<Key>, value: Value) {
            (try WindowStore.windowed(key, keySerde, size), try valueSerde.deserialize(value))
        }
        if segments.isKeptByTime {
            return KeyValueIterator(try cursor.rows(inOrder: WindowStore.isBefore, isReverse: isReverse), decode)
        }
        return KeyValueIterator(
            next: { try cursor.advance() ? try decode(cursor.key, cursor.value) : nil },
            close: { cursor.close() }
        )
    }

    /// By start, then by key, then by sequence number.
    private static func isBefore(_ a: SegmentedCursor.Row, _ b: SegmentedCursor.Row) -> Bool {
        let (first, second) = (a.time(fromEnd: 12), b.time(fromEnd: 12))
        if first != second { return first < second }
        let (key, other) = (a.plainKey(suffix: 12), b.plainKey(suffix: 12))
        return key == other ? RawKey.isBefore(a.key.suffix(4), b.key.suffix(4)) : RawKey.isBefore(key, other)
    }

    /// Keeps the windows that begin at `time` or later until they are emitted, if there is a cache to keep them.
    @usableFromInline
    func hold(from time: Int64) {
        if segments.layer.isCaching { segments.heldFrom = time }
    }

    /// The windows that begin from `from` to `to`, by start and then by key: the order of emission on close.
    @usableFromInline
    func closed(from: Int64, to: Int64) throws -> [(key: Windowed<Key>, value: Value)] {
        var found: [(start: Int64, bytes: [UInt8], value: Value)] = []
        let cursor = try cursor(nil, nil, from: Timestamp(from), to: Timestamp(to), isReverse: false)
        defer { cursor.close() }
        while try cursor.advance() {
            found.append(
                (
                    WindowKey.int64(cursor.key, fromEnd: 12), [UInt8](cursor.key),
                    try valueSerde.deserialize(cursor.value)
                )
            )
        }
        if segments.segmentIntervalMs > 1 {
            found.sort { a, b in
                a.start != b.start
                    ? a.start < b.start
                    : RawKey.isBefore(a.bytes.dropFirst(8).dropLast(12), b.bytes.dropFirst(8).dropLast(12))
            }
        }
        return try found.map { item in
            (try item.bytes.withUnsafeBytes { try WindowStore.windowed($0, keySerde, windowSizeMs) }, item.value)
        }
    }
}
