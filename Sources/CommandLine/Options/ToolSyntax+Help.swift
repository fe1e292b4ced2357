extension ToolSyntax {
    /// The help: what the tool does, how it is called, and every option.
    var help: String {
        let entries = (options + [.help, .version]).map { (ToolSyntax.heading($0), $0.help) }
        let width = min(entries.map(\.0.count).max() ?? 0, 34)
        var lines = [purpose, "", "Usage: millrace \(name) [options]", "", "Examples:"]
        lines += examples.map { "  millrace \(name) \($0)" }
        lines += ["", "Options:"]
        for (heading, help) in entries {
            let padded = heading + String(repeating: " ", count: max(0, width - heading.count))
            lines += ToolSyntax.wrapped(help, first: "  \(padded)  ", rest: String(repeating: " ", count: width + 4))
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
            if line.count + word.count > 100 {
                lines.append(line)
                line = rest
            }
            line += line.last == " " ? word : " " + word
        }
        return lines + [line]
    }
}
