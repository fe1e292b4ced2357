import Records
import Streams

/// Runs a topology on several partitions and instances in the test itself: no broker, no thread, no clock but the one that
/// the test moves.
///
/// What one partition hides shows here. Records go to the partition of their key, repartition topics really move them to
/// other tasks, joined topics must have the same number of partitions, and tasks are placed on instances, and move, as the
/// group's leader would place them: with their state, which is restored from changelogs. Everything happens in one order
/// that depends on nothing but the calls made.
///
/// ```swift
/// let driver = try PartitionedTestDriver(topology, partitions: 3, instances: 2)
/// try driver.inputTopic("words", String.self, String.self).pipe("line", "a b a")
/// try driver.addInstance()
/// #expect(try driver.outputTopic("counts", String.self, Int64.self).readTable() == ["a": 2, "b": 1])
/// ```
///
/// Records are processed, and the tasks committed, the moment they are piped in, unless ``runsAtOnce`` is false: then
/// ``step()``, ``commit()`` and ``crashInstance(_:)`` show what a failure between two commits does.
public final class PartitionedTestDriver: TopicDriver {
    /// The clock that the topology sees.
    public var wallClock: Timestamp { clock.now }
    /// Whether piping a record processes all that follows, and commits it.
    public var runsAtOnce = true

    private let clock: TestClock
    private let topology: Topology
    private let applicationID: String
    private let topics: InMemoryTopics
    private let drops = DropLog()
    private let environment: TaskEnvironment
    private let cacheMaxBytes: Int
    private let parts: [Int: SubTopology]
    private var instances: [Int: TestInstance] = [:]
    private var instanceCount = 0
    private var committed: [TopicPartition: CommittedOffset] = [:]
    private var read: [TopicName: Int] = [:]
    private var sources: Set<TopicName> = []
    private var turn: TaskID?

    /// A driver of `topology`. Errors: `TopologyException` with all that is wrong with the topology, or with the partition
    /// counts of joined topics.
    ///
    /// - Parameters:
    ///   - topology: What is driven.
    ///   - counts: The partition counts of topics that have another than `partitions`; topics that are to be matched by a
    ///     pattern must be named here.
    ///   - partitions: The partition count of all other topics.
    ///   - instances: How many instances the application starts with; each has one stream thread.
    ///   - configuration: What tasks are configured with.
    ///   - wallClock: The time at which it starts.
    ///   - cacheMaxBytes: `statestore.cache.max.bytes` of each instance: changes are held back until the next commit.
    public init(
        _ topology: Topology,
        topics counts: [TopicName: Int32] = [:],
        partitions: Int32 = 1,
        instances: Int = 1,
        configuration: TaskConfiguration = TaskConfiguration(applicationID: "app"),
        wallClock: Timestamp = 0,
        cacheMaxBytes: Int = 0
    ) throws {
        try topology.validate()
        self.topology = topology
        let clock = TestClock(wallClock)
        self.clock = clock
        self.cacheMaxBytes = cacheMaxBytes
        applicationID = configuration.applicationID
        parts = Dictionary(topology.subTopologies.filter { !$0.isGlobal }.map { ($0.id, $0) }) { first, _ in first }
        topics = InMemoryTopics(defaultCount: partitions)
        var environment = TaskEnvironment(
            configuration: configuration,
            collector: TopicCollector(topics, clock),
            taskDirectory: "",
            cacheBudget: CacheBudget(maxBytes: cacheMaxBytes),
            now: wallClock
        )
        environment.onDrop = { [drops] in drops.records.append($0) }
        self.environment = environment
        for (topic, count) in counts { topics.create(topic, partitions: count) }
        sources = Set(counts.keys)
        let internalTopics = topology.internalTopics(applicationID: applicationID)
        for topic in topology.sourceTopics(applicationID: applicationID) where !internalTopics.contains(topic) {
            topics.create(topic, partitions: partitions)
            sources.insert(topic)
        }
        _ = try plan()
        for _ in 0..<max(instances, 1) { try start() }
        try rebalance()
    }

    // MARK: Instances

    /// The numbers of the instances that run, from 0.
    public var instanceNumbers: [Int] { instances.keys.sorted() }

    /// The tasks that each instance runs.
    public var assignment: [Int: [TaskID]] { instances.mapValues { $0.tasks.keys.sorted() } }

    /// Starts another instance, to which tasks move with their state; its number.
    @discardableResult
    public func addInstance() throws -> Int {
        let number = try start()
        try rebalance()
        return number
    }

