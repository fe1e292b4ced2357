/// What went wrong, in a response: one number of the protocol's table.
///
/// A number that this release does not know is a valid value, and counts as not retriable.
public struct ErrorCode: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The error of this number, known or not.
    public init(_ number: Int16) { rawValue = number }

    /// What the table says of an error.
    struct Facts: Sendable {
        let name: String
        let isRetriable: Bool
        let message: String
    }

    /// The table begins with -1.
    private var facts: Facts? {
        rawValue >= -1 && Int(rawValue) + 1 < ErrorCode.table.count ? ErrorCode.table[Int(rawValue) + 1] : nil
    }

    /// All errors that this release knows, by number, with ``none``.
    public static var all: [ErrorCode] { table.indices.map { ErrorCode(Int16($0) - 1) } }

    /// The name in the protocol, for example `OFFSET_OUT_OF_RANGE`; the number where it is unknown.
    public var name: String { facts?.name ?? String(rawValue) }

    /// Whether the same request may succeed when it is sent again.
    public var isRetriable: Bool { facts?.isRetriable ?? false }

    /// What it means, in a sentence.
    public var message: String { facts?.message ?? "An error that this release does not know." }

    public static func < (a: ErrorCode, b: ErrorCode) -> Bool { a.rawValue < b.rawValue }
}

extension ErrorCode: CustomStringConvertible {
    public var description: String { name }
}
