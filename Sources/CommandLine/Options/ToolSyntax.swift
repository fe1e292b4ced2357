/// What a tool may be called with. Arguments are read as Kafka's tools read them:
///
/// - `--name value` and `--name=value`; a value is taken as it is, even where it begins with a hyphen.
/// - A name may be cut short as long as it stays unambiguous, and one hyphen does as well as two.
/// - Words that belong to no option are passed over; after `--` there are no options.
struct ToolSyntax: Sendable {
    /// The subcommand's name: `topics` of `kafka-topics.sh`.
    let name: String
    /// What it does, in a line.
    let abstract: String
    /// What Kafka's tool says of itself, for people who call it without arguments.
    let purpose: String
    /// Calls worth copying, without the tool's name.
    let examples: [String]
    /// In the order of the help, without ``ToolOption/help`` and ``ToolOption/version``, which every tool has.
    let options: [ToolOption]
    /// What Kafka's tool is called.
    let kafkaName: String
    /// Words that belong to no option and mean something to the tool, as its usage shows them.
    let operands: String?
    /// What the tool says where it is called without arguments; nil where it can do without.
    let withoutArguments: String?
    /// More lines of the help.
    let details: [String]
    /// Whether Kafka's tool has the strict parser. See ``parseStrictly(_:)``.
    let isStrict: Bool
    /// Names of options that the strict parser asks for.
    let required: [String]

    /// Names that are left out follow from the others.
    init(
        name: String,
        abstract: String,
        purpose: String,
        examples: [String],
        options: [ToolOption],
        kafkaName: String? = nil,
        operands: String? = nil,
        needsArguments: Bool = true,
        details: [String] = [],
        isStrict: Bool = false,
        required: [String] = []
    ) {
        self.name = name
        self.abstract = abstract
        self.purpose = purpose
        self.examples = examples
        self.options = options
        self.kafkaName = kafkaName ?? "kafka-\(name).sh"
        self.operands = operands
        self.withoutArguments = needsArguments ? purpose : nil
        self.details = details
        self.isStrict = isStrict
        self.required = required
    }

    /// The options, those that every tool has included. Kafka's strict tools do not know `--version`.
    var all: [ToolOption] { options + (isStrict ? [.help] : [.help, .version]) }

    /// Reads the arguments of a call. Errors: the first that cannot be read.
    func parse(_ words: [String]) throws(OptionError) -> ToolOptions {
        if isStrict { return try parseStrictly(words) }
        var given = ToolOptions(words: words)
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                given.appendStray(rest)
                break
            }
            guard ToolSyntax.looksLikeOption(word) else {
                given.appendStray([word])
                continue
            }
            let isLong = word.hasPrefix("--")
            let parts = word.dropFirst(isLong ? 2 : 1).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = String(parts.first ?? "")
            let attached = parts.count == 2 ? String(parts[1]) : nil
            guard let option = option(called: name) else {
                // One hyphen may stand before several options of one letter, of which these tools have none.
                throw .unrecognized(isLong ? name : String(name.prefix(1)), suggestion: suggestion(for: name))
            }
            switch option.argument {
            case .none:
                given.append(option, nil)
            case .required:
                guard let value = attached ?? rest.popFirst() else { throw .missingArgument(option.name) }
                given.append(option, value)
            case .optional:
                let isNext = rest.first.map { !ToolSyntax.looksLikeOption($0) } ?? false
                given.append(option, attached ?? (isNext ? rest.popFirst() : nil))
            }
        }
        for occurrence in given.occurrences where !occurrence.option.beside.isEmpty {
            let allowed = occurrence.option.beside
            guard given.occurrences.contains(where: { allowed.contains($0.option.name) }) else {
                throw .unavailable(occurrence.option.name)
            }
        }
        return given
    }

    private static func looksLikeOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }

    private func option(called name: String) -> ToolOption? {
        if let option = all.first(where: { $0.name == name || $0.letter == name }) { return option }
        guard !name.isEmpty else { return nil }
        let candidates = all.filter { $0.name.hasPrefix(name) }
        return candidates.count == 1 ? candidates.first : nil
    }

    /// The name that was meant by a mistyped one.
    func suggestion(for name: String) -> String? { Suggestion.nearest(to: name, among: all.map(\.name)) }
}
