import KafkaProtocol
import Records

/// A wish to move a partition to other brokers, or to cancel such a move.
struct PartitionReassignment: Sendable {
    let topic: TopicName
    let partition: PartitionIndex
    /// Nil cancels.
    let replicas: [BrokerID]?

    /// The records that make the change; an assignment that stays as it is makes none.
    ///
    /// Errors: ``APIFailure`` with Kafka's code and sentence. Records are not copied between brokers: only the order of
    /// the replicas can change.
    func plan(_ image: MetadataImage) throws(APIFailure) -> [AnyMetadataRecord] {
        guard let found = image.topic(topic) else {
            throw APIFailure(.unknownTopicOrPartition, "Unable to find a topic named \(topic).")
        }
        guard let current = image.partition(TopicPartition(topic, partition)) else {
            throw APIFailure(.unknownTopicOrPartition, "Unable to find partition \(topic):\(partition).")
        }
        guard let replicas else {
            guard current.isReassigning else {
                throw APIFailure(.noReassignmentInProgress, "No partition reassignment is in progress.")
            }
            let kept = current.replicas.filter { !current.addingReplicas.contains($0) }
            return [change(found.id, kept, isr: current.isr.filter(kept.contains))]
        }
        try ReplicaPlacement(image).check(replicas, factor: nil)
        guard Set(replicas) == Set(current.replicas) else {
            throw APIFailure(
                .invalidReplicaAssignment,
                "This broker does not copy partitions to others: the replicas must stay \(current.replicas)"
            )
        }
        return replicas == current.replicas ? [] : [change(found.id, replicas, isr: nil)]
    }

    private func change(_ id: TopicID, _ replicas: [BrokerID], isr: [BrokerID]?) -> AnyMetadataRecord {
        .partitionChange(
            PartitionChangeRecord(
                partitionId: partition,
                topicId: id,
                isr: isr,
                replicas: replicas,
                removingReplicas: [],
                addingReplicas: []
            )
        )
    }
}

extension MetadataImage.Partition {
    /// Whether it is on its way to other brokers.
    var isReassigning: Bool { !addingReplicas.isEmpty || !removingReplicas.isEmpty }
}
