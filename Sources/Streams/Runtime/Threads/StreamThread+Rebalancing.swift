import KafkaClient
import KafkaProtocol
import Logging
import Records

extension StreamThread {
    /// Carries the consumer's callbacks over; they come within its poll, on the stream thread.
    final class Listener: RebalanceListener, @unchecked Sendable {
        private unowned let thread: StreamThread

        init(_ thread: StreamThread) { self.thread = thread }

        func partitionsRevoked(_ partitions: Set<TopicPartition>) { thread.partitionsRevoked() }
        func partitionsAssigned(_ partitions: Set<TopicPartition>) { thread.partitionsAssigned() }
        func partitionsLost(_ partitions: Set<TopicPartition>) { thread.loseTasks() }
    }

    // MARK: Callbacks

    /// Commits the tasks and suspends them, until the assignment says which go on.
    private func partitionsRevoked() {
        setState(.rebalancing)
        pendingAssignment = nil
        do {
            let running = tasks.values.filter { $0.phase == .running }
            let isCommitted = try commit(running.filter { $0.task.needsCommit })
            for task in tasks.values {
                if task.phase == .restoring { try close(task, isClean: false) }
            }
            for task in running {
                if isCommitted || !task.task.needsCommit {
                    task.task.clearRecords()
                    task.phase = .suspended
                } else {
                    try close(task, isClean: false)
                }
            }
        } catch {
            logger.warning("tasks are given up without a commit: \(error)")
            loseTasks()
            // What others may do again is no reason to end.
            if !(error is TasksMigrated), !(error is UnsentOutput) { callbackError = callbackError ?? error }
        }
        owners = [:]
        fullPartitions = []
        describeState()
    }

    /// The partitions stand still until their tasks are there.
    private func partitionsAssigned() {
        let news = assignor.news
        if let error = news.error {
            callbackError = callbackError ?? error
            return
        }
        hasAssignment = true
        pendingAssignment = news.tasks
        do {
            try consumer.pause(consumer.assignment)
        } catch {
            callbackError = callbackError ?? error
        }
    }

    /// The partitions are others' already, or the tasks cannot go on: everything since the last commit is given up.
    func loseTasks() {
        setState(.rebalancing)
        pendingAssignment = nil
        for task in tasks.values {
            do {
                try close(task, isClean: false)
            } catch {
                logger.warning("task \(task.id) was not closed: \(error)")
            }
        }
        owners = [:]
        fullPartitions = []
        describeState()
    }

    /// Closes all tasks without a commit, and opens them again where their last commit was.
    func reviveTasks() throws {
        var assignment = pendingAssignment ?? [:]
        for task in tasks.values where task.phase != .suspended { assignment[task.id] = task.partitions }
        loseTasks()
        try consumer.pause(consumer.assignment)
        pendingAssignment = assignment
    }

    // MARK: Taking over

    /// Closes, continues and opens tasks as the last assignment says. What cannot be done yet is left for the next time.
    func takeOver() throws {
        guard let assignment = pendingAssignment else { return }
        for task in Array(tasks.values) where assignment[task.id] != task.partitions {
            try close(task, isClean: task.phase == .suspended)
        }
        let partitions = Set(assignment.values.joined())
        let committed = partitions.isEmpty ? [:] : try consumer.committedBlocking(partitions)
        var isComplete = true
        for (id, partitions) in assignment.sorted(by: { $0.key < $1.key }) {
            if let task = tasks[id] {
                guard task.phase == .suspended else { continue }
                try seek(partitions, committed)
                try go(task)
            } else if context.stateDirectory.lock(id, owner: control.number) {
                try seek(partitions, committed)
                try open(id, partitions, committed)
            } else {
                // Another thread of this instance has it until its own poll returns.
                isComplete = false
            }
        }
        if isComplete { pendingAssignment = nil }
        describeState()
    }

    private func open(
        _ id: TaskID,
        _ partitions: Set<TopicPartition>,
        _ committed: [TopicPartition: OffsetAndMetadata]
    ) throws {
        guard let part = context.topology.subTopologies.first(where: { $0.id == id.subTopology && !$0.isGlobal }) else {
            context.stateDirectory.unlock(id, owner: control.number)
            throw TaskAssignmentException("Task \(id) is not one of the topology; do all instances run the same?")
        }
        let directory = context.stateDirectory
        let environment = TaskEnvironment(
            configuration: context.configuration.taskConfiguration,
            collector: collector,
            taskDirectory: try directory.directory(of: id),
            cacheBudget: cacheBudget,
            globalStores: context.globalStores?.all ?? [:],
            patternTopics: part.patterns.isEmpty ? [] : Array(Set(partitions.map(\.topic))).sorted(),
            now: context.now()
        )
        let changelogs = context.topology.changelogTopics(
            of: part,
            applicationID: context.configuration.applicationID
        )
        do {
            let streamTask = try StreamTask(
                topology: context.topology,
                subTopology: part,
                partition: id.partition,
                environment: environment
            )
            let task = ActiveTask(
                streamTask,
                partitions: partitions,
                changelogTopics: changelogs,
                checkpoint: directory.isNeeded && !changelogs.isEmpty ? try directory.checkpoint(of: id) : nil
            )
            for changelog in task.changelogs where !changelog.isSourceTopic { collector.follow(changelog.partition) }
            tasks[id] = task
            try prepare(task, committed)
            restorer.add(task, committed: committed.mapValues(\.offset))
        } catch {
            if tasks[id] == nil { directory.unlock(id, owner: control.number) }
            throw error
        }
    }

