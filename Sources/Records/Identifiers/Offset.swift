/// A record's place in its partition. Special values of requests (-1 latest, -2 earliest, ...) are not offsets.
public struct Offset: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ value: Int64) { self.rawValue = value }

    @inlinable public static func < (a: Offset, b: Offset) -> Bool { a.rawValue < b.rawValue }

    @inlinable public static var zero: Offset { Offset(0) }
    /// `offset + n`, wrapping never: it traps on overflow, so check a peer's value first.
    @inlinable public static func + (offset: Offset, count: Int64) -> Offset { Offset(offset.rawValue + count) }
    @inlinable public static func - (offset: Offset, count: Int64) -> Offset { Offset(offset.rawValue - count) }
    /// How many offsets lie between the two.
    @inlinable public static func - (a: Offset, b: Offset) -> Int64 { a.rawValue - b.rawValue }
    @inlinable public static func += (offset: inout Offset, count: Int64) { offset = offset + count }
}

extension Offset: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }
    public var description: String { String(rawValue) }
}
