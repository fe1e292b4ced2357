import KafkaProtocol
import Records

/// What `__cluster_metadata` says up to an offset: an immutable value that readers hold as long as they like.
///
/// Made from the image before it by ``applying(_:at:)``; dictionaries are shared between the two.
struct MetadataImage: Sendable {
    /// A topic and where its partitions live.
    struct Topic: Sendable {
        let name: TopicName
        let id: TopicID
        /// By partition index, without gaps.
        var partitions: [Partition]
    }

    /// A partition's assignment.
    struct Partition: Sendable, Hashable {
        var replicas: [BrokerID]
        var isr: [BrokerID]
        var removingReplicas: [BrokerID] = []
        var addingReplicas: [BrokerID] = []
        /// -1 where there is none.
        var leader: BrokerID
        var leaderRecoveryState: Int8 = 0
        var leaderEpoch: LeaderEpoch
        var partitionEpoch: Int32
        /// The log directory of each replica.
        var directories: [KafkaUUID]
        var eligibleLeaderReplicas: [BrokerID] = []
        var lastKnownEligibleLeaderReplicas: [BrokerID] = []
    }

    /// A broker as it registered.
    struct Broker: Sendable, Hashable {
        let id: BrokerID
        let epoch: Int64
        let incarnationID: KafkaUUID
        var endPoints: [EndPoint]
        var rack: String?
        var isFenced: Bool
        var isInControlledShutdown: Bool
        var logDirectories: [KafkaUUID]
        /// The levels of features that it supports.
        var features: [Feature] = []

        struct Feature: Sendable, Hashable {
            let name: String
            let least: Int16
            let most: Int16
        }

        func endPoint(_ listener: ListenerName) -> EndPoint? { endPoints.first { $0.listener == listener } }
    }

    /// Where a broker is reached.
    struct EndPoint: Sendable, Hashable {
        let listener: ListenerName
        let host: String
        let port: UInt16
        let securityProtocol: Int16
    }

    var clusterID: String
    /// The offset after the last record applied.
    var nextOffset: Offset = .zero
    var topics: [TopicName: Topic] = [:]
    var topicNames: [TopicID: TopicName] = [:]
    var brokers: [BrokerID: Broker] = [:]
    /// Dynamic configs by resource, then by name.
    var configs: [ConfigResource: [String: String]] = [:]
    /// Quotas by entity, then by key. A key that this release does not know stays as it came.
    var clientQuotas: [ClientQuotaEntity: [String: Double]] = [:]
    /// Finalized features by name.
    var features: [String: Int16] = [:]
    var controllerID: BrokerID = .none
    var nextProducerID = ProducerID(0)
    /// Records that a snapshot must have whether anything here acts on them or not: quotas, credentials, ACLs, tokens,
    /// controllers.
    var kept: [KeptKey: AnyMetadataRecord] = [:]

    func topic(_ name: TopicName) -> Topic? { topics[name] }
    func topic(_ id: TopicID) -> Topic? { topicNames[id].flatMap { topics[$0] } }
    func partition(_ topicPartition: TopicPartition) -> Partition? {
        guard let topic = topics[topicPartition.topic] else { return nil }
        let index = Int(topicPartition.partition.rawValue)
        return topic.partitions.indices.contains(index) ? topic.partitions[index] : nil
    }

    /// Configs set on one resource, without defaults.
    func overrides(of resource: ConfigResource) -> [String: String] { configs[resource] ?? [:] }
}

/// What configs can be set on. The empty broker name stands for the default of all brokers.
struct ConfigResource: Hashable, Sendable {
    /// Kafka's numbers.
    enum Kind: Int8, Sendable, CaseIterable {
        case topic = 2
        case broker = 4
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32
    }

    let kind: Kind
    let name: String

    static func topic(_ name: TopicName) -> ConfigResource { ConfigResource(kind: .topic, name: name.rawValue) }
    static func broker(_ id: BrokerID) -> ConfigResource { ConfigResource(kind: .broker, name: String(id.rawValue)) }
    static let brokerDefault = ConfigResource(kind: .broker, name: "")
    static func group(_ id: GroupID) -> ConfigResource { ConfigResource(kind: .group, name: id.rawValue) }
}
