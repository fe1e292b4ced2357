import KafkaProtocol
import Records

/// A wish for more partitions of a topic.
struct PartitionIncrease: Sendable {
    let topic: TopicName
    /// How many there shall be then, in all.
    let count: Int32
    /// The replicas of each new partition; nil to have them placed.
    let assignments: [[BrokerID]]?

    /// The records of the new partitions. Errors: ``APIFailure`` with Kafka's code and sentence.
    func plan(_ image: MetadataImage) throws(APIFailure) -> [AnyMetadataRecord] {
        guard let existing = image.topic(topic) else { throw APIFailure(.unknownTopicOrPartition) }
        let current = existing.partitions.count
        guard Int(count) != current else {
            throw APIFailure(.invalidPartitions, "Topic already has \(current) partition(s).")
        }
        guard Int(count) > current else {
            throw APIFailure(
                .invalidPartitions,
                "The topic \(topic) currently has \(current) partition(s); \(count) would not be an increase."
            )
        }
        let additional = Int(count) - current
        guard additional <= MetadataController.maxRecordsPerChange else { throw .excessiveChange }
        let factor = existing.partitions.first?.replicas.count ?? 1
        var records: [AnyMetadataRecord] = []
        for (offset, replicas) in try replicas(image, additional: additional, factor: factor).enumerated() {
            let assignment = PartitionAssignment(replicas: replicas, image: image)
            records.append(.partition(assignment.record(existing.id, current + offset)))
        }
        return records
    }

    private func replicas(_ image: MetadataImage, additional: Int, factor: Int) throws(APIFailure) -> [[BrokerID]] {
        guard let assignments else {
            return Array(
                repeating: try ReplicaPlacement(image).replicas(factor: Int16(clamping: factor)),
                count: additional
            )
        }
        guard assignments.count == additional else {
            throw APIFailure(
                .invalidReplicaAssignment,
                "Attempted to add \(additional) additional partition(s), but only \(assignments.count) "
                    + "assignment(s) were specified."
            )
        }
        for replicas in assignments { try ReplicaPlacement(image).check(replicas, factor: factor) }
        return assignments
    }
}
