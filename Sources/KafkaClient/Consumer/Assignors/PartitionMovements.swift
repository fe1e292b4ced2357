import Records

/// Which partitions have moved between which members, so that two members do not exchange partitions of one topic:
/// instead of a second movement the first one is taken back.
struct PartitionMovements {
    private struct Pair: Hashable {
        let from: MemberID
        let to: MemberID
    }

    private struct Moved {
        /// In the order of their movements.
        var partitions: [TopicPartition] = []
        var mostEver = 0
    }

    private var byTopic: [TopicName: [Pair: Moved]] = [:]
    private var pairs: [TopicPartition: Pair] = [:]

    /// The partition went from one member to another.
    mutating func moved(_ partition: TopicPartition, from giver: MemberID, to taker: MemberID) {
        guard let before = remove(partition) else {
            add(partition, Pair(from: giver, to: taker))
            return
        }
        if before.from != taker { add(partition, Pair(from: before.from, to: taker)) }
    }

    /// The partition to move in place of `partition`, so that an earlier movement of the other direction is undone.
    func partitionToMove(_ partition: TopicPartition, from giver: MemberID, to taker: MemberID) -> TopicPartition {
        guard let ofTopic = byTopic[partition.topic] else { return partition }
        let origin = pairs[partition]?.from ?? giver
        guard let reverse = ofTopic[Pair(from: taker, to: origin)] else { return partition }
        return HashOrder.first(reverse.partitions, mostEver: reverse.mostEver) ?? partition
    }

    private mutating func add(_ partition: TopicPartition, _ pair: Pair) {
        pairs[partition] = pair
        var moved = byTopic[partition.topic, default: [:]][pair] ?? Moved()
        moved.partitions.append(partition)
        moved.mostEver = max(moved.mostEver, moved.partitions.count)
        byTopic[partition.topic, default: [:]][pair] = moved
    }

    private mutating func remove(_ partition: TopicPartition) -> Pair? {
        guard let pair = pairs.removeValue(forKey: partition) else { return nil }
        byTopic[partition.topic]?[pair]?.partitions.removeAll { $0 == partition }
        if byTopic[partition.topic]?[pair]?.partitions.isEmpty ?? false { byTopic[partition.topic]?[pair] = nil }
        if byTopic[partition.topic]?.isEmpty ?? false { byTopic[partition.topic] = nil }
        return pair
    }
}
