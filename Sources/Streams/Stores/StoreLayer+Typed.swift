import Records

extension StoreLayer {
    /// The bytes of `key`, in place until the next call. Errors: the serde's, and a key that stands for null.
    @inlinable
    func encode<Key>(_ key: Key, _ serde: Serde<Key>) throws -> UnsafeRawBufferPointer {
        keyBuffer.reset()
        guard try serde.serialize(key, &keyBuffer) else { throw nullKey() }
        return keyBuffer.withUnsafeBytes { $0 }
    }

    /// What stands in the value buffer, in place until the next call.
    @inlinable
    var valueBytes: UnsafeRawBufferPointer { valueBuffer.withUnsafeBytes { $0 } }

    @usableFromInline
    func nullKey() -> SerializationException {
        SerializationException("store \(configuration.name) takes no null key")
    }

    func range<Key, Value>(
        _ from: Key?,
        _ to: Key?,
        isReverse: Bool,
        _ keySerde: Serde<Key>,
        _ decode: @escaping (UnsafeRawBufferPointer) throws -> Value
    ) throws -> KeyValueIterator<Key, Value> {
        let lower = try from.map { try bytes(of: $0, keySerde) }
        // The first key after `to` is `to` with a zero byte more.
        let upper = try to.map { try bytes(of: $0, keySerde) + [0] }
        return try iterate(lower, upper, isReverse: isReverse, keySerde, decode)
    }

    func prefixScan<Prefix, Key, Value>(
        _ prefix: Prefix,
        _ prefixSerde: Serde<Prefix>,
        _ keySerde: Serde<Key>,
        _ decode: @escaping (UnsafeRawBufferPointer) throws -> Value
    ) throws -> KeyValueIterator<Key, Value> {
        let lower = try bytes(of: prefix, prefixSerde)
        let upper = lower.withUnsafeBytes { RawKey.afterPrefix($0) }
        return try iterate(lower, upper, isReverse: false, keySerde, decode)
    }

    private func bytes<Key>(of key: Key, _ serde: Serde<Key>) throws -> [UInt8] { [UInt8](try encode(key, serde)) }

    private func iterate<Key, Value>(
        _ lower: [UInt8]?,
        _ upper: [UInt8]?,
        isReverse: Bool,
        _ keySerde: Serde<Key>,
        _ decode: @escaping (UnsafeRawBufferPointer) throws -> Value
    ) throws -> KeyValueIterator<Key, Value> {
        let cursor = try lower.withOptionalBytes { lower in
            try upper.withOptionalBytes { upper in
                try StoreCursor(self, from: lower, before: upper, isReverse: isReverse)
            }
        }
        return KeyValueIterator(
            next: {
                guard try cursor.advance() else { return nil }
                return (try keySerde.deserialize(cursor.key), try decode(cursor.value))
            },
            close: { cursor.close() }
        )
    }
}
