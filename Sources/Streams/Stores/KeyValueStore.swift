import Records

/// A store of values by key. Processors of the user's write it; what the DSL keeps is a ``TimestampedKeyValueStore``.
///
/// Keys are ordered by their bytes: numbers of ``Serde`` sort as big-endian bytes do, so negative ones come last.
///
/// ```swift
/// func visit(_ visits: KeyValueStore<String, Int64>) throws {
///     try visits.put("han", 1)
///     try visits.update("han") { ($0 ?? 0) + 1 }
///     print(try visits.get("han") ?? 0)  // 2
///     try visits.range(from: "a", to: "m").forEach { name, count in print(name, count) }
/// }
/// ```
public final class KeyValueStore<Key, Value>: StateStore {
    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written.
    public let valueSerde: Serde<Value>
    @usableFromInline let layer: StoreLayer

    init(_ configuration: StoreLayer.Configuration, _ keySerde: Serde<Key>, _ valueSerde: Serde<Value>) {
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.layer = StoreLayer(configuration)
    }

    // MARK: Reading

    /// The value of `key`; nil when there is none.
    @inlinable
    public func get(_ key: Key) throws -> Value? {
        guard let bytes = try layer.value(of: layer.encode(key, keySerde)) else { return nil }
        return try valueSerde.deserialize(bytes)
    }

    // MARK: Changing

    /// Sets the value of `key`; nil removes it.
    @inlinable
    public func put(_ key: Key, _ value: Value?) throws {
        let key = try layer.encode(key, keySerde)
        try layer.put(key, encoded(value))
    }

    /// Sets the value of `key` when there is none, and returns the one there was.
    ///
    /// ```swift
    /// func isNew(_ seen: KeyValueStore<String, Bool>, _ id: String) throws -> Bool {
    ///     try seen.putIfAbsent(id, true) == nil
    /// }
    /// ```
    @inlinable
    @discardableResult
    public func putIfAbsent(_ key: Key, _ value: Value?) throws -> Value? {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        if let old = layer.value(at: index) { return try valueSerde.deserialize(old) }
        try layer.put(encoded(value), at: index)
        return nil
    }

    /// Removes `key`, and returns the value it had.
    @inlinable
    @discardableResult
    public func delete(_ key: Key) throws -> Value? {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        let old = try layer.value(at: index).map { try valueSerde.deserialize($0) }
        try layer.put(nil, at: index)
        return old
    }

    /// Changes the value of `key` to what `change` makes of it; nil stands for none. One look-up in place of two.
    ///
    /// ```swift
    /// func visit(_ visits: KeyValueStore<String, Int64>, _ user: String) throws {
    ///     try visits.update(user) { count in (count ?? 0) + 1 }
    /// }
    /// ```
    @inlinable
    public func update(_ key: Key, _ change: (Value?) throws -> Value?) throws {
        let index = try layer.pin(layer.encode(key, keySerde))
        defer { layer.unpin() }
        let old = try layer.value(at: index).map { try valueSerde.deserialize($0) }
        try layer.put(encoded(change(old)), at: index)
    }

    @inlinable
    func encoded(_ value: Value?) throws -> UnsafeRawBufferPointer? {
        guard let value else { return nil }
        layer.valueBuffer.reset()
        guard try valueSerde.serialize(value, &layer.valueBuffer) else { return nil }
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
        _ listener: @escaping (_ key: Key, _ new: Value?, _ old: Value?, _ timestamp: Timestamp) throws -> Void
    ) -> Bool {
        layer.setFlushListener(sendsOldValues: sendsOldValues) { [keySerde, valueSerde] key, new, old, timestamp in
            let key = try keySerde.deserialize(key)
            let new = try new.map { try valueSerde.deserialize($0) }
            let old = try old.map { try valueSerde.deserialize($0) }
            try listener(key, new, old, timestamp)
        }
    }
}

extension KeyValueStore: ReadOnlyKeyValueStore {
    public func range(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value> {
        try layer.range(from, to, isReverse: false, keySerde, valueSerde.deserialize)
    }

    public func reverseRange(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value> {
        try layer.range(from, to, isReverse: true, keySerde, valueSerde.deserialize)
    }

    public func prefixScan<Prefix>(
        _ prefix: Prefix,
        _ prefixSerde: Serde<Prefix>
    ) throws -> KeyValueIterator<Key, Value> {
        try layer.prefixScan(prefix, prefixSerde, keySerde, valueSerde.deserialize)
    }

    public var approximateEntryCount: Int64 { layer.approximateEntryCount }
}
