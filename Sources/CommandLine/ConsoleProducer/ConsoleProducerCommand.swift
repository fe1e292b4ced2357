import KafkaClient

/// `millrace console-producer`: sends lines of standard input, as `kafka-console-producer.sh` does.
enum ConsoleProducerCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "console-producer",
        abstract: "Send lines of standard input to a topic.",
        purpose: "This tool helps to read data from standard input and publish it to Kafka.",
        examples: [
            "--bootstrap-server localhost:9092 --topic orders",
            "--bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true "
                + "--reader-property key.separator=: < orders.txt",
            "--bootstrap-server localhost:9092 --topic orders --compression-codec zstd --command-property acks=1",
        ],
        options: ConsoleProducerOptions.all,
        details: [
            "Properties of the reader:",
            "  parse.key, parse.headers, ignore.error=true|false; key.separator, headers.delimiter, headers.separator,",
            "  headers.key.separator, null.marker=<text>",
            "With parse.headers and parse.key a line reads h1:v1,h2:v2 <tab> key <tab> value.",
        ]
    )

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let plan = try ConsoleProducerOptions(given).plan()
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
            producer = try Producer(client, ProducerConfiguration(properties: properties.values, alsoKnown: known))
        } catch {
            throw .failed(error.description)
        }
        let code = await ProducingTool(plan: plan, producer: producer, console: console).runToItsEnd()
        await client.close()
        return code
    }
}
