/// Scripts that complete the names of tools, their options, and files where an option or an operand takes one.
struct CompletionScript {
    let tools: [ToolSyntax]

    private var names: [String] { tools.map(\.name) }

    /// The Kafka tools; ``CompletionCommand`` has no such name.
    private var kafkaTools: [ToolSyntax] { tools.filter { $0.kafkaName.hasPrefix("kafka-") } }

    private func flags(_ tool: ToolSyntax) -> String { tool.all.map { "--\($0.name)" }.joined(separator: " ") }

    private func fileFlags(_ tool: ToolSyntax) -> String {
        tool.all.filter(\.takesFile).map { "--\($0.name)" }.joined(separator: "|")
    }

    var bash: String {
        var lines = [
            "# Completes millrace and the kafka-*.sh tools in bash.",
            "_millrace() {",
            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} tool=${COMP_WORDS[0]##*/} flags files",
            "    if [ \"$tool\" = millrace ]; then",
            "        if [ \"$COMP_CWORD\" = 1 ]; then",
            "            COMPREPLY=($(compgen -W '\(names.joined(separator: " "))' -- \"$word\"))",
            "            return",
            "        fi",
            "        tool=${COMP_WORDS[1]##*/}",
            "    fi",
            "    case $tool in",
        ]
        for tool in tools {
            lines.append(
                "        \(tool.name)|\(tool.kafkaName)) flags='\(flags(tool))' files='|\(fileFlags(tool))|' ;;"
            )
        }
        lines += [
            "    esac",
            "    case $files in",
            "        *\"|$before|\"*) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); return ;;",
            "    esac",
            "    case $word in",
            "        -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;",
            "        *) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")) ;;",
            "    esac",
            "}",
            "complete -F _millrace millrace \(kafkaTools.map(\.kafkaName).joined(separator: " "))",
        ]
        return lines.joined(separator: "\n")
    }

    var zsh: String {
        var lines = [
            "#compdef millrace \(kafkaTools.map(\.kafkaName).joined(separator: " "))",
            "# Completes millrace and the kafka-*.sh tools in zsh.",
            "_millrace() {",
            "    local tool=${words[1]:t}",
            "    if [[ $tool == millrace ]]; then",
            "        if (( CURRENT == 2 )); then",
            "            local -a tools=(",
        ]
        lines += tools.map { "                \(CompletionScript.quoted("\($0.name):\($0.abstract)"))" }
        lines += [
            "            )",
            "            _describe tool tools",
            "            return",
            "        fi",
            "        tool=${words[2]:t}",
            "        shift words; (( CURRENT-- ))",
            "    fi",
            "    case $tool in",
        ]
        for tool in tools {
            lines.append("        \(tool.name)|\(tool.kafkaName))")
            lines.append("            _arguments -S \\")
            lines += tool.all.map { "                \(CompletionScript.quoted(CompletionScript.zsh($0))) \\" }
            lines.append("                '*:file:_files' ;;")
        }
        lines += ["    esac", "}", "_millrace \"$@\""]
        return lines.joined(separator: "\n")
    }

    /// `*--name=[help]:value:_files`.
    private static func zsh(_ option: ToolOption) -> String {
        let help = option.help.replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: "\\:")
        switch option.argument {
        case .none: return "--\(option.name)[\(help)]"
        case .required(let value):
            let name = value.replacing(":", with: "\\:")
            return "*--\(option.name)=[\(help)]:\(name):\(option.takesFile ? "_files" : "")"
        case .optional(let value): return "*--\(option.name)=-[\(help)]::\(value):"
        }
    }

    var fish: String {
        var lines = [
            "# Completes millrace and the kafka-*.sh tools in fish.",
            "complete -c millrace -f",
        ]
        for tool in tools {
            let seen = "__fish_seen_subcommand_from \(tool.name)"
            let abstract = CompletionScript.quoted(tool.abstract)
            lines.append("complete -c millrace -n __fish_use_subcommand -a \(tool.name) -d \(abstract)")
            for option in tool.all {
                let rest = CompletionScript.fish(option)
                lines.append("complete -c millrace -n '\(seen)' \(rest)")
                if tool.kafkaName.hasPrefix("kafka-") { lines.append("complete -c \(tool.kafkaName) \(rest)") }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func fish(_ option: ToolOption) -> String {
        let value =
            switch option.argument {
            case .none, .optional: ""
            case .required: option.takesFile ? " -r -F" : " -x"
            }
        return "-l \(option.name)\(value) -d \(quoted(option.help))"
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
