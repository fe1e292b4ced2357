import ArgumentParser
import KafkaClient

/// `millrace console-producer`: sends lines of standard input, as `kafka-console-producer.sh` does.
struct ConsoleProducerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console-producer",
        abstract: "Send lines of standard input to a topic.",
        discussion: """
            Examples:
              millrace console-producer --bootstrap-server localhost:9092 --topic orders
              millrace console-producer --bootstrap-server localhost:9092 --topic orders \\
                --reader-property parse.key=true --reader-property key.separator=: < orders.txt

            Reader properties: parse.key, key.separator, parse.headers, headers.delimiter, headers.separator,
            headers.key.separator, ignore.error, null.marker.
            """,
        version: millraceVersion
    )

    @Option(parsing: .unconditional, help: ArgumentHelp("The servers to connect to.", valueName: "host:port,..."))
    var bootstrapServer: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The topic to send to.", valueName: "name"))
    var topic: String?

    @Flag(help: "Wait for each record's acknowledgement before the next is read.")
    var sync = false

    @Option(
        defaultAsFlag: "gzip",
        help: ArgumentHelp("none, gzip, snappy, lz4 or zstd; gzip where no value follows.", valueName: "codec")
    )
    var compressionCodec: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("acks: 0, 1, -1 or all.", valueName: "acks"))
    var requestRequiredAcks: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("request.timeout.ms; 1500.", valueName: "ms"))
    var requestTimeoutMs: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("retries; 3.", valueName: "count"))
    var messageSendMaxRetries: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("retry.backoff.ms; 100.", valueName: "ms"))
    var retryBackoffMs: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("linger.ms; 1000.", valueName: "ms"))
    var timeout: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("metadata.max.age.ms; 300000.", valueName: "ms"))
    var metadataExpiryMs: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("max.block.ms; 60000.", valueName: "ms"))
    var maxBlockMs: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("buffer.memory; 33554432.", valueName: "bytes"))
    var maxMemoryBytes: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("batch.size; 16384.", valueName: "bytes"))
    var batchSize: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("batch.size, over --batch-size.", valueName: "bytes"))
    var maxPartitionMemoryBytes: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Taken for Kafka's sake; without effect.", valueName: "bytes"))
    var socketBufferSize: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The reader of lines; only Kafka's own.", valueName: "class"))
    var lineReader: String?

    @Option(
        name: [.customLong("reader-property"), .customLong("property")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A property of the reader; may be repeated.", valueName: "name=value")
    )
    var readerProperties: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Properties of the reader.", valueName: "file"),
        completion: .file(extensions: ["properties"])
    )
    var readerConfig: String?

    @Option(
        name: [.customLong("command-property"), .customLong("producer-property")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A property of the producer; may be repeated.", valueName: "name=value")
    )
    var producerProperties: [String] = []

    @Option(
        name: [.customLong("command-config"), .customLong("producer.config")],
        parsing: .unconditional,
        help: ArgumentHelp("Properties of the producer.", valueName: "file"),
        completion: .file(extensions: ["properties"])
    )
    var producerConfig: String?

    func run() async throws {
        let code = await exitCode(Console.standard("millrace.console-producer")) { await $0.runWithSignals() }
        if code != 0 { throw ExitCode(code) }
    }

    /// Does what the options say; `perform` chooses the input.
    func exitCode(_ console: Console, _ perform: (ProducingTool) async -> Int32) async -> Int32 {
        do throws(ToolFailure) {
            let plan = try plan()
            var properties = plan.properties
            let client = try ToolClient.make(
                &properties,
                alsoKnown: ProducerConfiguration.names,
                kind: "kafka producer",
                console: console
            )
            let producer: Producer
            do throws(ConfigurationError) {
                let known = ClientConfiguration.names
                let configuration = try ProducerConfiguration(properties: properties.values, alsoKnown: known)
                producer = try Producer(client, configuration)
            } catch {
                throw .failed(error.description)
            }
            let code = await perform(ProducingTool(plan: plan, producer: producer, console: console))
            await client.close()
            return code
        } catch {
            return ConsoleProducerCommand.report(error, on: console)
        }
    }
}
