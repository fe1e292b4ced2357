import Records
import Streams

/// One instance of the application in a ``PartitionedTestDriver``: its folder, its global stores and its tasks.
final class TestInstance {
    /// A task at work, and how far it has read.
    final class Running {
        let task: StreamTask
        let changelogs: [ChangelogTopic]
        var positions: [TopicPartition: Int64] = [:]

        init(_ task: StreamTask, _ changelogs: [ChangelogTopic]) {
            self.task = task
            self.changelogs = changelogs
        }
    }

    let number: Int
    let processID: KafkaUUID
    private(set) var tasks: [TaskID: Running] = [:]
    /// The sums of changelog offsets that closed tasks have left on disk.
    private(set) var offsetSums: [TaskID: Int64] = [:]
    let globalTask: GlobalTask?
    private var globalPositions: [TopicPartition: Int64] = [:]
    private var environment: TaskEnvironment
    private let topology: Topology
    private let topics: InMemoryTopics
    private let folder: TemporaryFolder

    init(
        number: Int,
        topology: Topology,
        topics: InMemoryTopics,
        environment: TaskEnvironment,
        cacheMaxBytes: Int
    ) throws {
        self.number = number
        self.topology = topology
        self.topics = topics
        processID = KafkaUUID(high: 0, low: UInt64(number + 1))
        folder = try TemporaryFolder()
        self.environment = environment
        self.environment.cacheBudget = CacheBudget(maxBytes: cacheMaxBytes)
        self.environment.taskDirectory = "\(folder.path)/global"
        globalTask = try GlobalTask(topology: topology, environment: self.environment)
        self.environment.globalStores = globalTask?.stores ?? [:]
    }

    /// The tasks in the order of their ids.
    var runningTasks: [Running] { tasks.sorted { $0.key < $1.key }.map(\.value) }

    var droppedRecords: [DroppedRecords] {
        runningTasks.flatMap(\.task.droppedRecords) + (globalTask?.droppedRecords ?? [])
    }

    // MARK: Tasks

    /// Opens a task where its last commit was: restores its stores, and goes on reading.
    func open(
        _ id: TaskID,
        of part: SubTopology,
        _ committed: [TopicPartition: CommittedOffset],
        now: Timestamp
    ) throws {
        let applicationID = environment.configuration.applicationID
        var environment = environment
        environment.taskDirectory = "\(folder.path)/\(id)"
        environment.now = now
        environment.patternTopics = topics.names(matchedBy: part)
        let task = try StreamTask(
            topology: topology,
            subTopology: part,
            partition: id.partition,
            environment: environment
        )
        let changelogs = topology.changelogTopics(of: part, applicationID: applicationID)
        let running = Running(task, changelogs)
        tasks[id] = running
        offsetSums[id] = nil
        for partition in task.inputPartitions {
            running.positions[partition] = committed[partition]?.offset.rawValue ?? start(of: partition)
            task.update(lag: 0, of: partition)
            if let committed = committed[partition] { task.resume(partition, from: committed.metadata) }
        }
        for changelog in changelogs {
            guard let store = task.stores[changelog.storeName] else { continue }
            let partition = TopicPartition(changelog.topic, id.partition)
            let end =
                changelog.isSourceTopic
                ? committed[partition]?.offset.rawValue ?? 0 : topics.end(of: partition)
            try restore(store, from: partition, to: end)
        }
    }

    private func start(of partition: TopicPartition) -> Int64 {
        let policy = topology.offsetReset(
            of: partition.topic,
            applicationID: environment.configuration.applicationID
        )
        return policy == .latest ? topics.end(of: partition) : 0
    }

    private func restore(_ store: any StateStore, from partition: TopicPartition, to end: Int64) throws {
        var position = store.committedOffset?.rawValue ?? 0
        if position > end {
            try store.wipe()
            position = 0
        }
        let records = topics.records(of: partition)
        while position < end {
            let record = records[Int(position)]
            if let key = record.key {
                try key.withUnsafeBytes { key in
                    try withBytes(of: record.value) { value in
                        try store.restore(
                            key: key,
                            value: value,
                            timestamp: record.timestamp,
                            offset: Offset(position)
                        )
                    }
                }
            }
            position += 1
        }
        try store.finishRestore(Offset(end))
    }

    private func withBytes(of value: Bytes?, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
        guard let value else { return try body(nil) }
        try value.withUnsafeBytes { try body($0) }
    }

    /// Commits all tasks that did something; what they say of their offsets is added to `committed`.
    func commit(into committed: inout [TopicPartition: CommittedOffset]) throws {
        for running in runningTasks where running.task.needsCommit {
            let offsets = try running.task.prepareCommit()
            committed.merge(offsets) { $1 }
            var reached: [String: Offset] = [:]
            for changelog in running.changelogs {
                let partition = TopicPartition(changelog.topic, running.task.id.partition)
                reached[changelog.storeName] =
                    changelog.isSourceTopic
                    ? committed[partition]?.offset : Offset(topics.end(of: partition))
            }
            try running.task.finishCommit(changelogOffsets: reached)
        }
    }

    /// Closes a task; without a commit before, its stores keep what the last one gave them.
    func close(_ id: TaskID) throws {
        guard let running = tasks.removeValue(forKey: id) else { return }
        let persistent = running.changelogs.filter { running.task.stores[$0.storeName]?.isPersistent == true }
        if !persistent.isEmpty {
            offsetSums[id] = persistent.reduce(0) {
                $0 + (running.task.stores[$1.storeName]?.committedOffset?.rawValue ?? 0)
            }
        }
        try running.task.close()
    }

    func closeAll() throws {
        for id in tasks.keys.sorted() { try close(id) }
        try globalTask?.close()
    }

    // MARK: Records

    /// Hands on what has arrived since the last time: to the global stores whole, to the tasks' queues.
    func feed() throws {
        if let globalTask {
            for topic in globalTask.topics {
                for index in 0..<topics.partitionCount(of: topic) {
                    let partition = TopicPartition(topic, PartitionIndex(index))
                    while globalPositions[partition, default: 0] < topics.end(of: partition) {
                        let offset = globalPositions[partition, default: 0]
                        try globalTask.update(topics.batch(of: partition, at: offset), of: partition)
                        globalPositions[partition] = offset + 1
                    }
                }
            }
            try globalTask.commit()
        }
        for running in runningTasks {
            for partition in running.task.inputPartitions {
                while let position = running.positions[partition], position < topics.end(of: partition) {
                    let batch = try topics.batch(of: partition, at: position)
                    try running.task.add([batch], to: partition, from: Offset(position))
                    running.positions[partition] = position + 1
                }
            }
        }
    }
}

extension InMemoryTopics {
    /// The topics that a part's patterns match.
    func names(matchedBy part: SubTopology) -> [TopicName] {
        allNames.filter { name in part.readsByPattern(name) }.sorted()
    }
}
