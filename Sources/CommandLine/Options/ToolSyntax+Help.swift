extension ToolSyntax {
    /// The help: what the tool does, how it is called, and every option.
    func help(calledAs caller: String? = nil) -> String {
        let caller = caller ?? "millrace \(name)"
        let entries = all.map { (ToolSyntax.heading($0), $0.help) }
        let width = min(entries.map(\.0.count).max() ?? 0, 34)
        let indentation = String(repeating: " ", count: width + 4)
        let usage = "Usage: \(caller) [options]\(operands.map { " \($0)" } ?? "")"
        var lines = [purpose, "", usage, "", "Examples:"]
        lines += examples.map { "  \(caller) \($0)" }
        if !details.isEmpty { lines += [""] + details }
        lines += ["", "Options:"]
        for (heading, help) in entries {
            var first = "  " + heading
            if heading.count > width {
                lines.append(first)
                first = indentation
            } else {
                first += String(repeating: " ", count: width + 2 - heading.count)
            }
            lines += ToolSyntax.wrapped(help, first: first, rest: indentation)
        }
        return lines.joined(separator: "\n")
    }

    private static func heading(_ option: ToolOption) -> String {
        let name = (option.letter.map { "-\($0), " } ?? "") + "--\(option.name)"
        return switch option.argument {
        case .none: name
        case .required(let value): "\(name) <\(value)>"
        case .optional(let value): "\(name) [<\(value)>]"
        }
    }

    /// Lines of at most 100 columns.
    private static func wrapped(_ text: String, first: String, rest: String) -> [String] {
        var lines: [String] = []
        var line = first
        for word in text.split(separator: " ") {
            if line.count + word.count >= 100 {
                lines.append(line)
                line = rest
            }
            line += line.last == " " ? word : " " + word
        }
        return lines + [line]
    }
}
