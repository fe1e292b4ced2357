import Records

extension Serde where Value == String {
    /// Kafka's `Serdes.String`: UTF-8. Bytes that are no UTF-8 read as U+FFFD where and as often as Java puts it.
    public static let string = Serde(
        name: "String",
        serialize: { value, buffer in
            buffer.append(utf8: value)
            return true
        },
        deserialize: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            // Swift repairs faults too, and otherwise than Java only where the text grows by it.
            return text.utf8.count == bytes.count ? text : UTF8Repair.text(of: bytes)
        }
    )
}

extension String: SerdeProviding {
    public static var serde: Serde<String> { .string }
}

/// UTF-8 with faults, read as Java's `new String(bytes, UTF_8)` does.
///
/// A maximal subpart that can begin a character but is cut off becomes one U+FFFD, and so does any other byte out of
/// place. Unlike the Unicode standard's practice and Swift's, a surrogate in three bytes becomes one U+FFFD, not three.
enum UTF8Repair {
    static func text(of bytes: UnsafeRawBufferPointer) -> String {
        var text = String.UnicodeScalarView()
        var position = 0
        while position < bytes.count {
            let (scalar, length) = scalar(in: bytes[position...])
            text.append(scalar ?? "\u{FFFD}")
            position += length
        }
        return String(text)
    }

    /// The first character, or nil where one U+FFFD stands for `length` bytes.
    private static func scalar(in bytes: Slice<UnsafeRawBufferPointer>) -> (Unicode.Scalar?, length: Int) {
        guard let lead = bytes.first else { return (nil, 0) }
        guard let shape = Shape(lead: lead) else { return (nil, 1) }
        var value = UInt32(lead & shape.payload)
        var length = 1
        for byte in bytes.dropFirst().prefix(shape.continuations) {
            let allowed = length == 1 ? shape.second : 0x80...0xBF
            guard allowed.contains(byte) else { return (nil, length) }
            value = value << 6 | UInt32(byte & 0x3F)
            length += 1
        }
        guard length == shape.continuations + 1 else { return (nil, length) }
        return (Unicode.Scalar(value), length)
    }

    /// What a lead byte announces.
    private struct Shape {
        let continuations: Int
        let payload: UInt8
        let second: ClosedRange<UInt8>

        init?(lead: UInt8) {
            switch lead {
            case 0x00...0x7F: (continuations, payload, second) = (0, 0x7F, 0x80...0xBF)
            case 0xC2...0xDF: (continuations, payload, second) = (1, 0x1F, 0x80...0xBF)
            case 0xE0: (continuations, payload, second) = (2, 0x0F, 0xA0...0xBF)
            case 0xE1...0xEF: (continuations, payload, second) = (2, 0x0F, 0x80...0xBF)
            case 0xF0: (continuations, payload, second) = (3, 0x07, 0x90...0xBF)
            case 0xF1...0xF3: (continuations, payload, second) = (3, 0x07, 0x80...0xBF)
            case 0xF4: (continuations, payload, second) = (3, 0x07, 0x80...0x8F)
            default: return nil
            }
        }
    }
}
