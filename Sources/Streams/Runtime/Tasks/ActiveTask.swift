import KafkaClient
import Records

/// A task that a thread runs: the stream task, the changelogs of its stores, and how far it has come with them.
///
/// Invariant: `changelogPositions` has every store with a changelog once the task has been restored.
final class ActiveTask {
    enum Phase: Hashable {
        /// Its stores are being restored; its partitions are paused.
        case restoring
        case running
        /// Its partitions were taken away, and it may get them back.
        case suspended
    }

    /// A store and the partition that it is restored from.
    struct Changelog {
        let store: any StateStore
        let partition: TopicPartition
        let isSourceTopic: Bool
    }

    let id: TaskID
    let partitions: Set<TopicPartition>
    let task: StreamTask
    let changelogs: [Changelog]
    var phase = Phase.restoring
    /// The offset that each store's content stands for, by store.
    private(set) var changelogPositions: [String: Offset] = [:]
    private var pending: [TopicPartition: CommittedOffset] = [:]
    private var checkpointed: [TopicPartition: Offset] = [:]
    private let checkpoint: OffsetCheckpoint?

    /// So many records later a checkpoint is written anew, between start and end of a task.
    private static let checkpointInterval: Int64 = 10_000

    init(
        _ task: StreamTask,
        partitions: Set<TopicPartition>,
        changelogTopics: [ChangelogTopic],
        checkpoint: OffsetCheckpoint?
    ) {
        id = task.id
        self.task = task
        self.partitions = partitions
        self.checkpoint = checkpoint
        let stores = task.stores
        changelogs = changelogTopics.compactMap { topic in
            guard let store = stores[topic.storeName] else { return nil }
            return Changelog(
                store: store,
                partition: TopicPartition(topic.topic, task.id.partition),
                isSourceTopic: topic.isSourceTopic
            )
        }
    }

    /// A store has come to `offset` of its changelog, and stands for that.
    func restored(_ store: any StateStore, to offset: Offset) { changelogPositions[store.name] = offset }

    /// Flushes the stores and tells what to commit.
    func prepareCommit() throws -> [TopicPartition: OffsetAndMetadata] {
        pending = try task.prepareCommit().filter { partitions.contains($0.key) }
        return pending.mapValues { OffsetAndMetadata($0.offset, metadata: $0.metadata.encoded()) }
    }

    /// What was prepared is committed, and everything sent is on the broker.
    func finishCommit(_ collector: ProducerCollector) throws {
        for changelog in changelogs {
            let reached =
                changelog.isSourceTopic
                ? pending[changelog.partition]?.offset : collector.position(of: changelog.partition)
            if let reached { changelogPositions[changelog.store.name] = reached }
        }
        try task.finishCommit(changelogOffsets: changelogPositions)
        try writeCheckpoint(isFinal: false)
    }

    /// Ends the task after a commit.
    func closeClean() throws {
        try writeCheckpoint(isFinal: true)
        try task.close()
    }

    /// Ends the task without one: its stores keep what the last commit gave them.
    func closeDirty() throws { try task.close() }

    /// How far the task's state has come, for the group's leader.
    var offsetSum: Int64 { changelogPositions.values.reduce(0) { $0 &+ $1.rawValue } }

    private func writeCheckpoint(isFinal: Bool) throws {
        guard let checkpoint else { return }
        var offsets: [TopicPartition: Offset] = [:]
        for changelog in changelogs where changelog.store.isPersistent {
            offsets[changelog.partition] = changelogPositions[changelog.store.name] ?? OffsetCheckpoint.unknownOffset
        }
        let moved = offsets.contains { partition, offset in
            offset - (checkpointed[partition] ?? .zero) > ActiveTask.checkpointInterval
        }
        guard isFinal ? offsets != checkpointed : moved else { return }
        try checkpoint.write(offsets)
        checkpointed = offsets
    }
}
