import KafkaProtocol
import Records

/// Which topics a consumer subscribes to, also those that do not exist yet.
public struct TopicPattern: Sendable, CustomStringConvertible {
    public let description: String
    let matches: @Sendable (TopicName) -> Bool

    /// Topics that `matches` says yes to.
    public init(_ description: String = "predicate", matches: @escaping @Sendable (TopicName) -> Bool) {
        self.description = description
        self.matches = matches
    }

    /// Topics whose whole name matches a regular expression. Errors: an expression that cannot be read.
    public init(regularExpression: String) throws(KafkaError) {
        let expression: SharedExpression
        do {
            expression = SharedExpression(try Regex(regularExpression))
        } catch {
            let message = "The regular expression \(regularExpression) cannot be read."
            throw KafkaError(.invalidRegularExpression, message, underlying: error)
        }
        self.init(regularExpression) { expression.matches($0.rawValue) }
    }

    /// A compiled expression is immutable, but the standard library does not say so.
    private struct SharedExpression: @unchecked Sendable {
        private let expression: Regex<AnyRegexOutput>

        init(_ expression: Regex<AnyRegexOutput>) { self.expression = expression }

        func matches(_ name: String) -> Bool {
            do {
                return try expression.wholeMatch(in: name) != nil
            } catch {
                return false
            }
        }
    }
}
