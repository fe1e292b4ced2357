import Records

/// The bytes of a timestamped value: 8 bytes of time, big endian, then the value's own.
@usableFromInline
enum TimestampedBytes {
    static let headSize = 8

    /// The value and its time. Bytes too few to have a time, which no store of ours writes, are a value without one.
    @inlinable
    static func split(_ bytes: UnsafeRawBufferPointer) -> (value: UnsafeRawBufferPointer, timestamp: Timestamp) {
        guard bytes.count >= 8 else { return (bytes, .none) }
        let time = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        return (UnsafeRawBufferPointer(rebasing: bytes[8...]), Timestamp(time))
    }

    @inlinable
    static func decode<Value>(
        _ bytes: UnsafeRawBufferPointer,
        _ serde: Serde<Value>
    ) throws -> ValueAndTimestamp<Value> {
        let (value, timestamp) = split(bytes)
        return ValueAndTimestamp(try serde.deserialize(value), timestamp)
    }
}

extension Optional where Wrapped == [UInt8] {
    func withOptionalBytes<R>(_ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        guard let self else { return try body(nil) }
        return try self.withUnsafeBytes { try body($0) }
    }
}
