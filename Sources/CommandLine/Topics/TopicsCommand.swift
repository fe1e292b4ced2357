import KafkaClient

/// `millrace topics`: creates, lists, describes, alters and deletes topics, as `kafka-topics.sh` does.
enum TopicsCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "topics",
        abstract: "Create, delete, describe, or change topics.",
        purpose: "Create, delete, describe, or change a topic.",
        examples: [
            "--bootstrap-server localhost:9092 --create --topic orders --partitions 3",
            "--bootstrap-server localhost:9092 --list --exclude-internal",
            "--bootstrap-server localhost:9092 --describe --topic orders",
            "--bootstrap-server localhost:9092 --alter --topic orders --partitions 6",
            "--bootstrap-server localhost:9092 --delete --topic orders",
            "--bootstrap-server localhost:9092 --describe --output json",
        ],
        options: TopicOptions.all
    )

    /// Kafka's tool prints the sentence, and then a trace that begins with it.
    static func failure(_ error: OptionError) -> ToolFailure { .refused("\(error.message)\n\(error.trace)") }

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let options = try TopicOptions(given)
        let action = try options.action()
        let client = try AdminTool.client(
            servers: options.bootstrapServer ?? "",
            commandConfig: options.commandConfig,
            console: console
        )
        if action == .describe, options.ifExists, options.topic != nil, options.topicID != nil {
            console.print(
                "Only topic id will be used when both --topic and --topic-id are specified and topicId is not "
                    + "Uuid.ZERO_UUID"
            )
        }
        let code = await TopicTool(admin: AdminClient(client), console: console, options: options).perform(action)
        await client.close()
        return code
    }
}
