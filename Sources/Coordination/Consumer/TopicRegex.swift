import Records

/// A regular expression that a member subscribes by (KIP-848). It has to match a topic's whole name.
struct TopicRegex {
    private let pattern: NamePattern

    /// Errors: ``GroupError/invalidRegularExpression``.
    init(_ text: String) throws(GroupError) {
        do throws(NamePattern.Flaw) { pattern = try NamePattern(text) } catch { throw .invalidRegularExpression }
    }

    /// Of `names` those that it matches, sorted.
    func matches(in names: [TopicName]) -> [TopicName] { names.filter { pattern.matches($0.rawValue) }.sorted() }
}

/// What a regular expression matched.
public struct ResolvedRegex: Sendable, Hashable {
    /// The topics, sorted.
    public let topics: [TopicName]
    /// The version of the topics that it was asked with, see ``TopicDirectory/groupTopicsVersion``.
    public let version: Int64
    /// When it was asked.
    public let timestamp: Timestamp
}

extension GroupCoordinatorShard {
    /// Whether members may subscribe by this regular expression.
    public static func isValidTopicRegex(_ pattern: String) -> Bool {
        do throws(GroupError) {
            _ = try TopicRegex(pattern)
            return true
        } catch { return false }
    }
}
