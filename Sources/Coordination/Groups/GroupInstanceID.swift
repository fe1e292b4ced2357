/// The id that an operator gave to a static member (`group.instance.id`), which survives its restarts. See KIP-345.
public struct GroupInstanceID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ value: String) { self.rawValue = value }

    public static func < (a: GroupInstanceID, b: GroupInstanceID) -> Bool { a.rawValue < b.rawValue }
}

extension GroupInstanceID: CustomStringConvertible, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
