#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The `millrace` binary: every tool, chosen by the name that the binary is called by or by the first argument.
///
/// ```
/// kafka-topics.sh --list ...            a link of that name leads to the binary
/// millrace kafka-topics.sh --list ...   what the launchers in bin/ call; a path before the name does not matter
/// millrace topics --list ...
/// ```
public enum Millrace {
    /// In the order of the help.
    static let tools: [any ToolCommand.Type] = [
        BrokerCommand.self, ServerStopCommand.self, StorageCommand.self, TopicsCommand.self, ConfigsCommand.self,
        ConsoleProducerCommand.self, ConsoleConsumerCommand.self, ConsumerGroupsCommand.self, GetOffsetsCommand.self,
        DeleteRecordsCommand.self, VerifiableProducerCommand.self, VerifiableConsumerCommand.self,
        BrokerAPIVersionsCommand.self, CompletionCommand.self,
    ]

    /// A tool, and what it is called with.
    struct Call {
        let tool: any ToolCommand.Type
        /// How the user called it.
        let caller: String
        let arguments: [String]
    }

    /// Does what the process' arguments say, and ends the process.
    public static func main() -> Never {
        // Before the runtime opens any of its own.
        StandardDescriptors.fill()
        Task { exit(await run(Swift.CommandLine.arguments)) }
        while true { pause() }
    }

    /// Does what the arguments say, the program's name first, and gives the exit code.
    static func run(_ words: [String]) async -> Int32 {
        if let call = call(words) {
            let console = Console.standard("millrace.\(call.tool.syntax.name)", calledAs: call.caller)
            return await call.tool.exitCode(call.arguments, on: console)
        }
        let console = Console.standard("millrace", calledAs: "millrace")
        guard words.count > 1 else {
            console.complain(help)
            return 1
        }
        switch words[1] {
        case "--help", "-h", "-help", "help": console.print(help)
        case "--version", "-version": console.print(millraceVersion)
        default:
            console.complain("millrace has no tool called \(words[1])")
            if let hint = hint(words[1]) { console.complain("Did you mean \(hint)?") }
            console.complain("millrace --help lists what there is.")
            return 1
        }
        return 0
    }

    /// What the words, the program's name first, call; nil where they call no tool.
    static func call(_ words: [String]) -> Call? {
        guard let program = words.first else { return nil }
        let name = fileName(program)
        if let tool = tool(kafkaName: name) {
            return Call(tool: tool, caller: name, arguments: Array(words.dropFirst()))
        }
        guard words.count > 1 else { return nil }
        let rest = Array(words.dropFirst(2))
        if let tool = tools.first(where: { $0.syntax.name == words[1] }) {
            return Call(tool: tool, caller: "millrace \(words[1])", arguments: rest)
        }
        let first = fileName(words[1])
        return tool(kafkaName: first).map { Call(tool: $0, caller: first, arguments: rest) }
    }

    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The tool that Kafka calls so, with or without `.sh`.
    private static func tool(kafkaName name: String) -> (any ToolCommand.Type)? {
        guard name.hasPrefix("kafka-") else { return nil }
        return tools.first { $0.syntax.kafkaName == name || $0.syntax.kafkaName == name + ".sh" }
    }

    private static func hint(_ name: String) -> String? {
        Suggestion.nearest(to: name, among: tools.flatMap { [$0.syntax.name, $0.syntax.kafkaName] })
    }

    private static var help: String {
        let width = tools.map { $0.syntax.name.count }.max() ?? 0
        var lines = [
            "A Kafka broker, and the everyday tools around it.", "", "Usage: millrace <tool> [options]", "", "Tools:",
        ]
        for tool in tools {
            let name = tool.syntax.name
            lines.append("  \(name)\(String(repeating: " ", count: width - name.count))  \(tool.syntax.abstract)")
        }
        lines += [
            "", "Examples:",
            "  millrace broker --listeners PLAINTEXT://:9092 --log-dirs /var/lib/millrace",
            "  millrace topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3",
            "  millrace console-producer --bootstrap-server localhost:9092 --topic orders",
            "  millrace console-consumer --bootstrap-server localhost:9092 --topic orders --from-beginning",
            "", "`millrace <tool> --help` tells more. Called as kafka-topics.sh and so on, it is that tool.",
        ]
        return lines.joined(separator: "\n")
    }
}
