/// A topic's name.
public struct TopicName: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: String
    @inlinable public init(rawValue: String) { self.rawValue = rawValue }
    @inlinable public init(_ value: String) { self.rawValue = value }

    @inlinable public static func < (a: TopicName, b: TopicName) -> Bool { a.rawValue < b.rawValue }
}

extension TopicName: CustomStringConvertible, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}