    /// Stops an instance: it commits, and its tasks move to the others.
    public func stopInstance(_ number: Int) throws {
        try commit()
        try remove(number)
    }

    /// Ends an instance without a commit: what it did since the last one is done again by others.
    public func crashInstance(_ number: Int) throws { try remove(number) }

    private func remove(_ number: Int) throws {
        guard let instance = instances.removeValue(forKey: number) else {
            throw StreamsException("There is no instance \(number); there are \(instanceNumbers)")
        }
        try instance.closeAll()
        if !instances.isEmpty { try rebalance() }
    }

    @discardableResult
    private func start() throws -> Int {
        let number = instanceCount
        instances[number] = try TestInstance(
            number: number,
            topology: topology,
            topics: topics,
            environment: environment,
            cacheMaxBytes: cacheMaxBytes
        )
        instanceCount += 1
        return number
    }

    private func plan() throws -> PartitionPlan {
        let counts = sources.map { ($0, topics.partitionCount(of: $0)) }
        return try PartitionPlan(
            topology,
            applicationID: applicationID,
            existing: Dictionary(counts) { first, _ in first }
        )
    }

    /// Does what the group's leader does: creates internal topics, and shares the tasks out.
    private func rebalance() throws {
        let plan = try plan()
        for (topic, count) in plan.repartitionTopics { topics.create(topic, partitions: count) }
        for (topic, changelog) in plan.changelogTopics { topics.create(topic, partitions: changelog.partitionCount) }
        var numbers: [MemberID: Int] = [:]
        let members = instances.sorted { $0.key < $1.key }.map { number, instance in
            let id = MemberID("instance-\(number)")
            numbers[id] = number
            return TaskAssignor.Member(
                id: id,
                processID: instance.processID,
                activeTasks: Set(instance.tasks.keys),
                offsetSums: instance.offsetSums
            )
        }
        let assigned = TaskAssignor.assign(Set(plan.tasks.keys), stateful: plan.statefulTasks, to: members)
        for (member, tasks) in assigned {
            guard let number = numbers[member], let instance = instances[number] else { continue }
            let revoked = Set(instance.tasks.keys).subtracting(tasks)
            if !revoked.isEmpty { try instance.commit(into: &committed) }
            for task in revoked.sorted() { try instance.close(task) }
        }
        for (member, tasks) in assigned {
            guard let number = numbers[member], let instance = instances[number] else { continue }
            try instance.feed()
            for task in tasks where instance.tasks[task] == nil {
                guard let part = parts[task.subTopology] else { continue }
                try instance.open(task, of: part, committed, now: wallClock)
            }
        }
        if runsAtOnce { try run() }
    }

    // MARK: In

    public func pipe(
        _ topic: TopicName,
        partition: PartitionIndex? = nil,
        key: Bytes?,
        value: Bytes?,
        at timestamp: Timestamp,
        headers: [Header] = []
    ) throws {
        guard sources.contains(topic) else { throw UnknownTopic(topic: topic) }
        if let partition, partition.rawValue < 0 || partition.rawValue >= topics.partitionCount(of: topic) {
            throw UnknownTopic(topic: topic, partition: partition)
        }
        try topics.append(
            ProducedRecord(
                topic: topic,
                partition: partition,
                timestamp: timestamp,
                key: key,
                value: value,
                headers: headers
            )
        )
        if runsAtOnce { try run() }
    }

