import Records

/// Keeps the global stores of an instance up to date: every record of every partition of their topics, in order.
///
/// Global stores are no task's: this owns them, and the tasks read them. One thread uses it; in an application the stores
/// are loaded whole before the first task starts.
public final class GlobalTask {
    /// The global stores, by name, for ``TaskEnvironment/globalStores``.
    public var stores: [String: any StateStore] { taskStores.own }
    /// The topics to read, all partitions of each.
    public let topics: [TopicName]

    private let context: ProcessingContext
    private let taskStores: TaskStores
    private var sources: [TopicName: SourceEntry] = [:]
    /// The next record to read of each partition seen so far.
    public private(set) var offsets: [TopicPartition: Offset] = [:]

    /// Opens the stores and puts the operators together; nil when the topology has no global store.
    public init?(topology: Topology, environment: TaskEnvironment) throws {
        let parts = topology.subTopologies.filter(\.isGlobal)
        if parts.isEmpty { return nil }
        let graph = topology.graph
        context = ProcessingContext(
            taskID: TaskID(subTopology: -1, partition: -1),
            configuration: environment.configuration,
            collector: environment.collector,
            taskDirectory: environment.taskDirectory,
            cacheBudget: environment.cacheBudget,
            changelogs: [:]
        )
        context.wallClock = environment.now
        context.onDrop = environment.onDrop
        taskStores = try TaskStores(graph: graph, names: parts.flatMap(\.storeNames), global: [:], context: context)
        let assembly = TaskAssembly(graph: graph, context: context, stores: taskStores)
        let applicationID = environment.configuration.applicationID
        for id in parts.flatMap(\.nodes) {
            guard case .source(let source) = graph[id].kind else { continue }
            let entry = try source.make(assembly)
            for topic in source.topics.topics { sources[topic.name(applicationID: applicationID)] = entry }
        }
        topics = parts.flatMap { $0.sourceTopics(applicationID: applicationID) }
    }

    /// Takes a fetched batch of one partition.
    public func update(_ batch: RecordBatch, of partition: TopicPartition) throws {
        guard let source = sources[partition.topic] else {
            throw StreamsException("\(partition.topic) is not the topic of a global store")
        }
        let position = offsets[partition] ?? Offset(Int64.min)
        if !batch.isControl {
            var reader = try batch.makeRecordReader()
            while let view = try reader.next() {
                if view.offset >= position { try update(view, of: partition, source) }
            }
        }
        offsets[partition] = max(position, batch.nextOffset)
    }

    private func update(_ view: RecordView, of partition: TopicPartition, _ source: SourceEntry) throws {
        let timestamp = try source.extractor?(view, context.streamTime) ?? view.timestamp
        context.recordContext = ProcessorRecordContext(
            timestamp: timestamp,
            offset: view.offset,
            topic: partition.topic,
            partition: partition.partition,
            headers: view.headers()
        )
        try source.process(view.keyBytes, view.valueBytes, timestamp)
    }

    /// Makes the stores' changes so far their committed content.
    public func commit() throws {
        for store in taskStores.inOrder {
            try store.flush()
            try store.commit(nil)
        }
    }

    /// The records that were dropped, by operator and reason.
    public var droppedRecords: [DroppedRecords] { context.drops.all }

    /// Closes the stores.
    public func close() throws {
        for closer in context.closers { try closer() }
        context.closers = []
        for store in taskStores.inOrder { try store.close() }
    }
}
