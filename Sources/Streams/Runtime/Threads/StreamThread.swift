import KafkaClient
import KafkaProtocol
import Logging
import Records

/// A stream thread: polls, adds what came to its tasks, processes in rounds, commits when it is time.
///
/// Everything here runs on one thread, the callbacks of rebalances within its polls included. Nothing awaits.
///
/// Under the eager protocol a rebalance takes all partitions away first: tasks are committed and *suspended*. The
/// assignment then says which of them go on, which are closed, and which are new; new ones are restored while their
/// partitions are paused.
final class StreamThread {
    let context: InstanceContext
    let control: ThreadControl
    let logger: Logger
    let clients: [KafkaClient]
    let consumer: Consumer
    let collector: ProducerCollector
    let restoreConsumer: Consumer
    let restorer: StoreRestorer
    let assignor: StreamsAssignor
    let cacheBudget: CacheBudget
    /// Told of every change of state and counts.
    let onChange: @Sendable () -> Void

    var tasks: [TaskID: ActiveTask] = [:]
    /// The task of each partition that is assigned.
    var owners: [TopicPartition: ActiveTask] = [:]
    /// An assignment whose tasks are not all there yet.
    var pendingAssignment: [TaskID: Set<TopicPartition>]?
    /// What a callback met, to be thrown after the poll.
    var callbackError: (any Error)?
    /// Partitions that are paused because too much of them waits.
    var fullPartitions: Set<TopicPartition> = []
    var counts = ThreadControl.Counts()
    var closedDrops: [DroppedRecords] = []
    var lastCommit: Timestamp
    private var lastCleanup: Timestamp

    init(
        _ context: InstanceContext,
        _ control: ThreadControl,
        onChange: @escaping @Sendable () -> Void
    ) throws {
        self.context = context
        self.control = control
        self.onChange = onChange
        var logger = context.logger
        logger[metadataKey: "thread"] = "\(control.name)"
        self.logger = logger
        let configuration = context.configuration
        let main = try context.client(.main, prefix: control.name)
        let sending = try context.client(.producer, prefix: control.name)
        let restoring = try context.client(.restore, prefix: control.name)
        clients = [main, sending, restoring]
        assignor = StreamsAssignor(
            topology: context.topology,
            applicationID: configuration.applicationID,
            internalTopics: context.internalTopics,
            processID: context.processID,
            logger: logger
        )
        consumer = try Consumer(main, configuration.consumer(.main), assignors: [assignor])
        collector = try ProducerCollector(
            sending,
            configuration.producer(),
            handler: configuration.productionExceptionHandler,
            senders: SenderNames(context.topology, applicationID: configuration.applicationID)
        )
        restoreConsumer = try Consumer(restoring, configuration.consumer(.restore))
        restorer = StoreRestorer(restoreConsumer, logger: logger)
        cacheBudget = CacheBudget(maxBytes: configuration.cacheMaxBytes / max(configuration.threadCount, 1))
        lastCommit = context.now()
        lastCleanup = lastCommit
    }

    // MARK: Life

    /// Runs until it is stopped. Errors: what ended it otherwise. It has to be closed either way.
    func run() throws {
        control.setWakeup { [consumer] in consumer.wakeup() }
        try subscribe()
        setState(.rebalancing)
        while !control.isStopping { try runOnce() }
    }

    /// Has the group's leader tell all instances to end; returns when this one has heard of it as well.
    func askAllToEnd() {
        loseTasks()
        assignor.requestShutdown()
        consumer.enforceRebalance(reason: "the application is to end")
        let start = context.now()
        while !control.isStopping, context.now() - start < StreamThread.longestFarewell {
            do {
                _ = try consumer.pollBlocking(timeout: context.configuration.pollTimeout)
            } catch {
                logger.warning("while asking all instances to end: \(error)")
            }
            if callbackError is ShutdownRequestedException { return }
        }
    }

    /// How long a rebalance may take that ends the application.
    private static let longestFarewell = Duration.seconds(60)

