import Records

extension Serde where Value: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable {
    /// Big endian, as `DataOutput` of Java writes it. Any other length than the integer's is an error.
    @usableFromInline
    static func bigEndian(name: String) -> Serde<Value> {
        let size = Value.bitWidth / 8
        return Serde(
            name: name,
            fixedSize: size,
            serialize: { value, buffer in
                buffer.append(bigEndian: value)
                return true
            },
            deserialize: { bytes in
                guard bytes.count == size else {
                    throw SerializationException.wrongSize(name, expected: size, actual: bytes.count)
                }
                return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
            }
        )
    }
}

extension Serde where Value == Int16 {
    /// Kafka's `Serdes.Short`: 2 bytes, big endian.
    public static let int16 = Serde<Int16>.bigEndian(name: "Int16")
}

extension Serde where Value == Int32 {
    /// Kafka's `Serdes.Integer`: 4 bytes, big endian.
    public static let int32 = Serde<Int32>.bigEndian(name: "Int32")
}

extension Serde where Value == Int64 {
    /// Kafka's `Serdes.Long`: 8 bytes, big endian.
    public static let int64 = Serde<Int64>.bigEndian(name: "Int64")
}

extension Int16: SerdeProviding {
    public static var serde: Serde<Int16> { .int16 }
}

extension Int32: SerdeProviding {
    public static var serde: Serde<Int32> { .int32 }
}

extension Int64: SerdeProviding {
    public static var serde: Serde<Int64> { .int64 }
}