    /// Moves the clock forward, which may call for punctuations.
    public func advanceWallClock(by duration: Duration) throws {
        let (seconds, attoseconds) = duration.components
        clock.now = Timestamp(wallClock.rawValue + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        for instance in instancesInOrder {
            for running in instance.runningTasks { try running.task.punctuateWallClock(now: wallClock) }
        }
        if runsAtOnce { try run() }
    }

    /// Processes and commits until nothing is left.
    public func run() throws {
        repeat {
            while try step() {}
            try commit()
        } while try hasWork()
    }

    /// Processes one record, of the task whose turn it is; false when no task has any.
    public func step() throws -> Bool {
        for instance in instancesInOrder { try instance.feed() }
        let tasks = instancesInOrder.flatMap(\.runningTasks).sorted { $0.task.id < $1.task.id }
        let next = tasks.firstIndex { running in turn.map { running.task.id > $0 } ?? true } ?? 0
        for running in tasks[next...] + tasks[..<next] {
            guard try running.task.process(now: wallClock) else { continue }
            turn = running.task.id
            try running.task.punctuateStreamTime()
            return true
        }
        return false
    }

    /// Commits all tasks: caches are flushed, which may send records, and what was done so far is not done again.
    public func commit() throws {
        for instance in instancesInOrder { try instance.commit(into: &committed) }
    }

    private func hasWork() throws -> Bool {
        for instance in instancesInOrder { try instance.feed() }
        return instancesInOrder.contains { $0.runningTasks.contains { $0.task.hasRecords } }
    }

    private var instancesInOrder: [TestInstance] { instances.sorted { $0.key < $1.key }.map(\.value) }

    // MARK: Out

    /// Everything that is in topics of any kind, what was piped in included, in the order in which it came.
    public var producedRecords: [ProducedRecord] { topics.all }

    /// Everything that was sent to topics of the application's own: changelogs, repartitions and the like.
    public var internalRecords: [ProducedRecord] {
        let internalTopics = topology.internalTopics(applicationID: applicationID)
        return topics.all.filter { internalTopics.contains($0.topic) }
    }

    /// The records of a partition, by offset.
    public func records(of topic: TopicName, _ partition: PartitionIndex) -> [ProducedRecord] {
        topics.exists(topic) ? topics.records(of: TopicPartition(topic, partition)) : []
    }

    /// The number of partitions of a topic, internal ones included; nil where there is no such topic.
    public func partitionCount(of topic: TopicName) -> Int32? {
        topics.exists(topic) ? topics.partitionCount(of: topic) : nil
    }

    public func readRecord(_ topic: TopicName) -> ProducedRecord? {
        let records = topics.all.filter { $0.topic == topic }
        let taken = read[topic, default: 0]
        guard taken < records.count else { return nil }
        read[topic] = taken + 1
        return records[taken]
    }

    public func queueSize(of topic: TopicName) -> Int {
        topics.all.count { $0.topic == topic } - read[topic, default: 0]
    }

    /// A store of the task that works on a partition. Errors: `InvalidStateStoreException` when no task on that partition
    /// has a store of that name and type.
    public func store<Store: AnyObject>(
        _ name: String,
        partition: PartitionIndex,
        as type: Store.Type = Store.self
    ) throws -> Store {
        for instance in instancesInOrder {
            for running in instance.runningTasks where running.task.id.partition == partition {
                if let store = running.task.stores[name] as? Store { return store }
            }
        }
        throw InvalidStateStoreException("No task on partition \(partition) has a state store \(name) of type \(type)")
    }

    /// A global store of an instance. Errors: `InvalidStateStoreException` when there is none.
    public func globalStore<Store: AnyObject>(
        _ name: String,
        instance: Int,
        as type: Store.Type = Store.self
    ) throws -> Store {
        guard let store = instances[instance]?.globalTask?.stores[name] as? Store else {
            throw InvalidStateStoreException("Instance \(instance) has no global store \(name) of type \(type)")
        }
        return store
    }

    /// How many records the tasks that run have dropped, by operator and reason.
    public var droppedRecords: [DroppedRecords] { instancesInOrder.flatMap(\.droppedRecords) }

    /// Each record that was dropped by any task, in order, and where it came from.
    public var dropLog: [DroppedRecord] { drops.records }

    /// Ends all instances: processors and stores are closed.
    public func close() throws {
        for instance in instancesInOrder { try instance.closeAll() }
        instances = [:]
    }
}

/// The clock of a test: it stands still until it is moved.
private final class TestClock {
    var now: Timestamp

    init(_ now: Timestamp) { self.now = now }
}

/// Where the tasks of a ``PartitionedTestDriver`` send their records.
private final class TopicCollector: RecordCollector {
    private let topics: InMemoryTopics
    private let clock: TestClock

    init(_ topics: InMemoryTopics, _ clock: TestClock) {
        self.topics = topics
        self.clock = clock
    }

    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws {
        try topics.append(
            ProducedRecord(
                topic: topic,
                partition: partition,
                // A record without a time of its own has that of sending, as a producer would give it.
                timestamp: timestamp == .none ? clock.now : timestamp,
                key: key.map { Bytes(copying: $0) },
                value: value.map { Bytes(copying: $0) },
                headers: headers
            )
        )
    }

    func partitionCount(of topic: TopicName) throws -> Int32 { topics.partitionCount(of: topic) }
}
