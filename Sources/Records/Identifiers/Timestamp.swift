/// A record's time: milliseconds since 1970-01-01T00:00:00Z; -1 where there is none.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int64) { self.rawValue = value }

    @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }

    /// There is none, or it is not known: -1.
    @inlinable public static var none: Timestamp { Timestamp(-1) }
}

extension Timestamp: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }
    public var description: String { String(rawValue) }
}
