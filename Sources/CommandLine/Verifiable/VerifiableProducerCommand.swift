import KafkaClient
import Records

/// `millrace verifiable-producer`: sends counting numbers and tells what was acknowledged, as
/// `kafka-verifiable-producer.sh` does.
enum VerifiableProducerCommand: ToolCommand {
    static let topic = ToolOption.value("topic", "topic", "The topic to send to.")
    static let maxMessages = ToolOption.value(
        "max-messages",
        "max-messages",
        "How many records to send; until the end of the process where it is -1 or left out."
    )
    static let throughput = ToolOption.value(
        "throughput",
        "throughput",
        "About how many records a second to send; without limit where it is -1 or left out."
    )
    static let acks = ToolOption.value("acks", "acks", "acks: 0, 1 or -1, the default.")
    static let producerConfig = ToolOption.value("producer.config", "file", "The old name of --command-config.")
    static let createTime = ToolOption.value(
        "message-create-time",
        "createtime",
        "The time of the first record, in milliseconds since 1970; those of later ones follow."
    )
    static let valuePrefix = ToolOption.value(
        "value-prefix",
        "value-prefix",
        "A number that stands before each value, and a dot."
    )
    static let repeatingKeys = ToolOption.value(
        "repeating-keys",
        "repeating-keys",
        "Keys that count from 0 up to this number, and begin again."
    )

    static let syntax = ToolSyntax(
        name: "verifiable-producer",
        abstract: "Send numbers, and tell as JSON what was acknowledged.",
        purpose: "Send counting numbers to a topic, and print what becomes of each as JSON.",
        examples: [
            "--bootstrap-server localhost:9092 --topic orders --max-messages 10",
            "--bootstrap-server localhost:9092 --topic orders --throughput 100 --repeating-keys 5 --value-prefix 1",
        ],
        options: [
            topic, .bootstrapServer, maxMessages, throughput, acks, producerConfig, createTime, valuePrefix,
            repeatingKeys, .commandConfig,
        ],
        needsArguments: false,
        isStrict: true,
        required: ["topic", "bootstrap-server"]
    )

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let reader = StrictReader(given: given, syntax: syntax, caller: console.caller)
        var properties = try ClientProperties(file: nil)
        properties.values["bootstrap.servers"] = reader.value(.bootstrapServer)
        properties.values["acks"] = try acks(reader)
        properties.values["retries"] = "0"
        let plan = VerifiableProducing.Plan(
            topic: TopicName(reader.value(topic) ?? ""),
            maxMessages: try reader.number(maxMessages) as Int32? ?? -1,
            throughput: try reader.number(throughput) as Int32? ?? -1,
            createTime: try (reader.number(createTime) as Int64?).flatMap { $0 == -1 ? nil : $0 },
            valuePrefix: try reader.number(valuePrefix),
            repeatingKeys: try reader.number(repeatingKeys)
        )
        properties.values.merge(try reader.properties(.commandConfig, before: producerConfig)) { _, file in file }
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
        let code = await VerifiableProducing(plan: plan, producer: producer, console: console).run()
        await client.close()
        return code
    }

    private static func acks(_ reader: StrictReader) throws(ToolFailure) -> String {
        let number = try reader.number(acks) as Int32? ?? -1
        guard [0, 1, -1].contains(number) else {
            throw reader.refusal(.invalid(acks.name, "invalid choice: '\(number)' (choose from {0,1,-1})"))
        }
        return String(number)
    }
}
