/// The name of a consumer group.
public struct GroupID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: String
    @inlinable public init(rawValue: String) { self.rawValue = rawValue }
    @inlinable public init(_ value: String) { self.rawValue = value }

    @inlinable public static func < (a: GroupID, b: GroupID) -> Bool { a.rawValue < b.rawValue }
}

extension GroupID: CustomStringConvertible, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
