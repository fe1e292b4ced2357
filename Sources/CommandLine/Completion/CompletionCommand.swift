/// `millrace completion`: the script that makes a shell complete the tools and their options.
enum CompletionCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "completion",
        abstract: "Print the completion script of a shell.",
        purpose: "Print the script that completes millrace and the kafka-*.sh tools in bash, zsh or fish.",
        examples: ["bash > ~/.local/share/bash-completion/completions/millrace", "zsh", "fish"],
        options: [],
        kafkaName: "millrace-completion",
        operands: "{bash,zsh,fish}"
    )

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        guard let name = options.strayWords.first, options.strayWords.count == 1 else { throw .misuse(syntax.purpose) }
        let tools = Millrace.tools.map { $0.syntax }
        switch name {
        case "bash": console.print(CompletionScript(tools: tools).bash)
        case "zsh": console.print(CompletionScript(tools: tools).zsh)
        case "fish": console.print(CompletionScript(tools: tools).fish)
        default: throw .misuse("There are scripts for bash, zsh and fish, and none for \(name)")
        }
        return 0
    }
}
