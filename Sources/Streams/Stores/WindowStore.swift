import Records

/// A store of values by key and window start: what windowed aggregations and joins of streams keep.
///
/// A value is kept for the store's retention: no longer than that after the latest window start put. In store and
/// changelog a key is the key's bytes, 8 bytes with the window's start and 4 with a sequence number, which is 0 unless
/// the store keeps duplicates. As Kafka Streams has it.
///
/// ```swift
/// func view(_ views: WindowStore<String, Int64>) throws {
///     try views.put("/home", 3, at: 60_000)
///     try views.fetch("/home", from: 0, to: 120_000).forEach { start, count in print(start, count) }
/// }
/// ```
public final class WindowStore<Key, Value>: StateStore {
    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written.
    public let valueSerde: Serde<Value>
    /// Whether each put is kept, also those of the same key and start.
    public let retainsDuplicates: Bool
    @usableFromInline let segments: SegmentedStore
    @usableFromInline let windowSizeMs: Int64
    private var sequence: Int32 = 0

    init(
        _ configuration: StoreLayer.Configuration,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        windowSizeMs: Int64,
        retentionMs: Int64,
        segmentIntervalMs: Int64,
        retainsDuplicates: Bool,
        isReadOnClose: Bool = false
    ) {
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.windowSizeMs = windowSizeMs
        self.retainsDuplicates = retainsDuplicates
        segments = SegmentedStore(
            configuration,
            retentionMs: retentionMs,
            segmentIntervalMs: segmentIntervalMs,
            timeFromEnd: 12,
            isReadOnClose: isReadOnClose
        )
    }

    /// How long values are kept.
    public var retention: Duration { .milliseconds(segments.retentionMs) }

    // MARK: Changing

    /// Sets the value of a key's window; nil removes it, except in a store that keeps duplicates.
    @inlinable
    public func put(_ key: Key, _ value: Value?, at start: Timestamp) throws {
        let bytes = try encoded(key, start, retainsDuplicates ? nextSequence() : 0)
        let value = try encoded(value)
        if retainsDuplicates, value == nil {
            // Nothing to take out; but Kafka Streams' store in memory notes the time.
            if !isPersistent { segments.advance(to: start.rawValue) }
            return try segments.logOnly(bytes)
        }
        try segments.put(bytes, value, start.rawValue)
    }

    /// Changes the value of a key's window to what `change` makes of it; nil stands for none.
    @inlinable
    public func update(_ key: Key, at start: Timestamp, _ change: (Value?) throws -> Value?) throws {
        let bytes = try encoded(key, start, 0)
        guard start.rawValue >= segments.earliestTime, segments.isLive(start.rawValue), !retainsDuplicates else {
            return try put(key, try change(nil), at: start)
        }
        segments.advance(to: start.rawValue)
        let layer = segments.layer
        let index = try layer.pin(bytes)
        defer { layer.unpin() }
        let old = try layer.value(at: index).map { try valueSerde.deserialize($0) }
        try layer.put(encoded(change(old)), at: index)
    }

    /// The bytes of a key of the layer, in place until the next call.
    @inlinable
    func encoded(_ key: Key, _ start: Timestamp, _ sequence: Int32) throws -> UnsafeRawBufferPointer {
        segments.begin(start.rawValue)
        guard try keySerde.serialize(key, &segments.layer.keyBuffer) else { throw segments.layer.nullKey() }
        segments.layer.keyBuffer.append(int64: start.rawValue)
        segments.layer.keyBuffer.append(int32: sequence)
        return segments.keyBytes
    }

    @inlinable
    func encoded(_ value: Value?) throws -> UnsafeRawBufferPointer? {
        guard let value else { return nil }
        let layer = segments.layer
        layer.valueBuffer.reset()
        guard try valueSerde.serialize(value, &layer.valueBuffer) else { return nil }
        return layer.valueBytes
    }

    @usableFromInline
    func nextSequence() -> Int32 {
        sequence = (sequence &+ 1) & Int32.max
        return sequence
    }

    // MARK: Events

    /// Sets who receives the changes that the cache held back. See ``KeyValueStore/setFlushListener(sendsOldValues:_:)``.
    @inlinable
    public func setFlushListener(
        sendsOldValues: Bool,
        _ listener:
            @escaping (_ key: Windowed<Key>, _ new: Value?, _ old: Value?, _ timestamp: Timestamp) throws -> Void
    ) -> Bool {
        let (keySerde, valueSerde, size) = (keySerde, valueSerde, windowSizeMs)
        return segments.layer.setFlushListener(sendsOldValues: sendsOldValues) { bytes, new, old, timestamp in
            let key = try WindowStore.windowed(bytes, keySerde, size)
            let new = try new.map { try valueSerde.deserialize($0) }
            let old = try old.map { try valueSerde.deserialize($0) }
            try listener(key, new, old, timestamp)
        }
    }

    /// Reads a key of the layer.
    @inlinable
    static func windowed(
        _ bytes: UnsafeRawBufferPointer,
        _ keySerde: Serde<Key>,
        _ sizeMs: Int64
    ) throws -> Windowed<Key> {
        let key = UnsafeRawBufferPointer(rebasing: bytes[SegmentedStore.prefixSize..<(bytes.count - 12)])
        return Windowed(
            try keySerde.deserialize(key),
            Window(startMs: WindowKey.int64(bytes, fromEnd: 12), sizeMs: sizeMs)
        )
    }
}

/// A window store that keeps each value's time, as windowed aggregations do.
public typealias TimestampedWindowStore<Key, Value> = WindowStore<Key, ValueAndTimestamp<Value>>

// The task's side: all of it is the layer's.
extension WindowStore {
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
