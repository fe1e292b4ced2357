import Records
import Streams

/// Runs a topology in the test itself: no broker, no thread, no clock but the one that the test moves.
///
/// Records are processed the moment they are piped in, and everything that follows from them: what goes to a
/// repartition topic, or to any topic that the topology reads, comes back in. All sub-topologies run as one task with
/// one partition, as in Kafka's driver, so that results can be compared.
///
/// ```swift
/// let driver = try TopologyTestDriver(topology)
/// let orders = driver.inputTopic("orders", String.self, String.self)
/// let joined = driver.outputTopic("orders-sent", String.self, String.self)
/// try orders.pipe("han", "iphone")
/// #expect(try joined.readValues() == ["iphone send to Seoul"])
/// try driver.close()
/// ```
public final class TopologyTestDriver: TopicDriver {
    /// The clock that the topology sees.
    public private(set) var wallClock: Timestamp

    private let applicationID: String
    private let topology: Topology
    private let collector = OutputCollector()
    private let folder: TemporaryFolder
    private let task: StreamTask?
    private let globalTask: GlobalTask?
    private let inputs: [TopicName: TopicPartition]
    private var offsets: [TopicPartition: Int64] = [:]
    private var outputs: [TopicName: [ProducedRecord]] = [:]
    private let drops = DropLog()

    /// A driver of a topology, whose clock shows `wallClock`.
    ///
    /// `configuration` has the application's id, its error handlers and `max.task.idle.ms`. `cacheMaxBytes` is
    /// `statestore.cache.max.bytes`: at 0 every change of a table is forwarded; else changes to the same key are
    /// gathered, though only until the driver commits, which it does after each record. `patternTopics` are the topics
    /// that exist, for sources that choose theirs by pattern.
    ///
    /// Errors: `TopologyException` with all that is wrong with the topology.
    public init(
        _ topology: Topology,
        configuration: TaskConfiguration = TaskConfiguration(applicationID: "app"),
        wallClock: Timestamp = 0,
        cacheMaxBytes: Int = 0,
        patternTopics: [TopicName] = []
    ) throws {
        try topology.validate()
        self.topology = topology
        applicationID = configuration.applicationID
        self.wallClock = wallClock
        folder = try TemporaryFolder()
        var environment = TaskEnvironment(
            configuration: configuration,
            collector: collector,
            taskDirectory: "\(folder.path)/global",
            cacheBudget: CacheBudget(maxBytes: cacheMaxBytes),
            patternTopics: patternTopics,
            now: wallClock
        )
        environment.onDrop = { [drops] in drops.records.append($0) }
        globalTask = try GlobalTask(topology: topology, environment: environment)
        environment.globalStores = globalTask?.stores ?? [:]
        environment.taskDirectory = "\(folder.path)/0_0"
        let hasTasks = topology.subTopologies.contains { !$0.isGlobal }
        task =
            hasTasks
            ? try StreamTask(topology: topology, subTopology: nil, partition: 0, environment: environment) : nil
        var inputs: [TopicName: TopicPartition] = [:]
        for partition in task?.inputPartitions ?? [] {
            inputs[partition.topic] = partition
            task?.update(lag: 0, of: partition)
        }
        self.inputs = inputs
        try finishWork()
    }

    // MARK: In

    /// Pipes a record of raw bytes into a topic, and processes all that follows. There is one partition, 0.
    public func pipe(
        _ topic: TopicName,
        partition: PartitionIndex? = nil,
        key: Bytes?,
        value: Bytes?,
        at timestamp: Timestamp,
        headers: [Header] = []
    ) throws {
        let isGlobal = globalTask?.topics.contains(topic) ?? false
        guard inputs[topic] != nil || isGlobal, (partition ?? 0) == 0 else {
            throw UnknownTopic(topic: topic, partition: partition)
        }
        try deliver(topic, key: key, value: value, at: timestamp, headers: headers)
        try finishWork()
    }

