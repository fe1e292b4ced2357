import KafkaClient
import Records

/// Turns the texts of `--create` and `--alter` into numbers, assignments and configs. Errors are in Kafka's words.
enum TopicRequest {
    /// The topic to create.
    static func newTopic(_ options: TopicOptions) throws(TopicToolError) -> NewTopic {
        let partitions = try number(options.partitions, of: "partitions")
        let replicas = try number(options.replicationFactor, of: "replication-factor")
        let assignments = try assignments(options.replicaAssignment)
        let configs = try configs(options.config)
        return NewTopic(
            TopicName(options.topic ?? ""),
            partitions: partitions,
            replicationFactor: replicas.map { Int16(clamping: $0) },
            configs: configs,
            assignments: assignments
        )
    }

    /// What Kafka's tool checks before it asks the broker.
    static func check(_ topic: NewTopic) throws(TopicToolError) {
        if let factor = topic.replicationFactor, factor < 1 || factor == .max {
            throw TopicToolError("The replication factor must be between 1 and 32767 inclusive")
        }
        if let partitions = topic.partitions, partitions < 1 {
            throw TopicToolError("The partitions must be greater than 0")
        }
        if topic.name.rawValue.isEmpty {
            throw TopicToolError("The given topic name '' cannot be represented in a request.")
        }
    }

    /// What is said of a name whose metrics could be mistaken for another's.
    static func collisionWarning(_ name: TopicName) -> String? {
        guard name.rawValue.contains(where: { $0 == "." || $0 == "_" }) else { return nil }
        return "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could "
            + "collide. To avoid issues it is best to use either, but not both."
    }

    /// The number of an option, which may be left out.
    static func number(_ text: String?, of option: String) throws(TopicToolError) -> Int32? {
        guard let text else { return nil }
        guard let number = Int32(text) else {
            throw TopicToolError("Cannot parse argument '\(text)' of option \(option)")
        }
        return number
    }

    /// Reads `1:2,2:3`: the brokers of partition 0, then those of partition 1.
    static func assignments(_ text: String?) throws(TopicToolError) -> [PartitionIndex: [BrokerID]] {
        guard let text, !text.isEmpty else { return [:] }
        var assignments: [PartitionIndex: [BrokerID]] = [:]
        for (index, list) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            var brokers: [BrokerID] = []
            for part in list.split(separator: ":", omittingEmptySubsequences: false) {
                let word = part.drop { $0 == " " }.prefix { $0 != " " }
                guard let id = Int32(word) else { throw TopicToolError("For input string: \"\(word)\"") }
                brokers.append(BrokerID(id))
            }
            let twice = Set(brokers.filter { id in brokers.filter { $0 == id }.count > 1 }).sorted()
            guard twice.isEmpty else {
                let ids = twice.map(\.description).joined(separator: ",")
                throw TopicToolError("Partition replica lists may not contain duplicate entries: \(ids)")
            }
            if let first = assignments[0], first.count != brokers.count {
                let ids = brokers.map(\.description).joined(separator: ", ")
                throw TopicToolError("Partition \(index) has different replication factor: [\(ids)]")
            }
            assignments[PartitionIndex(Int32(clamping: index))] = brokers
        }
        return assignments
    }

    private static func configs(_ texts: [String]) throws(TopicToolError) -> [String: String] {
        var configs: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw TopicToolError(
                    "requirement failed: Invalid topic config: all configs to be added must be in the format "
                        + "\"key=val\"."
                )
            }
            configs[trimmed(parts[0])] = trimmed(parts[1])
        }
        return configs
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
