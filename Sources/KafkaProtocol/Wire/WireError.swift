/// Why bytes could not be decoded as a message, or a message not be encoded at a version.
///
/// `field` is the path to the field in wire names, for example `topics[2].partitions[0].records`; it is built only when
/// an error travels up, so that the happy path pays nothing for it.
public struct WireError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// The field needs more bytes than are left.
        case endOfBytes(needed: Int, remaining: Int)
        /// A length or count is negative, and not the -1 that stands for null.
        case negativeLength(Int)
        /// A count is larger than what the bytes left could hold.
        case impossibleCount(Int, remaining: Int)
        /// An integer of variable length does not end within five bytes.
        case malformedVarint
        /// A string is not valid UTF-8.
        case invalidUTF8
        /// The field is null, and may not be at this version.
        case unexpectedNull
        /// A tagged field is longer than its content.
        case taggedFieldSize(unread: Int)
        /// Bytes follow the message.
        case trailingBytes(Int)
        /// The message does not have this version.
        case unsupportedVersion(Int16, supported: ClosedRange<Int16>)
        /// The leading number selects no record that this release knows.
        case unknownRecord(Int)
        /// Encoding: the field is set, but this version has no place for it.
        case notInVersion(Int16)
        /// Encoding: the value is too long for its length prefix.
        case tooLong(Int)
        /// Encoding into one piece: a region of a file could not be read.
        case unreadableRegion(String)
    }

    // One pointer instead of forty bytes: every call that can throw is smaller for it.
    private final class Storage: Sendable {
        let kind: Kind
        let field: String
        let byteOffset: Int

        init(kind: Kind, field: String, byteOffset: Int) {
            self.kind = kind
            self.field = field
            self.byteOffset = byteOffset
        }
    }

    private let storage: Storage

    /// What is wrong.
    public var kind: Kind { storage.kind }
    /// The path to the field, in wire names; empty for the message as a whole.
    public var field: String { storage.field }
    /// Where the field begins in the bytes read, or how much was written before it.
    public var byteOffset: Int { storage.byteOffset }

    /// Names what is wrong, and where.
    public init(_ kind: Kind, field: String, byteOffset: Int) {
        storage = Storage(kind: kind, field: field, byteOffset: byteOffset)
    }

    /// The same error as seen from the message or struct around it.
    func within(_ outer: String) -> WireError {
        WireError(kind, field: field.isEmpty ? outer : "\(outer).\(field)", byteOffset: byteOffset)
    }

    func within(_ outer: String, index: Int) -> WireError { within("\(outer)[\(index)]") }

    public static func == (a: WireError, b: WireError) -> Bool {
        a.kind == b.kind && a.field == b.field && a.byteOffset == b.byteOffset
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(field)
        hasher.combine(byteOffset)
    }
}

extension WireError: CustomStringConvertible {
    public var description: String { "\(field.isEmpty ? "message" : field) at byte \(byteOffset): \(kind)" }
}

extension WireError.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .endOfBytes(let needed, let remaining): "\(needed) bytes needed, \(remaining) left"
        case .negativeLength(let length): "a length of \(length)"
        case .impossibleCount(let count, let remaining): "\(count) elements cannot fit in the \(remaining) bytes left"
        case .malformedVarint: "a number that does not end"
        case .invalidUTF8: "not valid UTF-8"
        case .unexpectedNull: "null, which is not allowed"
        case .taggedFieldSize(let unread): "a tagged field with \(unread) bytes more than its content"
        case .trailingBytes(let count): "\(count) bytes after the message"
        case .unsupportedVersion(let version, let supported):
            "version \(version) is not one of \(supported.lowerBound) to \(supported.upperBound)"
        case .unknownRecord(let number): "no known record has the number \(number)"
        case .notInVersion(let version): "is set, but version \(version) has no place for it"
        case .tooLong(let count): "\(count) bytes are too long"
        case .unreadableRegion(let reason): "a region could not be read: \(reason)"
        }
    }
}
