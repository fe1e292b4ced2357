import KafkaClient
import Records

/// What the options of `millrace console-consumer` come to.
struct ConsumingPlan: Sendable {
    /// What is read.
    enum Source: Sendable, Hashable {
        case topic(TopicName)
        /// Topics whose names match the regular expression.
        case pattern(String)
        case partition(TopicPartition, Start)
    }

    /// Where in a partition reading begins.
    enum Start: Sendable, Hashable {
        case earliest
        case latest
        case offset(Offset)
    }

    var source: Source
    /// Nil for no limit.
    var maxMessages: Int?
    /// Ends when no record came for so long; nil for never.
    var timeout: Duration?
    var skipsErrors: Bool
    var format: RecordFormat
    /// Of client and consumer.
    var properties: ClientProperties
}

extension ConsoleConsumerOptions {
    /// Checks the options in the order of Kafka's tool, in its words. `randomGroup` names a group that nobody uses
    /// again.
    func plan(randomGroup: Int = .random(in: 0..<100_000)) throws(ToolFailure) -> ConsumingPlan {
        try checkSource()
        let (properties, groups) = try groups(partition)
        let start = try start()
        let source: ConsumingPlan.Source
        switch (topic, include, partition) {
        case (let topic?, _, let partition?):
            source = .partition(TopicPartition(TopicName(topic), PartitionIndex(partition)), start)
        case (let topic?, _, nil): source = .topic(TopicName(topic))
        case (nil, let include, _): source = .pattern(include ?? "")
        }
        return ConsumingPlan(
            source: source,
            maxMessages: maxMessages.flatMap { $0 == -1 ? nil : Int($0) },
            timeout: timeoutMs.flatMap { $0 < 0 ? nil : .milliseconds($0) },
            skipsErrors: skipsErrors,
            format: try recordFormat(),
            properties: try complete(properties, groups, partition, randomGroup)
        )
    }

    private func checkSource() throws(ToolFailure) {
        guard (topic == nil) != (include == nil) else {
            throw .misuse("Exactly one of --include/--topic is required. ")
        }
        if partition != nil {
            if topic == nil { throw .misuse("The topic is required when partition is specified.") }
            if fromBeginning, offset != nil {
                throw .misuse("Options from-beginning and offset cannot be specified together.")
            }
        } else if offset != nil {
            throw .misuse("The partition is required when offset is specified.")
        }
        if bootstrapServer == nil { throw .missing("bootstrap-server") }
    }

    private func groups(_ partition: Int32?) throws(ToolFailure) -> (ClientProperties, Set<String>) {
        let file = try ClientProperties(file: consumerConfig)
        let own = [String: String](assignments: consumerProperties)
        let groups = Set([group, file.values["group.id"], own["group.id"]].compactMap { $0 })
        if groups.count > 1 {
            let names = groups.sorted().map { "'\($0)'" }.joined(separator: ", ")
            throw .misuse(
                "The group ids provided in different places (directly using '--group', via '--consumer-property', "
                    + "or via '--consumer.config') do not match. Detected group ids: \(names)"
            )
        }
        if !groups.isEmpty, partition != nil {
            throw .misuse("Options group and partition cannot be specified together.")
        }
        var properties = file
        properties.values.merge(own) { _, own in own }
        return (properties, groups)
    }

    private func complete(
        _ properties: ClientProperties,
        _ groups: Set<String>,
        _ partition: Int32?,
        _ randomGroup: Int
    ) throws(ToolFailure) -> ClientProperties {
        var properties = properties
        if let reset = properties.values["auto.offset.reset"] {
            if fromBeginning, reset != "earliest" {
                throw .refused(
                    "Can't simultaneously specify --from-beginning and 'auto.offset.reset=\(reset)', please remove one "
                        + "option"
                )
            }
        } else {
            properties.values["auto.offset.reset"] = fromBeginning ? "earliest" : "latest"
        }
        properties.values["bootstrap.servers"] = bootstrapServer
        properties.values["client.id"] = properties.values["client.id"] ?? "console-consumer"
        let standard = properties.values["isolation.level"] ?? "read_uncommitted"
        properties.values["isolation.level"] = isolationLevel ?? standard
        if let group = groups.first {
            properties.values["group.id"] = group
        } else if partition == nil {
            properties.values["group.id"] = "console-consumer-\(randomGroup)"
            properties.values["enable.auto.commit"] = properties.values["enable.auto.commit"] ?? "false"
        } else {
            // Without a group there is nothing to commit for.
            properties.values["enable.auto.commit"] = "false"
        }
        return properties
    }

    private func start() throws(ToolFailure) -> ConsumingPlan.Start {
        guard let offset else { return fromBeginning ? .earliest : .latest }
        switch offset.lowercased() {
        case "earliest": return .earliest
        case "latest": return .latest
        default:
            if let number = Int64(offset), number >= 0 { return .offset(Offset(number)) }
            throw .misuse(
                "The provided offset value '\(offset)' is incorrect. Valid values are 'earliest', 'latest', or a "
                    + "non-negative long."
            )
        }
    }

    private func recordFormat() throws(ToolFailure) -> RecordFormat {
        var properties = try ClientProperties(file: formatterConfig)
        if let keyDeserializer, !keyDeserializer.isEmpty { properties.values["key.deserializer"] = keyDeserializer }
        if let valueDeserializer, !valueDeserializer.isEmpty {
            properties.values["value.deserializer"] = valueDeserializer
        }
        properties.values.merge([String: String](assignments: formatterProperties)) { _, own in own }
        guard let format = RecordFormat(className: formatter, properties.values) else { throw .misuse(formatter) }
        return format
    }
}
