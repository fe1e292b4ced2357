import KafkaClient

/// `millrace consumer-groups`: lists, describes and deletes groups and their offsets, as `kafka-consumer-groups.sh`
/// does.
enum ConsumerGroupsCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "consumer-groups",
        abstract: "List, describe and delete consumer groups, and reset their offsets.",
        purpose:
            "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, "
            + "or reset "
            + "consumer group offsets.",
        examples: [
            "--bootstrap-server localhost:9092 --list --state --type",
            "--bootstrap-server localhost:9092 --describe --group billing",
            "--bootstrap-server localhost:9092 --describe --group billing --members --verbose",
            "--bootstrap-server localhost:9092 --describe --all-groups --state --output json",
            "--bootstrap-server localhost:9092 --reset-offsets --group billing --topic orders --to-earliest --dry-run",
            "--bootstrap-server localhost:9092 --reset-offsets --group billing --topic orders:0,1 --shift-by -10 "
                + "--execute",
            "--bootstrap-server localhost:9092 --reset-offsets --group billing --all-topics --to-current --export "
                + "--dry-run",
            "--bootstrap-server localhost:9092 --delete-offsets --group billing --topic orders",
            "--bootstrap-server localhost:9092 --delete --group billing --group shipping",
        ],
        options: GroupOptions.all
    )

    /// Kafka's tool leaves the error to Java, which prints it so.
    static func failure(_ error: OptionError) -> ToolFailure {
        .refused("Exception in thread \"main\" \(error.trace)")
    }

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let task = try GroupTask(given, warn: console.complain)
        let asJSON = try wantsJSON(given)
        do throws(GroupToolError) {
            let client = try client(given, console)
            let tool = GroupTool(admin: AdminClient(client), console: console, given: given, asJSON: asJSON)
            do throws(GroupToolError) {
                try await tool.perform(task)
                await client.close()
            } catch {
                await client.close()
                throw error
            }
        } catch {
            switch error {
            case .misuse(let sentence): throw .misuse(sentence)
            case .failed(let sentence, let cause):
                console.print("\nError: Executing consumer group command failed due to \(sentence)")
                if let cause { console.logError(cause) }
            }
        }
        return 0
    }

    private static func client(_ given: ToolOptions, _ console: Console) throws(GroupToolError) -> KafkaClient {
        let servers: String?
        let commandConfig: String?
        let timeoutMs: Int64?
        do throws(OptionError) {
            servers = try given.value(.bootstrapServer)
            commandConfig = try given.value(.commandConfig)
            timeoutMs = try given.int64(GroupOptions.timeout)
        } catch {
            throw .failed(error.message)
        }
        do throws(ToolFailure) {
            return try AdminTool.client(
                servers: servers ?? "",
                commandConfig: commandConfig,
                timeoutMs: timeoutMs ?? 5000,
                console: console
            )
        } catch {
            guard case .cannotBegin(let sentence, let cause) = error else { throw .failed("\(error)") }
            let isFile = sentence == commandConfig
            throw .failed(isFile ? "java.nio.file.NoSuchFileException: \(sentence)" : sentence, cause: cause)
        }
    }
}