    /// Moves the clock forward, which may call for punctuations.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// try driver.advanceWallClock(by: .seconds(60))
    /// ```
    public func advanceWallClock(by duration: Duration) throws {
        let (seconds, attoseconds) = duration.components
        wallClock = Timestamp(wallClock.rawValue + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        if let task {
            try task.punctuateWallClock(now: wallClock)
            try commit(task)
        }
        try finishWork()
    }

    private func deliver(
        _ topic: TopicName,
        key: Bytes?,
        value: Bytes?,
        at timestamp: Timestamp,
        headers: [Header]
    ) throws {
        let partition = inputs[topic] ?? TopicPartition(topic, 0)
        let offset = offsets[partition, default: 0]
        offsets[partition] = offset + 1
        var builder = RecordBatchBuilder(baseOffset: Offset(offset))
        builder.append(timestamp: timestamp, key: key, value: value, headers: headers)
        let batch = try RecordBatch(builder.build(baseOffset: Offset(offset)))
        if let globalTask, globalTask.topics.contains(topic) {
            try globalTask.update(batch, of: partition)
            try globalTask.commit()
        }
        if inputs[topic] != nil { try task?.add([batch], to: partition, from: Offset(offset)) }
    }

    /// Processes until nothing is left: records, the punctuations they make due, and what comes back by a topic.
    private func finishWork() throws {
        try routeOutput()
        guard let task else { return }
        while try task.process(now: wallClock) {
            try task.punctuateStreamTime()
            try commit(task)
            try routeOutput()
        }
    }

    private func commit(_ task: StreamTask) throws {
        _ = try task.prepareCommit()
        try task.finishCommit()
    }

    private func routeOutput() throws {
        for record in collector.takeNew() {
            outputs[record.topic, default: []].append(record)
            let isGlobal = globalTask?.topics.contains(record.topic) ?? false
            guard inputs[record.topic] != nil || isGlobal else { continue }
            try deliver(
                record.topic,
                key: record.key,
                value: record.value,
                at: record.timestamp,
                headers: record.headers
            )
        }
    }

    // MARK: Out

    /// Everything that was sent so far, to topics of any kind, in order.
    public var producedRecords: [ProducedRecord] { collector.records }

    /// Takes the oldest record of a topic that was not taken yet; nil when there is none.
    public func readRecord(_ topic: TopicName) -> ProducedRecord? {
        guard let first = outputs[topic]?.first else { return nil }
        outputs[topic]?.removeFirst()
        return first
    }

    /// How many records of a topic were not taken yet.
    public func queueSize(of topic: TopicName) -> Int { outputs[topic]?.count ?? 0 }

    /// A store of the topology. Errors: `InvalidStateStoreException` when there is none of that name and type.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// let visits = try driver.store("visits", as: KeyValueStore<String, Int64>.self)
    /// #expect(try visits.get("han") == 2)
    /// ```
    public func store<Store: AnyObject>(_ name: String, as type: Store.Type = Store.self) throws -> Store {
        guard let store = (task?.stores[name] ?? globalTask?.stores[name]) as? Store else {
            throw InvalidStateStoreException("There is no state store named \(name) of the type \(type)")
        }
        return store
    }

    /// Everything that was sent so far to topics of the application's own: changelogs, repartitions and the like.
    public var internalRecords: [ProducedRecord] {
        let topics = topology.internalTopics(applicationID: applicationID)
        return collector.records.filter { topics.contains($0.topic) }
    }

    /// How many records were dropped, by operator and reason.
    public var droppedRecords: [DroppedRecords] { (task?.droppedRecords ?? []) + (globalTask?.droppedRecords ?? []) }

    /// Each record that was dropped, in order, and where it came from.
    public var dropLog: [DroppedRecord] { drops.records }

    /// Ends the task: processors and stores are closed.
    public func close() throws {
        try task?.close()
        try globalTask?.close()
    }
}
