import Records

/// The topics of a source: one, several, or all that match a pattern.
///
/// ```swift
/// builder.stream("orders", String.self, String.self)
/// builder.stream(["orders", "returns"], String.self, String.self)
/// let pattern = TopicPattern("orders-*", matches: { topic in topic.rawValue.hasPrefix("orders-") })
/// builder.stream(.matching(pattern), String.self, String.self)
/// ```
public struct SourceTopics: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    @usableFromInline let selection: TopicSelection

    /// The topics of these names; their records come in no order that could be relied on.
    public init(_ topics: TopicName...) { selection = .topics(topics.map { .external($0) }) }
    public init(stringLiteral value: String) { self.init(TopicName(value)) }
    public init(arrayLiteral elements: TopicName...) { selection = .topics(elements.map { .external($0) }) }

    private init(pattern: TopicPattern) { selection = .pattern(pattern) }

    /// All topics of the cluster that match, those included that appear later.
    public static func matching(_ pattern: TopicPattern) -> SourceTopics { SourceTopics(pattern: pattern) }
}
