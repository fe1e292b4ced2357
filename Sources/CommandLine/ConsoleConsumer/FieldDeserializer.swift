import Records

/// How bytes of a key, a value or a header are shown: Kafka's deserializers, followed by Java's `toString`.
enum FieldDeserializer: String, Sendable, Hashable, CaseIterable {
    case string = "StringDeserializer"
    case short = "ShortDeserializer"
    case integer = "IntegerDeserializer"
    case long = "LongDeserializer"
    case float = "FloatDeserializer"
    case double = "DoubleDeserializer"
    case boolean = "BooleanDeserializer"
    case uuid = "UUIDDeserializer"
    case bytes = "BytesDeserializer"
    /// As it is: Java would show the object's hash.
    case byteArray = "ByteArrayDeserializer"

    private static let package = "org.apache.kafka.common.serialization."

    /// Reads the name of a class, with or without its package; nil for any that is not Kafka's.
    init?(className: String) {
        let isQualified = className.hasPrefix(FieldDeserializer.package)
        self.init(rawValue: isQualified ? String(className.dropFirst(FieldDeserializer.package.count)) : className)
    }

    /// Appends what is shown of `field`. Errors: a size or a form that the type does not have.
    func append(_ field: UnsafeRawBufferPointer, to output: inout RawBuffer) throws(DeserializationError) {
        switch self {
        case .byteArray: output.append(field)
        case .string: output.append(utf8: String(decoding: field, as: UTF8.self))
        case .short: output.append(utf8: "\(try number(field, Int16.self))")
        case .integer: output.append(utf8: "\(try number(field, Int32.self))")
        case .long: output.append(utf8: "\(try number(field, Int64.self))")
        case .float: output.append(utf8: JavaNumber.text(Float(bitPattern: try number(field, UInt32.self))))
        case .double: output.append(utf8: JavaNumber.text(Double(bitPattern: try number(field, UInt64.self))))
        case .boolean: output.append(utf8: try boolean(field) ? "true" : "false")
        case .uuid: output.append(utf8: try uuid(field))
        case .bytes: FieldDeserializer.escape(field, to: &output)
        }
    }

    private func number<T: FixedWidthInteger>(
        _ field: UnsafeRawBufferPointer,
        _ type: T.Type
    ) throws(DeserializationError) -> T {
        guard field.count == MemoryLayout<T>.size else {
            throw DeserializationError("Size of data received by \(rawValue) is not \(MemoryLayout<T>.size)")
        }
        return field.reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    private func boolean(_ field: UnsafeRawBufferPointer) throws(DeserializationError) -> Bool {
        guard field.count == 1 else {
            throw DeserializationError("Size of data received by BooleanDeserializer is not 1")
        }
        switch field[0] {
        case 0: return false
        case 1: return true
        case let other: throw DeserializationError("Unexpected byte received by BooleanDeserializer: \(other)")
        }
    }

    /// Eight, four, four, four and twelve hexadecimal digits.
    private func uuid(_ field: UnsafeRawBufferPointer) throws(DeserializationError) -> String {
        let text = String(decoding: field, as: UTF8.self)
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12], groups.allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else {
            throw DeserializationError("Error parsing data into UUID")
        }
        return text.lowercased()
    }

    /// As Kafka's `Bytes` shows itself: ASCII that can be printed, and the rest as `\x0A`.
    private static func escape(_ field: UnsafeRawBufferPointer, to output: inout RawBuffer) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in field {
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "\\") {
                output.append(uint8: byte)
            } else {
                output.append(utf8: "\\x")
                output.append(uint8: digits[Int(byte >> 4)])
                output.append(uint8: digits[Int(byte & 15)])
            }
        }
    }
}

/// Bytes that are not of the type they were taken for.
struct DeserializationError: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }
}
