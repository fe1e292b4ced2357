/// The `transactional.id` of a producer.
public struct TransactionalID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: String
    @inlinable public init(rawValue: String) { self.rawValue = rawValue }
    @inlinable public init(_ value: String) { self.rawValue = value }

    @inlinable public static func < (a: TransactionalID, b: TransactionalID) -> Bool { a.rawValue < b.rawValue }
}

extension TransactionalID: CustomStringConvertible, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
