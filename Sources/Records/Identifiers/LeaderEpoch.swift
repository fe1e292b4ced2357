/// How often a partition has changed its leader; -1 where it is not known. See KIP-101.
public struct LeaderEpoch: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int32) { self.rawValue = value }

    @inlinable public static func < (a: LeaderEpoch, b: LeaderEpoch) -> Bool { a.rawValue < b.rawValue }

    /// There is none, or it is not known: -1.
    @inlinable public static var none: LeaderEpoch { LeaderEpoch(-1) }
}

extension LeaderEpoch: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int32) { self.init(value) }
    public var description: String { String(rawValue) }
}
