import Records

/// A regular expression that a member subscribes by (KIP-848). It has to match a topic's whole name.
struct TopicRegex {
    private let regex: Regex<AnyRegexOutput>

    /// Errors: ``GroupError/invalidRegularExpression``.
    init(_ pattern: String) throws(GroupError) {
        do { regex = try Regex(pattern) } catch { throw .invalidRegularExpression }
    }

    /// Of `names` those that it matches, sorted. Errors: ``GroupError/invalidRegularExpression`` where it cannot be run.
    func matches(in names: [TopicName]) throws(GroupError) -> [TopicName] {
        var found: [TopicName] = []
        for name in names {
            do {
                if try regex.wholeMatch(in: name.rawValue) != nil { found.append(name) }
            } catch { throw .invalidRegularExpression }
        }
        return found.sorted()
    }
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
