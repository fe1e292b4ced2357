import KafkaProtocol
import Records

/// Chooses the brokers of a partition, and judges choices that users made.
struct ReplicaPlacement {
    private let image: MetadataImage

    init(_ image: MetadataImage) { self.image = image }

    /// The replicas of one partition. Errors: INVALID_REPLICATION_FACTOR.
    func replicas(factor: Int16) throws(APIFailure) -> [BrokerID] {
        let registered = image.brokers.keys.sorted()
        guard registered.count >= Int(factor) else {
            throw APIFailure(
                .invalidReplicationFactor,
                "Unable to replicate the partition \(factor) time(s): The target replication factor of \(factor) "
                    + "cannot be reached because only \(registered.count) broker(s) are registered."
            )
        }
        return Array(registered.prefix(Int(factor)))
    }

    /// Errors: INVALID_REPLICA_ASSIGNMENT. `factor` is that of the topic's other partitions, nil where there is none.
    func check(_ replicas: [BrokerID], factor: Int?) throws(APIFailure) {
        func refuse(_ reason: String) -> APIFailure {
            APIFailure(.invalidReplicaAssignment, "The manual partition assignment includes \(reason)")
        }
        guard !replicas.isEmpty else { throw refuse("an empty replica list.") }
        for replica in replicas.sorted() where image.brokers[replica] == nil {
            throw refuse("broker \(replica), but no such broker is registered.")
        }
        let sorted = replicas.sorted()
        if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 })?.0 {
            throw refuse("the broker \(twice) more than once.")
        }
        if let factor, factor != replicas.count {
            throw refuse(
                "a partition with \(replicas.count) replica(s), but this is not consistent with previous "
                    + "partitions, which have \(factor) replica(s)."
            )
        }
    }
}

/// A new partition: every replica in sync, the first one its leader.
struct PartitionAssignment {
    let replicas: [BrokerID]
    let image: MetadataImage

    func record(_ topicID: TopicID, _ index: Int) -> PartitionRecord {
        PartitionRecord(
            partitionId: PartitionIndex(Int32(clamping: index)),
            topicId: topicID,
            replicas: replicas,
            isr: replicas,
            leader: replicas[0],
            leaderEpoch: 0,
            partitionEpoch: 0,
            directories: replicas.map { image.brokers[$0]?.logDirectories.first ?? .zero }
        )
    }
}
