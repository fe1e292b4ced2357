/// The generation of a producer id: a higher one fences a lower one; -1 where there is none. See KIP-98 and KIP-360.
public struct ProducerEpoch: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int16
    @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int16) { self.rawValue = value }

    @inlinable public static func < (a: ProducerEpoch, b: ProducerEpoch) -> Bool { a.rawValue < b.rawValue }

    /// There is none, or it is not known: -1.
    @inlinable public static var none: ProducerEpoch { ProducerEpoch(-1) }
}

extension ProducerEpoch: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int16) { self.init(value) }
    public var description: String { String(rawValue) }
}
