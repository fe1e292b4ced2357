extension ToolSyntax {
    /// Reads the arguments as the tools do that Kafka has another parser for: nothing is passed over, the last of an
    /// option counts, and a value that begins with a hyphen has to be a number or stand behind an equals sign.
    func parseStrictly(_ words: [String]) throws(OptionError) -> ToolOptions {
        var given = ToolOptions(words: words)
        var rest = words[...]
        while let word = rest.popFirst() {
            guard ToolSyntax.isFlag(word) else {
                if operands == nil { throw .unexpected(word, suggestion: nil) }
                given.appendStray([word])
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard let option = strictOption(name) else {
                let name = String(name.drop { $0 == "-" })
                throw .unexpected(word, suggestion: Suggestion.nearest(to: name, among: all.map(\.name)))
            }
            if case .none = option.argument {
                given.append(option, nil)
            } else if parts.count == 2 {
                given.append(option, String(parts[1]))
            } else if let value = rest.first, !ToolSyntax.isFlag(value) {
                given.append(option, value)
                rest.removeFirst()
            } else {
                throw .expectedArgument(option.name)
            }
        }
        if given.has(.help) { return given }
        for name in required where !given.occurrences.contains(where: { $0.option.name == name }) {
            throw .required(name)
        }
        return given
    }

    /// How the tool is called, and what is wrong: what Kafka's parser prints.
    func strictRefusal(_ error: OptionError, calledAs caller: String?) -> String {
        let caller = caller ?? "millrace \(name)"
        var usage = "usage: \(caller) [-h]"
        for option in options {
            let text = "--\(option.name)" + (option.valueName.map { " \($0.uppercased())" } ?? "")
            usage += required.contains(option.name) ? " \(text)" : " [\(text)]"
        }
        if let operands { usage += " \(operands)" }
        var lines = [usage, "\(caller): error: \(error.message)"]
        if case .unexpected(_, let suggestion?) = error { lines += ["", "Did you mean:", "\t--\(suggestion)"] }
        return lines.joined(separator: "\n")
    }

    private func strictOption(_ flag: String) -> ToolOption? {
        if !flag.hasPrefix("--") { return all.first { $0.letter.map { "-\($0)" } == flag } }
        let name = String(flag.dropFirst(2))
        if let option = all.first(where: { $0.name == name }) { return option }
        let candidates = all.filter { $0.name.hasPrefix(name) }
        return candidates.count == 1 && !name.isEmpty ? candidates.first : nil
    }

    private static func isFlag(_ word: String) -> Bool {
        word.hasPrefix("-") && word != "-" && Double(word) == nil
    }
}

extension ToolOption {
    /// What the value is called; nil where there is none.
    var valueName: String? {
        switch argument {
        case .none: nil
        case .required(let name), .optional(let name): name
        }
    }
}

/// Reads the values of a tool whose parser is strict.
struct StrictReader {
    let given: ToolOptions
    let syntax: ToolSyntax
    let caller: String?

    /// The last value of the option; nil where it was not given.
    func value(_ option: ToolOption) -> String? { given.values(option).last }

    /// The last value as a whole number. Errors: what is none, or does not fit.
    func number<T: FixedWidthInteger>(_ option: ToolOption) throws(ToolFailure) -> T? {
        guard let text = value(option) else { return nil }
        guard let number = T(text) else {
            throw refusal(.invalid(option.name, "could not convert '\(text)' to a number of \(T.bitWidth) bits"))
        }
        return number
    }

    func refusal(_ error: OptionError) -> ToolFailure {
        .refused(syntax.strictRefusal(error, calledAs: caller))
    }

    /// The properties of the file that an option with two names names. Errors: both names, and a file that cannot be
    /// read.
    func properties(_ option: ToolOption, before old: ToolOption) throws(ToolFailure) -> [String: String] {
        if given.has(option), given.has(old) {
            throw refusal(.sentence("Options --\(old.name) and --\(option.name) are mutually exclusive."))
        }
        guard let path = value(option) ?? value(old) else { return [:] }
        do throws(ToolFailure) {
            return try ClientProperties(file: path).values
        } catch {
            guard case .cannotBegin(let sentence, let cause) = error else { throw error }
            throw refusal(.sentence(cause ?? sentence))
        }
    }
}
