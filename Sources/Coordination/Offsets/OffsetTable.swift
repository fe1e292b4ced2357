import Records

/// The committed offsets of a shard's groups, and those that open transactions will commit.
///
/// Changed only by replaying records, live and on reload alike. Of a plain and a transactional commit of one partition
/// the one whose record came later wins, whenever the transaction ends.
///
/// Invariant: no group and no transaction is kept without offsets.
struct OffsetTable: Sendable, Hashable {
    private struct Entry: Sendable, Hashable {
        var committed: CommittedOffset
        /// Where the record lies.
        var recordOffset: Offset
    }

    private struct PendingKey: Sendable, Hashable {
        let group: GroupID
        let partition: TopicPartition
    }

    private var byGroup: [GroupID: [TopicPartition: Entry]] = [:]
    private var pending: [ProducerID: [PendingKey: Entry]] = [:]

    func offset(_ group: GroupID, _ partition: TopicPartition) -> CommittedOffset? {
        byGroup[group]?[partition]?.committed
    }

    /// All that a group has committed, by topic and partition.
    func offsets(of group: GroupID) -> [(partition: TopicPartition, committed: CommittedOffset)] {
        (byGroup[group] ?? [:]).map { ($0.key, $0.value.committed) }.sorted { $0.partition < $1.partition }
    }

    func hasOffsets(_ group: GroupID) -> Bool { byGroup[group] != nil }

    /// Whether an open transaction will commit, or not, an offset of this partition.
    func isUnstable(_ group: GroupID, _ partition: TopicPartition) -> Bool {
        guard !pending.isEmpty else { return false }
        let key = PendingKey(group: group, partition: partition)
        return pending.values.contains { $0[key] != nil }
    }

    /// Partitions of the group in open transactions, by topic and partition.
    func unstablePartitions(of group: GroupID) -> [TopicPartition] {
        Set(pending.values.flatMap { $0.keys.filter { $0.group == group }.map(\.partition) }).sorted()
    }

    /// Replays a commit; nil is a tombstone, which forgets pending commits too.
    mutating func replay(
        _ group: GroupID,
        _ partition: TopicPartition,
        _ committed: CommittedOffset?,
        at recordOffset: Offset,
        producerID: ProducerID?
    ) {
        let key = PendingKey(group: group, partition: partition)
        if let committed {
            let entry = Entry(committed: committed, recordOffset: recordOffset)
            if let producerID {
                pending[producerID, default: [:]][key] = entry
            } else {
                byGroup[group, default: [:]][partition] = entry
            }
        } else {
            byGroup[group]?[partition] = nil
            if byGroup[group]?.isEmpty == true { byGroup[group] = nil }
            for producerID in Array(pending.keys) {
                pending[producerID]?[key] = nil
                if pending[producerID]?.isEmpty == true { pending[producerID] = nil }
            }
        }
    }

    /// Replays the end of a producer's transaction.
    mutating func endTransaction(of producerID: ProducerID, commits: Bool) {
        guard let entries = pending.removeValue(forKey: producerID), commits else { return }
        for (key, entry) in entries {
            if let existing = byGroup[key.group]?[key.partition], existing.recordOffset >= entry.recordOffset {
                continue
            }
            byGroup[key.group, default: [:]][key.partition] = entry
        }
    }
}
