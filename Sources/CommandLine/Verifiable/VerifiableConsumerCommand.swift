import KafkaClient
import Records

/// `millrace verifiable-consumer`: reads a topic and tells what it does, as `kafka-verifiable-consumer.sh` does.
enum VerifiableConsumerCommand: ToolCommand {
    static let topic = ToolOption.value("topic", "topic", "The topic to read.")
    static let groupProtocol = ToolOption.value(
        "group-protocol",
        "group_protocol",
        "classic, the default. consumer (KIP-848) is taken for classic, with a warning."
    )
    static let remoteAssignor = ToolOption.value(
        "group-remote-assignor",
        "group_remote_assignor",
        "The broker's assignor, with the consumer protocol."
    )
    static let groupID = ToolOption.value("group-id", "group_id", "The group to read as.")
    static let instanceID = ToolOption.value("group-instance-id", "group_instance_id", "A static member's name.")
    static let maxMessages = ToolOption.value(
        "max-messages",
        "max-messages",
        "How many records to read; until the end of the process where it is -1 or left out."
    )
    static let sessionTimeout = ToolOption.value("session-timeout", "timeout_ms", "session.timeout.ms; 30000.")
    static let verbose = ToolOption.flag("verbose", "Tell of each record.")
    static let autoCommit = ToolOption.flag("enable-autocommit", "Commit from time to time in place of every poll.")
    static let resetPolicy = ToolOption.value(
        "reset-policy",
        "reset_policy",
        "Where a group without offsets begins: earliest, the default, latest, or none."
    )
    static let assignmentStrategy = ToolOption.value(
        "assignment-strategy",
        "assignment_strategy",
        "The assignor, with the classic protocol; org.apache.kafka.clients.consumer.RangeAssignor."
    )
    static let consumerConfig = ToolOption.value("consumer.config", "file", "The old name of --command-config.")

    static let syntax = ToolSyntax(
        name: "verifiable-consumer",
        abstract: "Read a topic, and tell as JSON what happens.",
        purpose: "Read a topic as a member of a group, and print records, commits and rebalances as JSON.",
        examples: [
            "--bootstrap-server localhost:9092 --topic orders --group-id billing --max-messages 10",
            "--bootstrap-server localhost:9092 --topic orders --group-id billing --group-protocol consumer --verbose",
        ],
        options: [
            .bootstrapServer, topic, groupProtocol, remoteAssignor, groupID, instanceID, maxMessages, sessionTimeout,
            verbose, autoCommit, resetPolicy, assignmentStrategy, consumerConfig, .commandConfig,
        ],
        needsArguments: false,
        isStrict: true,
        required: ["bootstrap-server", "topic", "group-id"]
    )

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let reader = StrictReader(given: given, syntax: syntax, caller: console.caller)
        let usesAutoCommit = given.has(autoCommit)
        switch reader.value(groupProtocol)?.lowercased() {
        case nil, "classic": break
        case "consumer":
            console.logWarning(
                "The consumer protocol (KIP-848) is not spoken here yet; the group is read as a classic one."
            )
        case let name?:
            throw reader.refusal(.invalid(groupProtocol.name, "'\(name)' is none of: classic, consumer"))
        }
        let limit = try reader.number(maxMessages) as Int32? ?? -1
        var properties = try ClientProperties(file: nil)
        properties.values = try reader.properties(.commandConfig, before: consumerConfig)
        properties.values.merge(try own(reader, usesAutoCommit: usesAutoCommit)) { _, own in own }
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
        let consuming = VerifiableConsuming(
            topic: TopicName(reader.value(topic) ?? ""),
            limit: limit < 0 ? nil : Int(limit),
            commits: !usesAutoCommit,
            isVerbose: given.has(verbose),
            consumer: consumer,
            console: console
        )
        let code = await consuming.run()
        await client.close()
        return code
    }

    /// What the options come to, which win over the file.
    private static func own(_ reader: StrictReader, usesAutoCommit: Bool) throws(ToolFailure) -> [String: String] {
        var own: [String: String] = [:]
        let timeout = try reader.number(sessionTimeout) as Int32? ?? 30_000
        own["session.timeout.ms"] = String(timeout)
        own["partition.assignment.strategy"] =
            reader.value(assignmentStrategy) ?? "org.apache.kafka.clients.consumer.RangeAssignor"
        own["group.id"] = reader.value(groupID)
        own["group.instance.id"] = reader.value(instanceID)
        own["bootstrap.servers"] = reader.value(.bootstrapServer)
        own["enable.auto.commit"] = usesAutoCommit ? "true" : "false"
        own["auto.offset.reset"] = reader.value(resetPolicy) ?? "earliest"
        return own
    }
}
