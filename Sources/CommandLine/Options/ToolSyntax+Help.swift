extension ToolSyntax {
    /// The help: what the tool does, how it is called, and every option.
    var help: String {
        let entries = (options + [.help, .version]).map { (ToolSyntax.heading($0), $0.help) }
        let width = min(entries.map(\.0.count).max() ?? 0, 34)
        let indentation = String(repeating: " ", count: width + 4)
        var lines = [purpose, "", "Usage: millrace \(name) [options]", "", "Examples:"]
        lines += examples.map { "  millrace \(name) \($0)" }
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
        switch option.argument {
        case .none: "--\(option.name)"
        case .required(let value): "--\(option.name) <\(value)>"
        case .optional(let value): "--\(option.name) [<\(value)>]"
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
