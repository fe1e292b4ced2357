import Records

/// One sub-topology at work on one partition of its topics: records and time in, output records and commit points out.
///
/// It does no I/O of its own, starts no thread and reads no clock: the stream thread, the test driver and a simulator are
/// shells around it. One thread uses it at a time. A shell adds records, calls ``process(now:)`` while it returns true,
/// punctuates, and commits:
///
/// 1. ``prepareCommit()`` flushes the stores, which may still send records, and tells the offsets to commit;
/// 2. the shell makes all sent records durable and commits the offsets;
/// 3. ``finishCommit(changelogOffsets:)`` makes the stores' changes their committed content.
public final class StreamTask {
    /// The task's name.
    public let id: TaskID
    /// The partitions that it reads.
    public let inputPartitions: [TopicPartition]
    /// Its stores by name, for restoring and for queries.
    public var stores: [String: any StateStore] { taskStores.own }

    let context: ProcessingContext
    let taskStores: TaskStores
    @exclusivity(unchecked) private var group: PartitionGroup
    private let idle: IdlePolicy
    @exclusivity(unchecked) private var isCommitNeeded = false

    /// Puts the operators together and opens the stores.
    ///
    /// A nil `subTopology` takes all parts of the topology that have tasks into one, as the test driver does.
    public init(
        topology: Topology,
        subTopology: SubTopology?,
        partition: PartitionIndex,
        environment: TaskEnvironment
    ) throws {
        let graph = topology.graph
        id = TaskID(subTopology: subTopology?.id ?? 0, partition: partition)
        let parts = subTopology.map { [$0] } ?? topology.subTopologies.filter { !$0.isGlobal }
        let names = parts.flatMap(\.storeNames)
        let configuration = environment.configuration
        context = ProcessingContext(
            taskID: id,
            configuration: configuration,
            collector: environment.collector,
            taskDirectory: environment.taskDirectory,
            cacheBudget: environment.cacheBudget,
            changelogs: graph.changelogs(
                of: names,
                applicationID: configuration.applicationID,
                partition: partition
            )
        )
        context.wallClock = environment.now
        context.onDrop = environment.onDrop
        taskStores = try TaskStores(graph: graph, names: names, global: environment.globalStores, context: context)
        let assembly = TaskAssembly(graph: graph, context: context, stores: taskStores)
        let nodes = parts.flatMap(\.nodes)
        let queues = try StreamTask.queues(
            of: nodes,
            in: assembly,
            partition: partition,
            patternTopics: environment.patternTopics
        )
        inputPartitions = queues.map(\.topicPartition)
        group = PartitionGroup(queues)
        idle = IdlePolicy(maxIdle: configuration.maxTaskIdle)
    }

    private static func queues(
        of nodes: [NodeID],
        in assembly: TaskAssembly,
        partition: PartitionIndex,
        patternTopics: [TopicName]
    ) throws -> [PartitionQueue] {
        let applicationID = assembly.context.configuration.applicationID
        var queues: [PartitionQueue] = []
        for id in nodes {
            guard case .source(let source) = assembly.graph[id].kind else { continue }
            let entry = try source.make(assembly)
            let topics =
                switch source.topics {
                case .topics(let topics): topics.map { $0.name(applicationID: applicationID) }
                case .pattern(let pattern): patternTopics.filter { pattern.matches($0) }
                }
            for topic in topics {
                queues.append(
                    PartitionQueue(
                        topicPartition: TopicPartition(topic, partition),
                        source: entry,
                        scope: assembly.scope(of: id),
                        context: assembly.context
                    )
                )
            }
        }
        return queues
    }

    // MARK: Records

    /// Adds fetched batches of one partition, whole: records below `position` are passed over.
    public func add(_ batches: [RecordBatch], to partition: TopicPartition, from position: Offset = .zero) throws {
        try group.add(batches, to: partition, from: position)
    }

    /// Whether any record waits.
    public var hasRecords: Bool { group.hasRecords }

    /// How many records of a partition wait, for back pressure.
    public func bufferedRecords(of partition: TopicPartition) -> Int { group.queues[partition]?.count ?? 0 }

    /// Whether a record may be processed, or the task would rather wait for records of another partition.
    public func isReady(now: Timestamp) -> Bool { idle.isReady(group, now: now) }

    /// Tells how many records of a partition are on the broker beyond those that were fetched, as of the last fetch.
    public func update(lag: Int64, of partition: TopicPartition) { group.queues[partition]?.lag = lag }

    /// Processes the record with the lowest timestamp.
    ///
    /// - Returns: False when there is none, or the task waits for another partition.
    /// Errors: ``StreamsException``, after which the task can only be closed.
    public func process(now: Timestamp) throws -> Bool { try process(atMost: 1, now: now) > 0 }

    /// Processes at most `limit` records, those with the lowest timestamps first; how many it were.
    ///
    /// Errors: ``StreamsException``, after which the task can only be closed.
    public func process(atMost limit: Int, now: Timestamp) throws -> Int {
        var count = 0
        while count < limit, idle.isReady(group, now: now), let queue = group.takeFirst() {
            context.wallClock = now
            isCommitNeeded = true
            let source = queue.source.process
            // A queue that alone has records stays the first, and the others stay as ready as they are.
            repeat {
                begin(queue)
                let timestamp = queue.head.timestamp
                try source(queue.head.key, queue.head.value, timestamp)
                queue.partitionTime = max(queue.partitionTime, timestamp)
                try queue.removeHead()
                count += 1
            } while count < limit && !queue.isEmpty && group.isAlone(queue)
            group.putBack(queue)
        }
        return count
    }

