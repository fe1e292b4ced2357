/// A broker's `node.id`. -1 where there is none.
public struct BrokerID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int32) { self.rawValue = value }

    @inlinable public static func < (a: BrokerID, b: BrokerID) -> Bool { a.rawValue < b.rawValue }

    /// There is none, or it is not known: -1.
    @inlinable public static var none: BrokerID { BrokerID(-1) }
}

extension BrokerID: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int32) { self.init(value) }
    public var description: String { String(rawValue) }
}
