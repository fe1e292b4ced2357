import Records

extension Serde where Value == Bool {
    /// Kafka's `Serdes.Boolean`: one byte, 0 or 1; any other byte is an error.
    public static let bool = Serde(
        name: "Bool",
        serialize: { value, buffer in
            buffer.append(uint8: value ? 1 : 0)
            return true
        },
        deserialize: { bytes in
            guard bytes.count == 1 else {
                throw SerializationException.wrongSize("Bool", expected: 1, actual: bytes.count)
            }
            switch bytes[0] {
            case 0: return false
            case 1: return true
            case let byte: throw SerializationException("Bool is 0 or 1, not \(byte)")
            }
        }
    )
}

extension Bool: SerdeProviding {
    public static var serde: Serde<Bool> { .bool }
}
