import ArgumentParser
import KafkaClient

/// `millrace console-consumer`: prints records, as `kafka-console-consumer.sh` does.
struct ConsoleConsumerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console-consumer",
        abstract: "Print the records of topics.",
        discussion: """
            Examples:
              millrace console-consumer --bootstrap-server localhost:9092 --topic orders --from-beginning
              millrace console-consumer --bootstrap-server localhost:9092 --topic orders --partition 0 --offset 42 \\
                --max-messages 10 --formatter-property print.key=true --formatter-property print.offset=true

            Formatter properties: print.timestamp, print.partition, print.offset, print.delivery, print.epoch,
            print.headers, print.key, print.value, key.separator, line.separator, headers.separator, null.literal,
            key.deserializer, value.deserializer, headers.deserializer.
            """,
        version: millraceVersion
    )

    @Option(parsing: .unconditional, help: ArgumentHelp("The servers to connect to.", valueName: "host:port,..."))
    var bootstrapServer: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The topic to read.", valueName: "name"))
    var topic: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Read the topics whose names match.", valueName: "expression")
    )
    var include: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Read this partition alone.", valueName: "number"))
    var partition: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Where to begin in the partition: a number, earliest, or latest.", valueName: "offset")
    )
    var offset: String?

    @Flag(help: "Begin at the first record where the group has no offset.")
    var fromBeginning = false

    @Option(parsing: .unconditional, help: ArgumentHelp("The group to read as.", valueName: "id"))
    var group: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("End after so many records.", valueName: "count"))
    var maxMessages: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("End when no record came for so long.", valueName: "ms"))
    var timeoutMs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("read_committed leaves out what transactions have not committed.", valueName: "level")
    )
    var isolationLevel: String?

    @Flag(help: "Pass over records that cannot be shown.")
    var skipMessageOnError = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Kafka's default, logging or no-op formatter.", valueName: "class")
    )
    var formatter = "org.apache.kafka.tools.consumer.DefaultMessageFormatter"

    @Option(
        name: [.customLong("formatter-property"), .customLong("property")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A property of the formatter; may be repeated.", valueName: "name=value")
    )
    var formatterProperties: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Properties of the formatter.", valueName: "file"),
        completion: .file(extensions: ["properties"])
    )
    var formatterConfig: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("How keys are shown.", valueName: "class"))
    var keyDeserializer: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("How values are shown.", valueName: "class"))
    var valueDeserializer: String?

    @Option(
        name: [.customLong("command-property"), .customLong("consumer-property")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A property of the consumer; may be repeated.", valueName: "name=value")
    )
    var consumerProperties: [String] = []

    @Option(
        name: [.customLong("command-config"), .customLong("consumer.config")],
        parsing: .unconditional,
        help: ArgumentHelp("Properties of the consumer.", valueName: "file"),
        completion: .file(extensions: ["properties"])
    )
    var consumerConfig: String?

    @Flag(help: "Say when the consumer has shut down.")
    var enableSystestEvents = false

    func run() async throws {
        let code = await exitCode(Console.standard("millrace.console-consumer")) { await $0.runWithSignals() }
        if code != 0 { throw ExitCode(code) }
    }

    /// Does what the options say; `perform` chooses what may end it.
    func exitCode(_ console: Console, _ perform: (ConsumingTool) async -> Int32) async -> Int32 {
        do throws(ToolFailure) {
            let plan = try plan()
            for name in plan.format.unknownDeserializers {
                console.logError("Unable to instantiate a deserializer from \(name)")
            }
            var properties = plan.properties
            let client = try ToolClient.make(
                &properties,
                alsoKnown: ConsumerConfiguration.names,
                kind: "kafka consumer",
                console: console
            )
            let consumer: Consumer
            do throws(ConfigurationError) {
                consumer = try Consumer(client, try ConsumerConfiguration(properties: properties.values))
            } catch {
                throw .failed(error.description)
            }
            let code = await perform(ConsumingTool(plan: plan, consumer: consumer, console: console))
            await client.close()
            if enableSystestEvents { console.print("shutdown_complete") }
            return code
        } catch {
            return ConsoleConsumerCommand.report(error, on: console)
        }
    }
}