    private func subscribe() throws {
        let listener = Listener(self)
        let applicationID = context.configuration.applicationID
        let parts = context.topology.subTopologies.filter { !$0.isGlobal }
        let topics = Set(parts.flatMap { $0.sourceTopics(applicationID: applicationID) })
        let patterns = parts.flatMap(\.patterns)
        guard !patterns.isEmpty else { return try consumer.subscribe(topics, listener: listener) }
        let names = patterns.map(\.description).joined(separator: "|")
        try consumer.subscribe(
            .init(names) { name in topics.contains(name) || patterns.contains { $0.matches(name) } },
            listener: listener
        )
    }

    private func runOnce() throws {
        do {
            let fetched = try consumer.pollBlocking(timeout: pollTimeout)
            if let error = callbackError {
                callbackError = nil
                throw error
            }
            try takeOver()
            try add(fetched)
            try restore()
            try process()
            publish()
            try cleanUpIfDue()
        } catch let error as UnsentOutput {
            logger.warning("\(error): tasks start again from their last commit")
            try reviveTasks()
        } catch let error as TasksMigrated {
            logger.warning("\(error): tasks are closed, and the group is joined anew")
            loseTasks()
            consumer.enforceRebalance(reason: "tasks migrated")
        } catch let error as KafkaError where error.isRetriable {
            logger.warning("\(error); trying again")
        }
    }

    /// How long the poll may wait: not at all while there is something to do.
    private var pollTimeout: Duration {
        if pendingAssignment != nil || restorer.isActive { return .zero }
        let now = context.now()
        var timeout = context.configuration.pollTimeout
        for task in tasks.values where task.phase == .running {
            if task.task.isReady(now: now) { return .zero }
            if let due = task.task.nextWallClockPunctuation { timeout = min(timeout, max(due - now, .zero)) }
        }
        guard tasks.values.contains(where: { $0.task.needsCommit }) else { return timeout }
        return min(timeout, max(context.configuration.commitInterval - (now - lastCommit), .zero))
    }

    // MARK: Records

    private func add(_ fetched: [FetchedPartition]) throws {
        for part in fetched {
            guard let task = owners[part.topicPartition], task.phase == .running else { continue }
            try task.task.add(part.batches, to: part.topicPartition, from: part.positionBefore)
            task.task.update(lag: max(0, part.highWatermark - part.positionAfter), of: part.topicPartition)
            let waiting = task.task.bufferedRecords(of: part.topicPartition)
            if waiting > context.configuration.bufferedRecordsPerPartition {
                fullPartitions.insert(part.topicPartition)
            }
        }
        if !fullPartitions.isEmpty { try consumer.pause(fullPartitions) }
    }

    /// Lets partitions go on of which less waits now.
    private func resumePartitions() throws {
        guard !fullPartitions.isEmpty else { return }
        let limit = context.configuration.bufferedRecordsPerPartition
        let free = fullPartitions.filter { (owners[$0]?.task.bufferedRecords(of: $0) ?? 0) <= limit }
        fullPartitions.subtract(free)
        let assigned = free.filter { owners[$0]?.phase == .running }
        if !assigned.isEmpty { try consumer.resume(assigned) }
    }

    /// A task that waits for a partition needs to know whether the broker has more of it.
    private func updateLags(_ task: ActiveTask) throws {
        guard task.partitions.count > 1, task.task.hasRecords else { return }
        for partition in task.partitions where task.task.bufferedRecords(of: partition) == 0 {
            if let lag = try consumer.currentLag(of: partition) { task.task.update(lag: lag, of: partition) }
        }
    }

    /// Rounds until nothing more can be processed, or the next poll is due.
    private func process() throws {
        let start = context.now()
        let running = tasks.values.filter { $0.phase == .running }.sorted { $0.id < $1.id }
        for task in running { try updateLags(task) }
        var isBusy = true
        while isBusy, !control.isStopping {
            let now = context.now()
            var processed = 0
            for task in running {
                processed += try locked { try round(of: task.task, now: now) }
            }
            counts.processedRecords += Int64(processed)
            isBusy = processed > 0 && now - start < StreamThread.longestStretch
            try commitIfDue(now)
        }
        try resumePartitions()
    }

