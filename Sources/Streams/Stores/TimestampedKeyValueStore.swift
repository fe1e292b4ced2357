import Records

/// A store of values by key, each with the time of the record it came from: what tables and aggregations keep.
///
/// In the store a value is 8 bytes of time, big endian, and the value's bytes. The changelog has the value alone, and
/// the time as the record's timestamp. As Kafka Streams does.
///
/// ```swift
/// func visit(_ visits: TimestampedKeyValueStore<String, Int64>, at time: Timestamp) throws {
///     try visits.update("han") { old in
///         ValueAndTimestamp((old?.value ?? 0) + 1, max(old?.timestamp ?? .none, time))
///     }
/// }
/// ```
public final class TimestampedKeyValueStore<Key, Value>: StateStore {
    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written, without their time.
    public let valueSerde: Serde<Value>
    @usableFromInline let layer: StoreLayer

    init(_ configuration: StoreLayer.Configuration, _ keySerde: Serde<Key>, _ valueSerde: Serde<Value>) {
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.layer = StoreLayer(configuration)
    }

    // MARK: Reading

    /// The value of `key` with its time; nil when there is none.
    @inlinable
    public func get(_ key: Key) throws -> ValueAndTimestamp<Value>? {
        guard let bytes = try layer.value(of: layer.encode(key, keySerde)) else { return nil }
        return try decoded(bytes)
    }

    // MARK: Changing

    /// Sets the value of `key`; nil removes it.
    @inlinable
    public func put(_ key: Key, _ value: ValueAndTimestamp<Value>?) throws {
        let key = try layer.encode(key, keySerde)
        try layer.put(key, encoded(value))
    }

    /// Sets the value of `key` when there is none, and returns the one there was.
    @inlinable
    @discardableResult
    public func putIfAbsent(_ key: Key, _ value: ValueAndTimestamp<Value>?) throws -> ValueAndTimestamp<Value>? {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        if let old = layer.value(at: index) { return try decoded(old) }
        try layer.put(encoded(value), at: index)
        return nil
    }

    /// Removes `key`, and returns the value it had.
    @inlinable
    @discardableResult
    public func delete(_ key: Key) throws -> ValueAndTimestamp<Value>? {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        let old = try layer.value(at: index).map { try decoded($0) }
        try layer.put(nil, at: index)
        return old
    }

    /// Changes the value of `key` to what `change` makes of it; nil stands for none. One look-up in place of two.
    @inlinable
    public func update(
        _ key: Key,
        _ change: (ValueAndTimestamp<Value>?) throws -> ValueAndTimestamp<Value>?
    ) throws {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        let old = try layer.value(at: index).map { try decoded($0) }
        try layer.put(encoded(change(old)), at: index)
    }

    @inlinable
    func decoded(_ bytes: UnsafeRawBufferPointer) throws -> ValueAndTimestamp<Value> {
        try TimestampedBytes.decode(bytes, valueSerde)
    }

    @inlinable
    func encoded(_ value: ValueAndTimestamp<Value>?) throws -> UnsafeRawBufferPointer? {
        guard let value else { return nil }
        layer.valueBuffer.reset()
        layer.valueBuffer.append(int64: value.timestamp.rawValue)
        guard try valueSerde.serialize(value.value, &layer.valueBuffer) else { return nil }
        return layer.valueBytes
    }

    // MARK: Events

    /// Sets who receives the changes that the cache held back: key, new value, old value, timestamp of the change's
    /// record. Returns false without caching: then who changes the store forwards the change too.
    ///
    /// The record's context is in ``StateStoreContext/recordContext`` meanwhile. With `sendsOldValues` false, old
    /// values are nil.
    @inlinable
    public func setFlushListener(
        sendsOldValues: Bool,
        _ listener:
            @escaping (
                _ key: Key, _ new: ValueAndTimestamp<Value>?, _ old: ValueAndTimestamp<Value>?, _ timestamp: Timestamp
            ) throws -> Void
    ) -> Bool {
        layer.setFlushListener(sendsOldValues: sendsOldValues) { [keySerde, valueSerde] key, new, old, timestamp in
            let key = try keySerde.deserialize(key)
            let new = try new.map { try TimestampedBytes.decode($0, valueSerde) }
            let old = try old.map { try TimestampedBytes.decode($0, valueSerde) }
            try listener(key, new, old, timestamp)
        }
    }
}

extension TimestampedKeyValueStore: ReadOnlyKeyValueStore {
    public func range(from: Key?, to: Key?) throws -> KeyValueIterator<Key, ValueAndTimestamp<Value>> {
        try layer.range(from, to, isReverse: false, keySerde) { [valueSerde] in
            try TimestampedBytes.decode($0, valueSerde)
        }
    }

    public func reverseRange(from: Key?, to: Key?) throws -> KeyValueIterator<Key, ValueAndTimestamp<Value>> {
        try layer.range(from, to, isReverse: true, keySerde) { [valueSerde] in
            try TimestampedBytes.decode($0, valueSerde)
        }
    }

    public func prefixScan<Prefix>(
        _ prefix: Prefix,
        _ prefixSerde: Serde<Prefix>
    ) throws -> KeyValueIterator<Key, ValueAndTimestamp<Value>> {
        try layer.prefixScan(prefix, prefixSerde, keySerde) { [valueSerde] in
            try TimestampedBytes.decode($0, valueSerde)
        }
    }

    public var approximateEntryCount: Int64 { layer.approximateEntryCount }
}
