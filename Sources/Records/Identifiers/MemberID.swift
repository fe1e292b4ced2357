/// The id that the coordinator gave to a member of a group; empty before it has one.
public struct MemberID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: String
    @inlinable public init(rawValue: String) { self.rawValue = rawValue }
    @inlinable public init(_ value: String) { self.rawValue = value }

    @inlinable public static func < (a: MemberID, b: MemberID) -> Bool { a.rawValue < b.rawValue }
}

extension MemberID: CustomStringConvertible, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
