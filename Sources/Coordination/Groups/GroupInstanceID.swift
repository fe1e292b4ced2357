/// The id that an operator gave to a static member (`group.instance.id`), which survives its restarts. See KIP-345.
public struct GroupInstanceID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The id as the operator wrote it.
    public let rawValue: String
    /// The id of this text.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The id of this text.
    public init(_ value: String) { self.rawValue = value }

    public static func < (a: GroupInstanceID, b: GroupInstanceID) -> Bool { a.rawValue < b.rawValue }
}

extension GroupInstanceID: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The id of this text.
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
