import KafkaProtocol
import Records

/// What the client knows of the cluster: an immutable snapshot.
public struct ClusterMetadata: Sendable, Hashable {
    /// The cluster's id; nil before the first answer.
    public internal(set) var clusterID: String?
    /// The broker that controller requests go to; with KRaft any broker forwards them.
    public internal(set) var controllerID = BrokerID.none
    /// The brokers that are alive, by id.
    public internal(set) var brokers: [BrokerID: BrokerNode] = [:]
    /// The topics that are kept fresh, by name.
    public internal(set) var topics: [TopicName: TopicMetadata] = [:]

    /// Nothing is known yet.
    public init() {}

    /// The partition, if it is known.
    public func partition(_ partition: TopicPartition) -> PartitionMetadata? {
        guard let topic = topics[partition.topic] else { return nil }
        return topic[partition.partition]
    }

    /// The broker that leads the partition; nil where nobody is known to.
    public func leader(of partition: TopicPartition) -> BrokerNode? {
        self.partition(partition).flatMap { brokers[$0.leader] }
    }

    /// The name of the topic with this id.
    public func name(of id: TopicID) -> TopicName? {
        guard id != .none else { return nil }
        return topics.first { $0.value.id == id }?.key
    }
}

/// A topic, as Metadata tells of it.
public struct TopicMetadata: Sendable, Hashable {
    /// The topic's name.
    public let name: TopicName
    /// `TopicID/none` from brokers before 2.8.
    public let id: TopicID
    /// Why nothing more is told of it; `none` where all is well.
    public let error: ErrorCode
    /// Whether it belongs to Kafka itself, as `__consumer_offsets` does.
    public let isInternal: Bool
    /// In order of their numbers.
    public internal(set) var partitions: [PartitionMetadata]

    /// The partition of this number.
    public subscript(index: PartitionIndex) -> PartitionMetadata? {
        let place = Int(index.rawValue)
        if partitions.indices.contains(place), partitions[place].index == index { return partitions[place] }
        return partitions.first { $0.index == index }
    }
}

/// A partition, as Metadata tells of it.
public struct PartitionMetadata: Sendable, Hashable {
    /// The partition's number.
    public let index: PartitionIndex
    /// What is wrong with it; `none` where all is well.
    public let error: ErrorCode
    /// `BrokerID/none` while there is none.
    public internal(set) var leader: BrokerID
    /// `LeaderEpoch/none` from brokers before 2.1.
    public internal(set) var leaderEpoch: LeaderEpoch
    /// Who holds a copy, the preferred leader first.
    public let replicas: [BrokerID]
    /// Those of the replicas that keep up.
    public let inSyncReplicas: [BrokerID]
    /// Those of the replicas that are down.
    public let offlineReplicas: [BrokerID]
}
