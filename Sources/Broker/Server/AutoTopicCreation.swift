import KafkaProtocol
import NIOCore
import Records

/// Makes topics that somebody asked for by name and that do not exist: users' ones where `auto.create.topics.enable`
/// allows it, and the broker's own, with the configs that they need.
struct AutoTopicCreation: Sendable {
    private let metadata: MetadataController
    private let configuration: BrokerConfiguration

    init(metadata: MetadataController, configuration: BrokerConfiguration) {
        self.metadata = metadata
        self.configuration = configuration
    }

    /// Whether a client's question for a missing topic may make it.
    var isEnabled: Bool { configuration.boolean("auto.create.topics.enable") }

    /// Makes those of `names` that are missing; `completion` is called on the control loop, with a failure for each
    /// that could not be made. A topic that somebody else made meanwhile is no failure.
    func ensure(_ names: [TopicName], _ completion: @escaping @Sendable ([TopicName: APIFailure]) -> Void) {
        metadata.createTopics(names.map(newTopic), validateOnly: false) { results in
            var failures: [TopicName: APIFailure] = [:]
            for (name, result) in zip(names, results) {
                if case .failure(let failure) = result, failure.code != .topicAlreadyExists { failures[name] = failure }
            }
            completion(failures)
        }
    }

    private func newTopic(_ name: TopicName) -> NewTopic {
        switch name {
        case "__consumer_offsets":
            internalTopic(
                name,
                prefix: "offsets.topic",
                cleanup: "compact",
                extra: [("compression.type", "producer")]
            )
        case "__transaction_state":
            internalTopic(
                name,
                prefix: "transaction.state.log",
                cleanup: "compact",
                extra: [
                    ("compression.type", "uncompressed"), ("unclean.leader.election.enable", "false"),
                    ("min.insync.replicas", String(configuration.integer("transaction.state.log.min.isr"))),
                ]
            )
        default: NewTopic(name: name)
        }
    }

    /// With fewer brokers than the configured replicas, as many replicas as there are brokers: one node serves groups
    /// without a word in its configuration.
    private func internalTopic(
        _ name: TopicName,
        prefix: String,
        cleanup: String,
        extra: [(name: String, value: String?)]
    ) -> NewTopic {
        let brokers = Int64(max(1, metadata.image.brokers.count))
        return NewTopic(
            name: name,
            partitionCount: Int32(clamping: configuration.integer("\(prefix).num.partitions")),
            replicationFactor: Int16(clamping: min(brokers, configuration.integer("\(prefix).replication.factor"))),
            configs: extra + [
                ("cleanup.policy", cleanup),
                ("segment.bytes", String(configuration.integer("\(prefix).segment.bytes"))),
            ]
        )
    }
}
