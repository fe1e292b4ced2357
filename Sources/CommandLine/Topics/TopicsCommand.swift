import ArgumentParser
import KafkaClient

/// `millrace topics`: creates, lists, describes, alters and deletes topics, as `kafka-topics.sh` does.
///
/// Numbers are kept as text, because Kafka's tool complains of a bad one only when it is used.
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Create, delete, describe, or change a topic.",
        discussion: """
            Examples:
              millrace topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3
              millrace topics --bootstrap-server localhost:9092 --list --exclude-internal
              millrace topics --bootstrap-server localhost:9092 --describe --topic orders
              millrace topics --bootstrap-server localhost:9092 --alter --topic orders --partitions 6
              millrace topics --bootstrap-server localhost:9092 --delete --topic orders
            """,
        version: millraceVersion
    )

    @Flag(help: "Create a topic.") var create = false
    @Flag(help: "List the names of topics.") var list = false
    @Flag(help: "Describe topics: all, or those that match --topic.") var describe = false
    @Flag(help: "Raise the number of partitions.") var alter = false
    @Flag(help: "Delete topics.") var delete = false

    @Option(parsing: .unconditional, help: ArgumentHelp("The servers to connect to.", valueName: "host:port,..."))
    var bootstrapServer: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Properties of the client.", valueName: "file"),
        completion: .file(extensions: ["properties"])
    )
    var commandConfig: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The topic; a regular expression, except with --create.", valueName: "name")
    )
    var topic: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The id of the topic to describe.", valueName: "id"))
    var topicId: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The number of partitions; the broker's default where it is left out.", valueName: "count")
    )
    var partitions: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many brokers hold each partition; the broker's default.", valueName: "count")
    )
    var replicationFactor: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The brokers of each partition.", valueName: "1:2,2:3,...")
    )
    var replicaAssignment: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A config of the new topic; may be repeated.", valueName: "name=value")
    )
    var config: [String] = []

    @Flag(help: "Describe only partitions that lack replicas in sync.") var underReplicatedPartitions = false
    @Flag(help: "Describe only partitions without a live leader.") var unavailablePartitions = false
    @Flag(help: "Describe only partitions with fewer than min.insync.replicas in sync.") var underMinIsrPartitions =
        false
    @Flag(help: "Describe only partitions with exactly min.insync.replicas in sync.") var atMinIsrPartitions = false
    @Flag(help: "Describe only topics with configs of their own.") var topicsWithOverrides = false
    @Flag(help: "Do nothing where the topic is missing.") var ifExists = false
    @Flag(help: "Do nothing where the topic exists.") var ifNotExists = false
    @Flag(help: "Leave out topics that belong to Kafka itself.") var excludeInternal = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many partitions one answer may describe.", valueName: "count")
    )
    var partitionSizeLimitPerResponse: String?

    func run() async throws {
        let code = await exitCode(Console.standard("millrace.topics"))
        if code != 0 { throw ExitCode(code) }
    }

    /// Does what the options say.
    func exitCode(_ console: Console) async -> Int32 {
        do throws(ToolFailure) {
            let action = try action()
            var properties = try ClientProperties(file: commandConfig)
            properties.values["bootstrap.servers"] = bootstrapServer
            properties.values["client.id"] = properties.values["client.id"] ?? "adminclient-1"
            let client = try ToolClient.make(&properties, kind: "KafkaAdminClient", console: console)
            if describe, ifExists, topic != nil, topicId != nil {
                console.print(
                    "Only topic id will be used when both --topic and --topic-id are specified and topicId is not "
                        + "Uuid.ZERO_UUID"
                )
            }
            let code = await TopicTool(admin: AdminClient(client), console: console, options: self).perform(action)
            await client.close()
            return code
        } catch {
            return TopicsCommand.report(error, on: console)
        }
    }
}
