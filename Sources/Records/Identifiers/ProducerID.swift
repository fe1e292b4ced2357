/// The id that a broker gives to an idempotent producer; -1 where there is none. See KIP-98.
public struct ProducerID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int64) { self.rawValue = value }

    @inlinable public static func < (a: ProducerID, b: ProducerID) -> Bool { a.rawValue < b.rawValue }

    /// There is none, or it is not known: -1.
    @inlinable public static var none: ProducerID { ProducerID(-1) }
}

extension ProducerID: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }
    public var description: String { String(rawValue) }
}
