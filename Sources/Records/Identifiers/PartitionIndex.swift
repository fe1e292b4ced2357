/// A partition's number within its topic, from 0.
public struct PartitionIndex: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int32) { self.rawValue = value }

    @inlinable public static func < (a: PartitionIndex, b: PartitionIndex) -> Bool { a.rawValue < b.rawValue }
}

extension PartitionIndex: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int32) { self.init(value) }
    public var description: String { String(rawValue) }
}