    /// The most records of a task between two looks at the clock and at the other tasks.
    private static let roundLimit = 100
    /// The longest time between two polls while there is work.
    private static let longestStretch = Duration.milliseconds(500)

    private func round(of task: StreamTask, now: Timestamp) throws -> Int {
        let count = try task.process(atMost: StreamThread.roundLimit, now: now)
        if count > 0 { try task.punctuateStreamTime() }
        if let due = task.nextWallClockPunctuation, due <= now { try task.punctuateWallClock(now: now) }
        return count
    }

    /// Holds the global stores still meanwhile, where there are any.
    private func locked<R>(_ body: () throws -> R) throws -> R {
        guard let globalStores = context.globalStores else { return try body() }
        return try globalStores.withLock(body)
    }

    // MARK: Commit

    private func commitIfDue(_ now: Timestamp) throws {
        let isDue = now - lastCommit >= context.configuration.commitInterval
        guard isDue || tasks.values.contains(where: { $0.phase == .running && $0.task.wantsCommit }) else { return }
        lastCommit = now
        _ = try commit(tasks.values.filter { $0.phase == .running && $0.task.needsCommit })
    }

    /// Flushes the stores, makes all output durable, commits the offsets, then the stores' content.
    ///
    /// - Returns: False where the group is in a rebalance, so that it has to be done again.
    /// Errors: ``UnsentOutput``, ``TasksMigrated``, ``StreamsException``.
    func commit(_ chosen: [ActiveTask]) throws -> Bool {
        guard !chosen.isEmpty else { return true }
        var offsets: [TopicPartition: OffsetAndMetadata] = [:]
        try locked {
            for task in chosen { offsets.merge(try task.prepareCommit()) { $1 } }
        }
        try collector.flush()
        if !offsets.isEmpty {
            do {
                try consumer.commitBlocking(offsets)
            } catch  where error.code == .rebalanceInProgress {
                return false
            } catch  where StreamThread.migrationCodes.contains(error.code) {
                throw TasksMigrated(error: error)
            } catch  where error.isRetriable {
                logger.warning("offsets are not committed, which is tried again: \(error)")
                return false
            } catch {
                throw StreamsException("Offsets cannot be committed", underlying: error)
            }
        }
        for task in chosen { try task.finishCommit(collector) }
        counts.commits += 1
        return true
    }

    /// Others own the partitions by now.
    private static let migrationCodes: Set<ErrorCode> = [.unknownMemberId, .illegalGeneration, .fencedInstanceId]

    /// Removes state of tasks that have been elsewhere for long; one thread does it for all.
    private func cleanUpIfDue() throws {
        let (now, delay) = (context.now(), context.configuration.stateCleanupDelay)
        guard control.number == 1, context.stateDirectory.isNeeded, now - lastCleanup >= delay else { return }
        lastCleanup = now
        for task in try context.stateDirectory.removeAbandonedTasks(now: now, delay: delay) {
            logger.info("the state of task \(task), which runs elsewhere, is removed")
        }
    }

    // MARK: Telling

    func setState(_ state: ThreadControl.State) {
        if control.set(state) { onChange() }
    }

    func publish() {
        counts.restoredRecords = restorer.recordCount
        counts.tasks = tasks.values.filter { $0.phase == .running }.map(\.id).sorted()
        counts.droppedRecords = closedDrops + tasks.values.flatMap { $0.task.droppedRecords } + collector.drops.all
        let isChanged = counts != control.counts
        if isChanged {
            control.publish(counts)
            onChange()
        }
        if pendingAssignment == nil, !restorer.isActive, !tasks.values.contains(where: { $0.phase == .suspended }),
            hasAssignment
        {
            setState(.running)
        }
    }

    /// Whether the group has assigned something, be it nothing.
    var hasAssignment = false
}

/// The commit was refused: the thread is no member of the group's generation any more.
struct TasksMigrated: Error, CustomStringConvertible {
    let error: KafkaError
    var description: String { "the thread has dropped out of its group (\(error))" }
}
