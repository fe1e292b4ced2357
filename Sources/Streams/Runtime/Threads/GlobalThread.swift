import KafkaClient
import KafkaProtocol
import Logging
import Records
import Synchronization

/// Loads the global stores whole, then follows their topics: a thread of its own, one an instance.
///
/// The offsets that the stores stand for are written to the checkpoint at a clean end only, and taken away at the start:
/// after a crash the stores are loaded anew, because nothing says how much of them reached the disk.
final class GlobalThread {
    private let context: InstanceContext
    private let stores: GlobalStores
    private let control: ThreadControl
    private let client: KafkaClient
    private let consumer: Consumer
    private let task: GlobalTask
    private let checkpoint: OffsetCheckpoint?
    private var lastCommit: Timestamp

    /// Opens the stores. Nil when the topology has none.
    init?(_ context: InstanceContext, _ stores: GlobalStores, _ control: ThreadControl) throws {
        self.context = context
        self.stores = stores
        self.control = control
        let directory = try context.stateDirectory.globalDirectory()
        var configuration = context.configuration.taskConfiguration
        configuration.maxTaskIdle = nil
        let environment = TaskEnvironment(
            configuration: configuration,
            collector: NoOutput(),
            taskDirectory: directory,
            cacheBudget: CacheBudget(maxBytes: 0),
            now: context.now()
        )
        guard let task = try GlobalTask(topology: context.topology, environment: environment) else { return nil }
        self.task = task
        checkpoint = context.stateDirectory.isNeeded ? try context.stateDirectory.globalCheckpoint() : nil
        client = try context.client(.global, prefix: context.clientID)
        consumer = try Consumer(client, context.configuration.consumer(.global))
        lastCommit = context.now()
        stores.open(task)
    }

    /// Loads everything that is in the topics now. Errors: a topic that does not exist.
    func load() throws {
        let partitions = try findPartitions()
        let begins = try consumer.beginningOffsetsBlocking(partitions)
        let ends = try consumer.endOffsetsBlocking(partitions)
        try consumer.assign(partitions)
        for (partition, offset) in try startOffsets(begins, ends) { try consumer.seek(partition, to: offset) }
        control.setWakeup { [consumer] in consumer.wakeup() }
        var open = partitions
        while !open.isEmpty, !control.isStopping {
            for partition in open {
                let position = try consumer.positionBlocking(of: partition)
                if position >= ends[partition] ?? .zero { open.remove(partition) }
            }
            if !open.isEmpty { try update(timeout: context.configuration.pollTimeout) }
        }
        try commit()
        context.logger.info("global stores are loaded", metadata: ["topics": "\(task.topics)"])
    }

    /// Follows the topics until the thread is stopped.
    func follow() throws {
        while !control.isStopping {
            do {
                try update(timeout: context.configuration.pollTimeout)
            } catch let error as KafkaError where error.isRetriable {
                context.logger.warning("global stores: \(error)")
            }
            let now = context.now()
            if now - lastCommit >= context.configuration.commitInterval { try commit() }
        }
    }

    /// Ends the thread's part; `isClean` leaves a checkpoint from which the next start goes on.
    func close(isClean: Bool) {
        do {
            if isClean { try commit() }
            try stores.withLock { try task.close() }
            if isClean { try checkpoint?.write(task.offsets) }
            try consumer.closeBlocking()
        } catch {
            context.logger.warning("global stores were not closed cleanly: \(error)")
        }
        do {
            try AsyncCall.wait { [client] in await client.close() }
        } catch {
            context.logger.warning("the client of global stores was not closed: \(error)")
        }
    }

    private func update(timeout: Duration) throws {
        for fetched in try consumer.pollBlocking(timeout: timeout) {
            try stores.withLock {
                for batch in fetched.batches { try task.update(batch, of: fetched.topicPartition) }
            }
        }
        var counts = ThreadControl.Counts()
        counts.droppedRecords = task.droppedRecords
        if counts != control.counts { control.publish(counts) }
    }

    private func commit() throws {
        try stores.withLock { try task.commit() }
        lastCommit = context.now()
    }

    private func findPartitions() throws -> Set<TopicPartition> {
        let (topics, admin) = (task.topics, context.internalTopics.admin)
        let found = try AsyncCall.wait { try await admin.describeTopics(topics) }
        var partitions: Set<TopicPartition> = []
        var missing: [TopicName] = []
        for topic in topics {
            guard case .success(let metadata) = found[topic] else {
                missing.append(topic)
                continue
            }
            for partition in metadata.partitions { partitions.insert(TopicPartition(topic, partition.index)) }
        }
        guard missing.isEmpty else { throw MissingSourceTopicException(topics: missing.sorted()) }
        return partitions
    }

    /// The checkpoint's offsets where it has all of them and they are in the topics; else the beginnings, with empty stores.
    private func startOffsets(
        _ begins: [TopicPartition: Offset],
        _ ends: [TopicPartition: Offset]
    ) throws -> [TopicPartition: Offset] {
        let known = try checkpoint?.read() ?? [:]
        try checkpoint?.delete()
        let isUsable = begins.allSatisfy { partition, begin in
            guard let offset = known[partition], let end = ends[partition] else { return false }
            return offset >= begin && offset <= end
        }
        if isUsable, task.stores.values.allSatisfy(\.isPersistent) { return known.filter { begins[$0.key] != nil } }
        try stores.withLock {
            for store in task.stores.values { try store.wipe() }
        }
        return begins
    }
}

/// Global stores send nothing.
private final class NoOutput: RecordCollector {
    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws {
        throw StreamsException("A global store's processor cannot send records, and sent one to \(topic)")
    }

    func partitionCount(of topic: TopicName) -> Int32 { 0 }
}

extension Timestamp {
    /// The time that has passed since `start`.
    static func - (end: Timestamp, start: Timestamp) -> Duration { .milliseconds(end.rawValue - start.rawValue) }
}