    private func begin(_ queue: PartitionQueue) {
        context.recordContext.timestamp = queue.head.timestamp
        context.recordContext.offset = queue.head.offset
        if currentQueue !== queue {
            currentQueue = queue
            context.recordContext.topic = queue.topicPartition.topic
            context.recordContext.partition = queue.topicPartition.partition
        }
        if hadHeaders || !queue.head.headers.isEmpty {
            context.recordContext.headers = queue.head.headers
            hadHeaders = !queue.head.headers.isEmpty
        }
    }

    @exclusivity(unchecked) private var currentQueue: PartitionQueue?
    @exclusivity(unchecked) private var hadHeaders = false

    // MARK: Time

    /// The highest timestamp processed; -1 before the first record.
    public var streamTime: Timestamp { context.streamTime }

    /// Runs the punctuations that the records' time has made due; whether there were any.
    @discardableResult
    public func punctuateStreamTime() throws -> Bool {
        guard context.streamTime.rawValue >= 0 else { return false }
        return try punctuate(.streamTime, at: context.streamTime)
    }

    /// Runs the punctuations that the clock has made due; whether there were any.
    @discardableResult
    public func punctuateWallClock(now: Timestamp) throws -> Bool {
        context.wallClock = now
        return try punctuate(.wallClockTime, at: now)
    }

    private func punctuate(_ type: PunctuationType, at time: Timestamp) throws -> Bool {
        var hasRun = false
        while let (punctuation, due) = context.punctuations.removeDue(type, at: time.rawValue) {
            hasRun = true
            context.recordContext = ProcessorRecordContext(timestamp: time)
            currentQueue = nil
            hadHeaders = false
            do {
                try punctuation.action(time)
            } catch {
                try punctuation.scope.failed(error)
            }
            if punctuation.isCancelled { continue }
            let next = PunctuationQueues.next(after: due, interval: punctuation.intervalMs, at: time.rawValue)
            context.punctuations.schedule(punctuation, at: next, type)
        }
        if hasRun { isCommitNeeded = true }
        return hasRun
    }

    // MARK: Commit

    /// Whether anything happened since the last commit, or a processor asked for one.
    public var needsCommit: Bool { isCommitNeeded || context.isCommitRequested }

    /// Whether a commit should come soon: a processor asked for it, or the stores hold too much.
    public var wantsCommit: Bool { context.isCommitRequested || context.cacheBudget.wantsCommit }

    /// Flushes the stores, and tells the offsets to commit: for each partition the next record to read.
    public func prepareCommit() throws -> [TopicPartition: CommittedOffset] {
        for store in taskStores.inOrder { try store.flush() }
        var offsets: [TopicPartition: CommittedOffset] = [:]
        for (partition, queue) in group.queues {
            guard let consumed = queue.consumed else { continue }
            // What waits next in the queue is where reading goes on: records between may be control records.
            let next = queue.isEmpty ? consumed : queue.head.offset
            let metadata = CommittedMetadata(
                partitionTime: queue.partitionTime,
                processorMetadata: context.processorMetadata
            )
            offsets[partition] = CommittedOffset(offset: next, metadata: metadata)
        }
        return offsets
    }

    /// Makes the stores' changes their committed content, once everything they logged is durable.
    ///
    /// - Parameter changelogOffsets: For each logged store, the offset after its last changelog record.
    public func finishCommit(changelogOffsets: [String: Offset] = [:]) throws {
        for store in taskStores.inOrder { try store.commit(changelogOffsets[store.name]) }
        isCommitNeeded = false
        context.isCommitRequested = false
    }

    /// Continues the times that the last commit has written down.
    public func resume(_ partition: TopicPartition, from metadata: CommittedMetadata) {
        group.queues[partition]?.partitionTime = metadata.partitionTime
        context.streamTime = max(context.streamTime, metadata.partitionTime)
        context.processorMetadata.merge(metadata.processorMetadata) { max($0, $1) }
    }

    // MARK: Watching and ending

    /// The records that were dropped, by operator and reason.
    public var droppedRecords: [DroppedRecords] { context.drops.all }

    /// The next time of the wall clock at which a punctuation is due; nil when none is scheduled.
    public var nextWallClockPunctuation: Timestamp? { context.punctuations.nextWallClock.map { Timestamp($0) } }

    /// Forgets the records that wait, for a task that starts again from its last commit.
    public func clearRecords() { group.clear() }

    /// Closes processors and stores. What was not committed is lost.
    public func close() throws {
        for closer in context.closers { try closer() }
        context.closers = []
        for store in taskStores.inOrder { try store.close() }
    }
}

/// An offset to commit, and what goes beside it.
public struct CommittedOffset: Hashable, Sendable {
    /// The next record to read.
    public let offset: Offset
    /// What goes beside it: times that the task goes on from.
    public let metadata: CommittedMetadata
}
