import KafkaClient
import KafkaProtocol
import Logging
import Records

/// Brings the stores of tasks up to the end of their changelogs, a poll at a time.
///
/// Used by the stream thread only.
final class StoreRestorer {
    private struct Restore {
        let changelog: ActiveTask.Changelog
        let task: ActiveTask
        /// Where reading begins, and the end as it was then.
        var position: Offset
        let end: Offset
        var recordCount: Int64 = 0
    }

    private struct Request {
        let task: ActiveTask
        /// What the group has committed of the task's partitions: a source topic counts up to there only.
        let committed: [TopicPartition: Offset]
    }

    private let consumer: Consumer
    private let logger: Logger
    private var requests: [Request] = []
    private var restores: [TopicPartition: Restore] = [:]
    private var reported: Int64 = 0
    /// Records restored since the thread's start.
    private(set) var recordCount: Int64 = 0

    /// Progress is logged after so many records.
    private static let reportInterval: Int64 = 1_000_000

    init(_ consumer: Consumer, logger: Logger) {
        self.consumer = consumer
        self.logger = logger
    }

    var isActive: Bool { !requests.isEmpty || !restores.isEmpty }

    /// Begins with the stores of a task.
    func add(_ task: ActiveTask, committed: [TopicPartition: Offset]) {
        requests.append(Request(task: task, committed: committed))
    }

    /// Gives a task up that is not restored yet.
    func remove(_ task: ActiveTask) throws {
        requests.removeAll { $0.task === task }
        let gone = restores.filter { $0.value.task === task }.keys
        guard !gone.isEmpty else { return }
        for partition in gone { restores[partition] = nil }
        try consumer.assign(Set(restores.keys))
    }

    /// Restores what has arrived, waiting up to `timeout`; returns the tasks that are complete with it.
    func step(timeout: Duration) throws -> [ActiveTask] {
        var complete = try begin()
        guard !restores.isEmpty else { return complete }
        for fetched in try consumer.pollBlocking(timeout: timeout) { try apply(fetched) }
        let done = restores.filter { $0.value.position >= $0.value.end }
        guard !done.isEmpty else { return complete }
        for (partition, restore) in done {
            try finish(restore)
            restores[partition] = nil
        }
        try consumer.assign(Set(restores.keys))
        for restore in done.values {
            let isOpen = restores.values.contains { $0.task === restore.task }
            if !isOpen, !complete.contains(where: { $0 === restore.task }) { complete.append(restore.task) }
        }
        return complete
    }

    /// Finds out where the changelogs of new tasks begin and end; returns the tasks that have nothing to restore.
    private func begin() throws -> [ActiveTask] {
        guard !requests.isEmpty else { return [] }
        let partitions = Set(requests.flatMap { $0.task.changelogs.map(\.partition) })
        let begins = partitions.isEmpty ? [:] : try consumer.beginningOffsetsBlocking(partitions)
        let ends = partitions.isEmpty ? [:] : try consumer.endOffsetsBlocking(partitions)
        var complete: [ActiveTask] = []
        for request in requests {
            var isComplete = true
            for changelog in request.task.changelogs {
                let begin = begins[changelog.partition] ?? .zero
                var end = ends[changelog.partition] ?? .zero
                if changelog.isSourceTopic { end = min(end, request.committed[changelog.partition] ?? begin) }
                let restore = try start(changelog, of: request.task, from: begin, to: end)
                if restore.position < restore.end {
                    restores[changelog.partition] = restore
                    isComplete = false
                } else {
                    try finish(restore)
                }
            }
            if isComplete { complete.append(request.task) }
        }
        requests = []
        try consumer.assign(Set(restores.keys))
        for (partition, restore) in restores { try consumer.seek(partition, to: restore.position) }
        return complete
    }

    /// A store whose offset is not within the changelog begins anew.
    private func start(
        _ changelog: ActiveTask.Changelog,
        of task: ActiveTask,
        from begin: Offset,
        to end: Offset
    ) throws -> Restore {
        let store = changelog.store
        var position = begin
        if let committed = store.committedOffset {
            if committed >= begin, committed <= end {
                position = committed
            } else {
                logger.warning(
                    "store \(store.name) of task \(task.id) is at \(committed), and \(changelog.partition) has \(begin) to \(end): it is restored from the start"
                )
                try store.wipe()
            }
        }
        return Restore(changelog: changelog, task: task, position: position, end: max(end, position))
    }

    private func apply(_ fetched: FetchedPartition) throws {
        guard var restore = restores[fetched.topicPartition] else { return }
        let store = restore.changelog.store
        let (from, end) = (restore.position, restore.end)
        var count: Int64 = 0
        for batch in fetched.batches {
            try batch.forEachRecord { record in
                guard record.offset >= from, record.offset < end, let key = record.keyBytes else { return }
                try store.restore(
                    key: key,
                    value: record.valueBytes,
                    timestamp: record.timestamp,
                    offset: record.offset
                )
                count += 1
            }
        }
        restore.position = max(restore.position, fetched.positionAfter)
        restore.recordCount += count
        recordCount += count
        restores[fetched.topicPartition] = restore
        report()
    }

    private func report() {
        guard recordCount - reported >= StoreRestorer.reportInterval else { return }
        reported = recordCount
        let left = restores.values.reduce(Int64(0)) { $0 + max(0, $1.end - $1.position) }
        logger.info("\(recordCount) records restored, about \(left) to go in \(restores.count) changelogs")
    }

    private func finish(_ restore: Restore) throws {
        let store = restore.changelog.store
        try store.finishRestore(restore.end)
        restore.task.restored(store, to: restore.end)
        if restore.recordCount > 0 {
            logger.info("store \(store.name) of task \(restore.task.id) is restored: \(restore.recordCount) records")
        }
    }
}
