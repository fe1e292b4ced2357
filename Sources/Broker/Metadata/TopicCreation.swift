import KafkaProtocol
import Records

/// A topic that somebody wants made.
struct NewTopic: Sendable {
    var name: TopicName
    /// -1 for the default.
    var partitionCount: Int32 = -1
    /// -1 for the default.
    var replicationFactor: Int16 = -1
    /// Replicas by partition; empty to have them placed.
    var assignments: [(partition: PartitionIndex, replicas: [BrokerID])] = []
    var configs: [(name: String, value: String?)] = []
}

/// A topic as it was made, or would have been.
struct CreatedTopic: Sendable {
    let name: TopicName
    let id: TopicID
    let partitionCount: Int32
    let replicationFactor: Int16
    /// In the order of their names.
    let configs: [ResolvedConfig]
}

/// Judges a new topic against an image and says which records make it. Pure: it reads no clock, disk or image but those
/// given.
struct TopicCreation {
    let image: MetadataImage
    let resolver: ConfigResolver
    let defaultPartitionCount: Int32
    let defaultReplicationFactor: Int16

    /// Errors: ``APIFailure`` with Kafka's code and sentence.
    func plan(
        _ topic: NewTopic,
        using random: inout some RandomNumberGenerator
    ) throws(APIFailure) -> (topic: CreatedTopic, records: [AnyMetadataRecord]) {
        try checkName(topic.name)
        let overrides = try checkConfigs(topic.configs)
        let assignments = try topic.assignments.isEmpty ? placement(topic) : manualAssignment(topic)
        let id = TopicID(KafkaUUID.random(using: &random))
        var records: [AnyMetadataRecord] = [.topic(TopicRecord(name: topic.name, topicId: id))]
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            records.append(
                .config(
                    ConfigRecord(
                        resourceType: ConfigResource.Kind.topic.rawValue,
                        resourceName: topic.name.rawValue,
                        name: name,
                        value: value
                    )
                )
            )
        }
        for (index, replicas) in assignments.enumerated() {
            records.append(.partition(PartitionAssignment(replicas: replicas, image: image).record(id, index)))
        }
        let created = CreatedTopic(
            name: topic.name,
            id: id,
            partitionCount: Int32(clamping: assignments.count),
            replicationFactor: Int16(clamping: assignments[0].count),
            configs: resolver.topicConfigs(overrides: overrides)
        )
        return (created, records)
    }

    private func checkName(_ name: TopicName) throws(APIFailure) {
        if name == MetadataLog.topicPartition.topic {
            throw APIFailure(.invalidRequest, "Creation of internal topic \(name) is prohibited.")
        }
        if let complaint = TopicNameRules.complaint(about: name) { throw APIFailure(.invalidTopicException, complaint) }
        if image.topics[name] != nil { throw APIFailure(.topicAlreadyExists, "Topic '\(name)' already exists.") }
        if let other = TopicNameRules.collision(of: name, in: image) {
            throw APIFailure(.invalidTopicException, "Topic '\(name)' collides with existing topic: \(other)")
        }
    }

    private func checkConfigs(_ configs: [(name: String, value: String?)]) throws(APIFailure) -> [String: String] {
        let nulls = configs.filter { $0.value == nil }.map(\.name)
        guard nulls.isEmpty else {
            throw APIFailure(
                .invalidConfig,
                "Null value not supported for topic configs: \(nulls.joined(separator: ","))"
            )
        }
        var overrides: [String: String] = [:]
        for (name, value) in configs { overrides[name] = value }
        try TopicConfigRules.check(overrides)
        return overrides
    }

    private func placement(_ topic: NewTopic) throws(APIFailure) -> [[BrokerID]] {
        guard topic.replicationFactor == -1 || topic.replicationFactor > 0 else {
            throw APIFailure(
                .invalidReplicationFactor,
                "Replication factor must be larger than 0, or -1 to use the default value."
            )
        }
        guard topic.partitionCount == -1 || topic.partitionCount > 0 else {
            throw APIFailure(.invalidPartitions, "Number of partitions was set to an invalid non-positive value.")
        }
        let factor = topic.replicationFactor == -1 ? defaultReplicationFactor : topic.replicationFactor
        let count = topic.partitionCount == -1 ? defaultPartitionCount : topic.partitionCount
        let replicas = try ReplicaPlacement(image).replicas(factor: factor)
        guard Int(count) <= MetadataController.maxRecordsPerChange else { throw .excessiveChange }
        return Array(repeating: replicas, count: Int(count))
    }

    private func manualAssignment(_ topic: NewTopic) throws(APIFailure) -> [[BrokerID]] {
        guard topic.replicationFactor == -1 else {
            throw APIFailure(
                .invalidRequest,
                "A manual partition assignment was specified, but replication factor was not set to -1."
            )
        }
        guard topic.partitionCount == -1 else {
            throw APIFailure(
                .invalidRequest,
                "A manual partition assignment was specified, but numPartitions was not set to -1."
            )
        }
        var byPartition: [PartitionIndex: [BrokerID]] = [:]
        var factor: Int?
        for (partition, replicas) in topic.assignments {
            guard byPartition[partition] == nil else {
                throw APIFailure(
                    .invalidReplicaAssignment,
                    "Found multiple manual partition assignments for partition \(partition)"
                )
            }
            try ReplicaPlacement(image).check(replicas, factor: factor)
            factor = replicas.count
            byPartition[partition] = replicas
        }
        var assignments: [[BrokerID]] = []
        for index in 0..<byPartition.count {
            guard let replicas = byPartition[PartitionIndex(Int32(clamping: index))] else {
                throw APIFailure(
                    .invalidReplicaAssignment,
                    "partitions should be a consecutive 0-based integer sequence"
                )
            }
            assignments.append(replicas)
        }
        return assignments
    }
}

extension APIFailure {
    /// More records than one change may make.
    static let excessiveChange = APIFailure(.policyViolation, "Unable to perform excessively large batch operation.")
}
