import Records

/// The bytes below window and session stores: keys that bear a time, kept by segments of time so that old ones go at once.
///
/// | bytes of a key in the layer and in RocksDB | what |
/// |---|---|
/// | 8 | segment: the key's time divided by the segment interval, big endian |
/// | rest | the key as Kafka Streams has it, and as the changelog has it: with its time at the end |
///
/// So keys come by segment and then by key, as with one database a segment, and a single database and batch serve: a
/// commit stays all or nothing, and expired segments are one range that is deleted. An interval of 1 ms orders by time.
///
/// Invariant: without a cache nothing is read that expired: whose time is the retention or more before the highest put.
@usableFromInline
final class SegmentedStore {
    @usableFromInline let layer: StoreLayer
    @usableFromInline let segmentIntervalMs: Int64
    @usableFromInline let retentionMs: Int64
    /// How many bytes before a key's end its time begins.
    let timeFromEnd: Int
    /// The bytes of times and numbers at a key's end.
    let suffixSize: Int
    /// Whether it serves windows that are emitted when they close. Ranges reach 1 ms further back then, as they do in
    /// Kafka Streams' store for that.
    @usableFromInline let isReadOnClose: Bool
    /// The highest time put.
    @exclusivity(unchecked) @usableFromInline private(set) var observedTime: Int64 = -1
    @exclusivity(unchecked) private(set) var lowestLiveSegment: Int64 = 0
    /// Nothing from this time on goes yet: a cache has the windows that are still to be emitted, however far stream time leaps.
    @exclusivity(unchecked) var heldFrom: Int64 = .max

    @inlinable static var prefixSize: Int { 8 }

    /// - Parameter timeFromEnd: 12 for windows (start, sequence number), 16 for sessions (end, start).
    init(
        _ configuration: StoreLayer.Configuration,
        retentionMs: Int64,
        segmentIntervalMs: Int64,
        timeFromEnd: Int,
        isReadOnClose: Bool = false
    ) {
        var configuration = configuration
        configuration.hiddenPrefixSize = SegmentedStore.prefixSize
        // Segments of a millisecond are read by time, whatever the keys.
        if segmentIntervalMs > 1 { configuration.segmentSuffixSize = timeFromEnd }
        layer = StoreLayer(configuration)
        self.retentionMs = max(retentionMs, 0)
        self.segmentIntervalMs = max(segmentIntervalMs, 1)
        self.timeFromEnd = timeFromEnd
        suffixSize = timeFromEnd
        // Kafka Streams has stores of their own for this on disk only.
        self.isReadOnClose = isReadOnClose && configuration.isPersistent
    }

    /// Kafka's rule for the interval of segments.
    static func interval(forRetentionMs retention: Int64) -> Int64 { max(retention / 2, 60_000) }

    @inlinable
    func segment(of time: Int64) -> Int64 { max(time, 0) / segmentIntervalMs }

    /// The earliest time that is still shown. A cache shows what it has, whatever its time, as in Kafka Streams; here that
    /// is all whose segment is alive.
    @inlinable
    var earliestTime: Int64 {
        layer.isCaching
            ? .min : observedTime.subtractingClamped(retentionMs).addingClamped(isReadOnClose ? 0 : 1)
    }

    /// Whether rows of several keys are read by time, then by key, and not by key in each segment: those in memory, as Kafka
    /// Streams keeps them.
    var isKeptByTime: Bool { !layer.configuration.isPersistent && !layer.isCaching }

    @inlinable
    func isLive(_ time: Int64) -> Bool {
        segment(of: time) >= segment(of: observedTime.subtractingClamped(retentionMs))
    }

    // MARK: The task's side

    func open(_ context: any StateStoreContext) throws {
        try layer.open(context)
        layer.memory?.reset()
        guard let backing = layer.backing else { return }
        let cursor = try backing.makeCursor(from: nil, before: nil)
        defer { cursor.close() }
        cursor.seekToLast()
        guard cursor.isValid, cursor.key.count >= SegmentedStore.prefixSize else { return try cursor.checkEnd() }
        let segment = SegmentMemory.segment(cursor.key)
        layer.memory?.reset(below: segment)
        let (time, overflows) = segment.multipliedReportingOverflow(by: segmentIntervalMs)
        if !overflows { advance(to: time) }
    }

