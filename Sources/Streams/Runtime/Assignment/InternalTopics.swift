import KafkaClient
import KafkaProtocol
import Logging
import Records

/// Creates the topics that an application keeps for itself, and checks those that are there.
struct InternalTopics: Sendable {
    let admin: AdminClient
    let replicationFactor: Int16
    /// What `topic.` settings say.
    let properties: [String: String]
    /// `windowstore.changelog.additional.retention.ms`
    let additionalRetention: Duration
    let logger: Logger

    /// What every repartition topic is created with.
    static let repartitionConfiguration = [
        "cleanup.policy": "delete", "segment.bytes": "52428800", "retention.ms": "-1",
        "message.timestamp.type": "CreateTime",
    ]

    /// Creates what is missing of the plan's topics. Errors: ``StreamsException`` for a topic that exists with another
    /// number of partitions or cannot be created; `KafkaError` of the cluster.
    func prepare(_ plan: PartitionPlan) async throws {
        var wanted: [TopicName: NewTopic] = [:]
        for (name, count) in plan.repartitionTopics {
            wanted[name] = topic(name, count, InternalTopics.repartitionConfiguration.merging(properties) { $1 })
        }
        for (name, changelog) in plan.changelogTopics {
            let configs = changelog.kind.configuration(
                general: properties,
                own: changelog.configuration,
                additionalRetention: additionalRetention
            )
            wanted[name] = topic(name, changelog.partitionCount, configs)
        }
        guard !wanted.isEmpty else { return }
        // Twice: another instance may create a topic at the same time.
        for attempt in 0..<2 {
            let known = try await admin.describeTopics(wanted.keys.sorted())
            var missing: [NewTopic] = []
            for (name, topic) in wanted.sorted(by: { $0.key < $1.key }) {
                guard case .success(let found) = known[name] else {
                    missing.append(topic)
                    continue
                }
                try check(found, topic)
            }
            if missing.isEmpty { return }
            guard attempt == 0 else { break }
            try await create(missing)
        }
    }

    private func create(_ topics: [NewTopic]) async throws {
        for (name, result) in try await admin.createTopics(topics) {
            switch result {
            case .success: logger.info("created topic \(name)")
            case .failure(let error) where error.code == .topicAlreadyExists: continue
            case .failure(let error):
                throw StreamsException("The internal topic \(name) cannot be created", underlying: error)
            }
        }
    }

    private func check(_ found: TopicMetadata, _ wanted: NewTopic) throws {
        guard let count = wanted.partitions, found.partitions.count != Int(count) else { return }
        throw StreamsException(
            "The existing internal topic \(wanted.name) has \(found.partitions.count) partitions where \(count) are "
                + "expected. Delete the application's internal topics, as the application reset tool does, or use another "
                + "application.id"
        )
    }

    private func topic(_ name: TopicName, _ count: Int32, _ configs: [String: String]) -> NewTopic {
        let factor = replicationFactor > 0 ? replicationFactor : nil
        return NewTopic(name, partitions: count, replicationFactor: factor, configs: configs)
    }
}
