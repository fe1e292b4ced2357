import Records

/// Partitions, by the id of their topic. A set: order and repetition do not matter.
///
/// Invariant: no topic is kept without partitions.
public struct PartitionsByTopic: Sendable, Hashable {
    private(set) var topics: [TopicID: Set<PartitionIndex>] = [:]

    /// None.
    public init() {}

    /// Those of a list, such as a request's.
    public init(_ list: some Sequence<(topic: TopicID, partitions: [PartitionIndex])>) {
        for (topic, partitions) in list {
            for partition in partitions { insert(topic, partition) }
        }
    }

    /// In the order of topic ids and partitions, as they are written down.
    public var sorted: [(topic: TopicID, partitions: [PartitionIndex])] {
        topics.map { ($0.key, $0.value.sorted()) }.sorted { $0.0 < $1.0 }
    }

    /// Whether there are none.
    public var isEmpty: Bool { topics.isEmpty }

    /// How many partitions there are.
    public var count: Int { topics.values.reduce(0) { $0 + $1.count } }

    func contains(_ topic: TopicID, _ partition: PartitionIndex) -> Bool {
        topics[topic]?.contains(partition) == true
    }

    mutating func insert(_ topic: TopicID, _ partition: PartitionIndex) {
        topics[topic, default: []].insert(partition)
    }

    mutating func remove(_ topic: TopicID, _ partition: PartitionIndex) {
        topics[topic]?.remove(partition)
        if topics[topic]?.isEmpty == true { topics[topic] = nil }
    }

    func isSubset(of other: PartitionsByTopic) -> Bool {
        topics.allSatisfy { topic, partitions in other.topics[topic].map(partitions.isSubset(of:)) ?? false }
    }

    func intersects(_ other: PartitionsByTopic) -> Bool {
        topics.contains { topic, partitions in other.topics[topic].map { !partitions.isDisjoint(with: $0) } ?? false }
    }

    /// Those for which `isKept` says so.
    func filter(_ isKept: (TopicID, PartitionIndex) -> Bool) -> PartitionsByTopic {
        var kept = PartitionsByTopic()
        for (topic, partitions) in topics {
            let those = partitions.filter { isKept(topic, $0) }
            if !those.isEmpty { kept.topics[topic] = those }
        }
        return kept
    }

    func union(_ other: PartitionsByTopic) -> PartitionsByTopic {
        var all = self
        for (topic, partitions) in other.topics { all.topics[topic, default: []].formUnion(partitions) }
        return all
    }
}
