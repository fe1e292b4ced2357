public import ArgumentParser

/// The `millrace` binary: one subcommand a tool.
public struct MillraceCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "A Kafka broker, and the everyday tools around it.",
        discussion: """
            Examples:
              millrace broker --listeners PLAINTEXT://:9092 --log-dirs /var/lib/millrace
              millrace topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3
              millrace console-producer --bootstrap-server localhost:9092 --topic orders
              millrace console-consumer --bootstrap-server localhost:9092 --topic orders --from-beginning
            """,
        version: millraceVersion,
        subcommands: [
            BrokerCommand.self,
            TopicsCommand.self,
            ConfigsCommand.self,
            ConsumerGroupsCommand.self,
            GetOffsetsCommand.self,
            DeleteRecordsCommand.self,
            BrokerAPIVersionsCommand.self,
            ConsoleProducerCommand.self,
            ConsoleConsumerCommand.self,
        ]
    )

    /// The command without arguments, which prints its help.
    public init() {}

    /// Does what the process' arguments say, and ends the process where that fails.
    public static func start() async { await main() }
}