    func restore(
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer?,
        _ timestamp: Timestamp,
        _ offset: Offset
    ) throws {
        // A record that is none of ours: it has no place in time, and would never be read.
        guard key.count >= suffixSize else { return }
        let time = WindowKey.int64(key, fromEnd: timeFromEnd)
        advance(to: time)
        guard isLive(time) else { return }
        begin(time)
        layer.keyBuffer.append(key)
        let bytes = layer.keyBuffer.withUnsafeBytes { [UInt8]($0) }
        try bytes.withUnsafeBytes { try layer.restore($0, value, timestamp, offset) }
    }

    // MARK: Reading and writing

    /// Begins a key of that time in the layer's key buffer.
    @inlinable
    func begin(_ time: Int64) {
        layer.keyBuffer.reset()
        layer.keyBuffer.append(int64: segment(of: time))
    }

    @inlinable
    var keyBytes: UnsafeRawBufferPointer { layer.keyBuffer.withUnsafeBytes { $0 } }

    /// The value of a key of that time; nil when there is none any more.
    @inlinable
    func value(of key: UnsafeRawBufferPointer, _ time: Int64) throws -> UnsafeRawBufferPointer? {
        time < earliestTime ? nil : try layer.value(of: key)
    }

    /// Sets or removes the value of a key. What is too old to be kept is logged all the same, and counted as expired.
    @usableFromInline
    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ time: Int64) throws {
        advance(to: time)
        guard isLive(time) else {
            try layer.checkOpen()
            try layer.log(key, value, layer.recordTimestamp)
            layer.context?.recordExpired(in: layer.configuration.name)
            return
        }
        try layer.put(key, value)
    }

    /// Logs a change that changes nothing, not even the store's time: a removal in a store that keeps duplicates.
    @usableFromInline
    func logOnly(_ key: UnsafeRawBufferPointer) throws {
        try layer.checkOpen()
        try layer.log(key, nil, layer.recordTimestamp)
    }

    /// Moves time on, which may expire segments: the next commit removes them.
    @usableFromInline
    func advance(to time: Int64) {
        guard time > observedTime else { return }
        observedTime = time
        // What a cache still shows must not go yet.
        let slack = layer.isCaching ? SegmentedStore.interval(forRetentionMs: retentionMs) : 0
        let earliest = min(observedTime.subtractingClamped(retentionMs).subtractingClamped(slack), heldFrom)
        let lowest = segment(of: earliest)
        guard lowest > lowestLiveSegment else { return }
        lowestLiveSegment = lowest
        layer.expire(before: SegmentedStore.prefix(lowest))
    }

    /// What the keys of a segment begin with.
    static func prefix(_ segment: Int64) -> [UInt8] { withUnsafeBytes(of: segment.bigEndian) { [UInt8]($0) } }

    /// The keys that are as `key` is, a key of the layer, except for time and number, and whose times are between two, both
    /// included; nil where not all of them are in memory.
    @usableFromInline
    func cursorInMemory(
        _ key: UnsafeRawBufferPointer,
        from: Int64,
        to: Int64,
        isReverse: Bool,
        accepts: (UnsafeRawBufferPointer) -> Bool
    ) throws -> SegmentedCursor? {
        guard layer.memory != nil else { return nil }
        try layer.checkOpen()
        let first = max(segment(of: from), lowestLiveSegment)
        let last = segment(of: min(to, observedTime))
        guard first <= last, from <= to, to >= 0 else { return SegmentedCursor(self, []) }
        let stem = UnsafeRawBufferPointer(rebasing: key[SegmentedStore.prefixSize..<(key.count - suffixSize)])
        return try layer.chainedEntries(
            stem,
            segments: first...last,
            times: from...to,
            isReverse: isReverse,
            accepts: accepts
        ).map { SegmentedCursor(self, $0) }
    }

    func wipe() throws {
        try layer.wipe()
        observedTime = -1
        lowestLiveSegment = 0
    }
}
