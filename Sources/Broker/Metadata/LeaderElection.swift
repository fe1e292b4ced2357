import KafkaProtocol
import Records

/// Judges the election of one partition's leader.
struct LeaderElection {
    /// The raw values are those of ElectLeaders.
    enum Kind: Int8, Sendable {
        /// The first replica, where it is in sync.
        case preferred = 0
        /// Any replica that lives, where none in sync does: records may be lost.
        case unclean = 1
    }

    let kind: Kind
    let image: MetadataImage

    /// The record that makes the new leader. Errors: ELECTION_NOT_NEEDED and others, with Kafka's sentence.
    func plan(_ topic: TopicName, _ index: PartitionIndex) throws(APIFailure) -> AnyMetadataRecord {
        guard let found = image.topic(topic) else {
            throw APIFailure(.unknownTopicOrPartition, "No such topic as \(topic)")
        }
        guard let partition = image.partition(TopicPartition(topic, index)) else {
            throw APIFailure(.unknownTopicOrPartition, "No such partition as \(topic)-\(index)")
        }
        let isNeeded = kind == .preferred ? partition.leader != partition.replicas.first : partition.leader == .none
        guard isNeeded else {
            throw APIFailure(.electionNotNeeded, "Leader election not needed for topic partition.")
        }
        let candidates =
            kind == .preferred
            ? partition.replicas.prefix(1).filter { partition.isr.contains($0) }
            : partition.replicas.filter { partition.isr.contains($0) } + partition.replicas
        guard let leader = candidates.first(where: isAlive) else {
            throw kind == .preferred
                ? APIFailure(.preferredLeaderNotAvailable, "The preferred leader was not available.")
                : APIFailure(.eligibleLeadersNotAvailable, "Eligible topic partition leaders are not available.")
        }
        let isClean = partition.isr.contains(leader)
        return .partitionChange(
            PartitionChangeRecord(
                partitionId: index,
                topicId: found.id,
                isr: isClean ? nil : [leader],
                leader: leader
            )
        )
    }

    private func isAlive(_ id: BrokerID) -> Bool { image.brokers[id]?.isFenced == false }
}
