import Records

extension Serde where Value == Float {
    /// Kafka's `Serdes.Float`: the 4 bytes of IEEE 754, big endian.
    public static let float = Serde(
        name: "Float",
        fixedSize: 4,
        serialize: { value, buffer in
            buffer.append(uint32: value.bitPattern)
            return true
        },
        deserialize: { bytes in
            guard bytes.count == 4 else {
                throw SerializationException.wrongSize("Float", expected: 4, actual: bytes.count)
            }
            return Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
        }
    )
}

extension Serde where Value == Double {
    /// Kafka's `Serdes.Double`: the 8 bytes of IEEE 754, big endian.
    public static let double = Serde(
        name: "Double",
        fixedSize: 8,
        serialize: { value, buffer in
            // One NaN for all, as `Double.doubleToLongBits` has it; a `Float` keeps its bits there, too.
            buffer.append(uint64: value.isNaN ? Double.nan.bitPattern : value.bitPattern)
            return true
        },
        deserialize: { bytes in
            guard bytes.count == 8 else {
                throw SerializationException.wrongSize("Double", expected: 8, actual: bytes.count)
            }
            return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        }
    )
}

extension Float: SerdeProviding {
    public static var serde: Serde<Float> { .float }
}

extension Double: SerdeProviding {
    public static var serde: Serde<Double> { .double }
}
