import KafkaClient

/// `millrace console-consumer`: prints records, as `kafka-console-consumer.sh` does.
enum ConsoleConsumerCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "console-consumer",
        abstract: "Print the records of topics.",
        purpose: "This tool helps to read data from Kafka topics and outputs it to standard output.",
        examples: [
            "--bootstrap-server localhost:9092 --topic orders --from-beginning",
            "--bootstrap-server localhost:9092 --topic orders --group billing --formatter-property print.key=true",
            "--bootstrap-server localhost:9092 --topic orders --partition 0 --offset 42 --max-messages 10",
            "--bootstrap-server localhost:9092 --include 'orders-.*' --timeout-ms 5000",
        ],
        options: ConsoleConsumerOptions.all,
        details: [
            "Properties of the formatter:",
            "  print.timestamp, print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key,",
            "  print.value=true|false; key.separator, line.separator, headers.separator, null.literal=<text>;",
            "  key.deserializer, value.deserializer, headers.deserializer=<class>",
        ]
    )

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let options = try ConsoleConsumerOptions(given)
        let plan = try options.plan()
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
        let code = await ConsumingTool(plan: plan, consumer: consumer, console: console).runToItsEnd()
        await client.close()
        if options.enableSystestEvents { console.print("shutdown_complete") }
        return code
    }
}
