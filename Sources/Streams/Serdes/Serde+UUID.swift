import Records

extension Serde where Value == KafkaUUID {
    /// Kafka's `Serdes.UUID`: the 36 characters of RFC 9562 in lower case. Reading takes capitals too, and nothing
    /// else.
    public static let uuid = Serde(
        name: "UUID",
        fixedSize: 36,
        serialize: { value, buffer in
            buffer.append(utf8: value.hyphenated)
            return true
        },
        deserialize: { bytes in
            guard bytes.count == 36 else {
                throw SerializationException.wrongSize("UUID", expected: 36, actual: bytes.count)
            }
            guard let value = KafkaUUID(hyphenated: bytes) else {
                throw SerializationException("UUID takes hexadecimal digits as 8-4-4-4-12")
            }
            return value
        }
    )
}

extension KafkaUUID: SerdeProviding {
    public static var serde: Serde<KafkaUUID> { .uuid }
}

extension KafkaUUID {
    /// The 36 characters of RFC 9562, as Java's `UUID.toString` writes them.
    var hyphenated: String {
        let digits = Array("0123456789abcdef".utf8)
        var text = [UInt8]()
        text.reserveCapacity(36)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
            let half = nibble < 16 ? high : low
            text.append(digits[Int(half >> UInt64(60 - nibble % 16 * 4) & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads 36 characters of RFC 9562; nil for anything else.
    init?(hyphenated bytes: some Collection<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for (position, byte) in bytes.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if position < 18 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
        }
        self.init(high: halves.0, low: halves.1)
    }
}
