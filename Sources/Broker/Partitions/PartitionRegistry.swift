import CommitLog
import Logging
import Records
import Synchronization

/// Every partition that this broker leads, by name and by topic id.
///
/// Changed only on the control loop, as metadata changes; looked up from any thread.
final class PartitionRegistry: Sendable {
    /// A topic's partition by the topic's id.
    struct IDKey: Hashable, Sendable {
        let topicID: TopicID
        let partition: PartitionIndex
    }

    private struct State {
        var byName: [TopicPartition: Partition] = [:]
        var byID: [IDKey: Partition] = [:]
    }

    private let state = Mutex(State())

    init() {}

    func partition(_ topicPartition: TopicPartition) -> Partition? {
        state.withLock { $0.byName[topicPartition] }
    }

    func partition(_ topicID: TopicID, _ partition: PartitionIndex) -> Partition? {
        state.withLock { $0.byID[IDKey(topicID: topicID, partition: partition)] }
    }

    var all: [Partition] { state.withLock { Array($0.byName.values) } }

    func insert(_ partition: Partition) {
        let key = IDKey(topicID: partition.topicID, partition: partition.topicPartition.partition)
        state.withLock {
            $0.byName[partition.topicPartition] = partition
            $0.byID[key] = partition
        }
    }

    /// Takes the partition out, unless another one has taken its name meanwhile.
    func remove(_ partition: Partition) {
        let key = IDKey(topicID: partition.topicID, partition: partition.topicPartition.partition)
        state.withLock {
            if $0.byName[partition.topicPartition] === partition { $0.byName[partition.topicPartition] = nil }
            $0.byID[key] = nil
        }
    }
}