    /// Tells a new task the times of its last commit, and how much waits on the broker.
    private func prepare(_ task: ActiveTask, _ committed: [TopicPartition: OffsetAndMetadata]) throws {
        for (partition, offset) in committed where task.partitions.contains(partition) {
            task.task.resume(partition, from: CommittedMetadata(decoding: offset.metadata))
        }
        for partition in task.task.inputPartitions where !task.partitions.contains(partition) {
            // A topic with fewer partitions than the widest one of the sub-topology.
            task.task.update(lag: 0, of: partition)
        }
        guard task.partitions.count > 1 else { return }
        for (partition, end) in try consumer.endOffsetsBlocking(task.partitions) {
            task.task.update(lag: max(0, end - (committed[partition]?.offset ?? .zero)), of: partition)
        }
    }

    /// Reading goes on where the last commit was; without one, where the source's own policy says.
    private func seek(_ partitions: Set<TopicPartition>, _ committed: [TopicPartition: OffsetAndMetadata]) throws {
        for partition in partitions {
            if let offset = committed[partition] {
                try consumer.seek(partition, to: offset)
                continue
            }
            let policy = context.topology.offsetReset(
                of: partition.topic,
                applicationID: context.configuration.applicationID
            )
            switch policy {
            case nil: break
            case .earliest: try consumer.seekToBeginning([partition])
            case .latest: try consumer.seekToEnd([partition])
            case .none?:
                throw StreamsException("\(partition) has no committed offset, and its source's reset policy is none")
            case .byDuration(let duration):
                let start = Timestamp(context.now().rawValue - duration.wholeMilliseconds)
                let found = try AsyncCall.wait { [consumer] in try await consumer.offsetsForTimes([partition: start]) }
                if let first = found[partition] ?? nil {
                    try consumer.seek(partition, to: first.offset)
                } else {
                    try consumer.seekToEnd([partition])
                }
            }
        }
    }

    // MARK: Restoring

    /// Restores for a while; tasks that are complete begin to run.
    func restore() throws {
        guard restorer.isActive else { return }
        for task in try restorer.step(timeout: context.configuration.pollTimeout) { try go(task) }
    }

    private func go(_ task: ActiveTask) throws {
        task.phase = .running
        for partition in task.partitions { owners[partition] = task }
        let assigned = consumer.assignment
        try consumer.resume(task.partitions.filter { assigned.contains($0) })
        logger.info("task \(task.id) runs")
    }

    // MARK: Closing

    func close(_ task: ActiveTask, isClean: Bool) throws {
        tasks[task.id] = nil
        for partition in task.partitions { owners[partition] = nil }
        closedDrops += task.task.droppedRecords
        for changelog in task.changelogs { collector.forget(changelog.partition) }
        defer { context.stateDirectory.unlock(task.id, owner: control.number) }
        try restorer.remove(task)
        if isClean { try task.closeClean() } else { try task.closeDirty() }
        logger.info("task \(task.id) is closed")
    }

    /// Ends the thread's part. A clean end commits first; any other leaves the last commit.
    func close(isClean: Bool) {
        control.setWakeup(nil)
        do {
            let running = tasks.values.filter { $0.phase == .running }
            let isCommitted = isClean ? try commit(running.filter { $0.task.needsCommit }) : false
            for task in Array(tasks.values) {
                let isSettled = isClean && (task.phase == .suspended || (task.phase == .running && isCommitted))
                try close(task, isClean: isSettled)
            }
        } catch {
            logger.warning("tasks were not closed cleanly: \(error)")
            loseTasks()
        }
        publish()
        do {
            try consumer.closeBlocking()
            try restoreConsumer.closeBlocking()
            let (producer, clients) = (collector.producer, clients)
            let timeout = isClean ? Duration.seconds(30) : .zero
            try AsyncCall.wait {
                await producer.close(timeout: timeout)
                for client in clients { await client.close() }
            }
        } catch {
            logger.warning("clients were not closed cleanly: \(error)")
        }
    }

    /// Tells the assignor what the next join may say of this thread's state.
    private func describeState() {
        var sums: [TaskID: Int64] = [:]
        if tasks.isEmpty, context.stateDirectory.isNeeded {
            do {
                for id in try context.stateDirectory.tasksWithState() {
                    let offsets = try context.stateDirectory.checkpoint(of: id).read().values
                    sums[id] = offsets.reduce(0) { $0 &+ max($1.rawValue, 0) }
                }
            } catch {
                logger.warning("the state on disk is not offered to the group: \(error)")
            }
        }
        for task in tasks.values { sums[task.id] = ThreadSubscription.running }
        assignor.setOffsetSums(sums)
    }
}

extension Duration {
    /// Whole milliseconds, within Int64.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    }
}
