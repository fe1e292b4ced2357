import KafkaProtocol
import Records

/// What the client knows of the cluster: an immutable snapshot.
public struct ClusterMetadata: Sendable, Hashable {
    /// The cluster's id; nil before the first answer.
    public internal(set) var clusterID: String?
    /// The broker that controller requests go to; with KRaft any broker forwards them.
    public internal(set) var controllerID = BrokerID.none
    public internal(set) var brokers: [BrokerID: BrokerNode] = [:]
    public internal(set) var topics: [TopicName: TopicMetadata] = [:]

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
    public let name: TopicName
    /// ``TopicID/none`` from brokers before 2.8.
    public let id: TopicID
    public let error: ErrorCode
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
    public let index: PartitionIndex
    public let error: ErrorCode
    /// ``BrokerID/none`` while there is none.
    public internal(set) var leader: BrokerID
    /// ``LeaderEpoch/none`` from brokers before 2.1.
    public internal(set) var leaderEpoch: LeaderEpoch
    public let replicas: [BrokerID]
    public let inSyncReplicas: [BrokerID]
    public let offlineReplicas: [BrokerID]
}
