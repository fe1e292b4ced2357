/// Which topics `--topic` means: a regular expression for the whole name, where a comma stands for "or".
struct TopicFilter {
    private let expression: Regex<AnyRegexOutput>

    /// Errors: an expression that cannot be read.
    init(_ pattern: String) throws(TopicToolError) {
        let isQuote: (Character) -> Bool = { $0 == "\"" || $0 == "'" }
        var text = pattern.filter { $0 != " " }.map { $0 == "," ? "|" : $0 }[...]
        text = text.drop(while: isQuote)
        while let last = text.last, isQuote(last) { text.removeLast() }
        do {
            expression = try Regex(String(text))
        } catch {
            throw TopicToolError("\(String(text)) is an invalid regex.")
        }
    }

    /// Whether the expression matches the whole name.
    func allows(_ name: String) -> Bool {
        do {
            return try expression.wholeMatch(in: name) != nil
        } catch {
            return false
        }
    }
}
