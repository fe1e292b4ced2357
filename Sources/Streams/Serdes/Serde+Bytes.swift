import Records

extension Serde where Value == Bytes {
    /// The bytes as they are. Reading copies them, so that a value does not keep its batch alive.
    public static let bytes = Serde(
        name: "Bytes",
        serialize: { value, buffer in
            buffer.append(value)
            return true
        },
        deserialize: { Bytes(copying: $0) }
    )
}

extension Serde where Value == [UInt8] {
    /// Kafka's `Serdes.ByteArray`: the bytes as they are.
    public static let byteArray = Serde(
        name: "[UInt8]",
        serialize: { value, buffer in
            value.withUnsafeBytes { buffer.append($0) }
            return true
        },
        deserialize: { [UInt8]($0) }
    )
}

extension Serde where Value == UInt8 {
    /// One byte as it is.
    public static let uint8 = Serde(
        name: "UInt8",
        serialize: { value, buffer in
            buffer.append(uint8: value)
            return true
        },
        deserialize: { bytes in
            guard bytes.count == 1 else {
                throw SerializationException.wrongSize("UInt8", expected: 1, actual: bytes.count)
            }
            return bytes[0]
        }
    )
}

extension Bytes: SerdeProviding {
    public static var serde: Serde<Bytes> { .bytes }
}

extension UInt8: SerdeProviding {
    public static var serde: Serde<UInt8> { .uint8 }
    /// An array of bytes is those bytes, not a list in Kafka's format.
    public static var arraySerde: Serde<[UInt8]> { .byteArray }
}
