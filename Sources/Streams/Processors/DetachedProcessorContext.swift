import Records

/// A processor's context without a topology around it: what the mock of StreamsTesting is made of.
///
/// Stores are real ones, and what is forwarded goes to a closure.
package final class DetachedProcessorContext<Key: Sendable, Value: Sendable> {
    /// A punctuation that the processor has scheduled.
    package struct Scheduled {
        package let type: PunctuationType
        package let punctuation: Punctuation
        /// The time at which it is due next, by its type.
        package let due: Timestamp
    }

    package let context: ProcessorContext<Key, Value>
    private let task: ProcessingContext
    private let stores: TaskStores

    /// - Parameters:
    ///   - children: Names that the processor may forward to.
    ///   - forward: Gets each record, and the child that it was for, where it was for one.
    package init(
        named name: String,
        children: [String],
        stores builders: [any StoreBuilding],
        taskID: TaskID,
        environment: TaskEnvironment,
        forward: @escaping (StreamRecord<Key, Value>, String?) throws -> Void
    ) throws {
        var graph = TopologyGraph()
        graph.addProcessor(
            name,
            input: NodeInput<Key, Value> { _ in { _, _, _ in } },
            inputTypes: RecordTypes(Key.self, Value.self),
            outputTypes: RecordTypes(Key.self, Value.self),
            parents: [],
            traits: [],
            callSite: CallSite(file: #fileID, line: #line)
        )
        let id = NodeID(0)
        for builder in builders {
            graph.add(StoreEntry(builder, callSite: nil))
            graph.connect(id, to: builder.name)
        }
        guard graph.problems.isEmpty else { throw TopologyException(problems: graph.problems) }
        let task = ProcessingContext(
            taskID: taskID,
            configuration: environment.configuration,
            collector: environment.collector,
            taskDirectory: environment.taskDirectory,
            cacheBudget: environment.cacheBudget,
            changelogs: graph.changelogs(
                of: graph.storeOrder,
                applicationID: environment.configuration.applicationID,
                partition: taskID.partition
            )
        )
        task.wallClock = environment.now
        task.onDrop = environment.onDrop
        self.task = task
        stores = try TaskStores(graph: graph, names: graph.storeOrder, global: environment.globalStores, context: task)
        let assembly = TaskAssembly(graph: graph, context: task, stores: stores)
        func target(_ child: String?) -> Forward<Key, Value> {
            { key, value, timestamp in
                let record = StreamRecord(key: key, value: value, timestamp: timestamp, headers: task.headers)
                try forward(record, child)
            }
        }
        var targets: [String: TaskAssembly.Made<Key, Value>] = [:]
        for child in children { targets[child] = TaskAssembly.Made(target(child)) }
        context = ProcessorContext(
            scope: assembly.scope(of: id),
            target: target(nil),
            children: targets,
            assembly: assembly
        )
    }

    package var isCommitRequested: Bool {
        get { task.isCommitRequested }
        set { task.isCommitRequested = newValue }
    }

    package var recordContext: ProcessorRecordContext {
        get { task.recordContext }
        set { task.recordContext = newValue }
    }

    package var streamTime: Timestamp {
        get { task.streamTime }
        set { task.streamTime = newValue }
    }

    package var wallClock: Timestamp {
        get { task.wallClock }
        set { task.wallClock = newValue }
    }

    package var droppedRecords: [DroppedRecords] { task.drops.all }

    package var scheduled: [Scheduled] {
        [PunctuationType.streamTime, .wallClockTime].flatMap { type in
            task.punctuations.all(type).sorted { $0.due < $1.due }.map {
                Scheduled(type: type, punctuation: $0.punctuation, due: Timestamp($0.due))
            }
        }
    }

    /// Runs what is due at `time`, and schedules it anew.
    package func punctuate(_ type: PunctuationType, at time: Timestamp) throws {
        while let (punctuation, due) = task.punctuations.removeDue(type, at: time.rawValue) {
            task.recordContext = ProcessorRecordContext(timestamp: time)
            try punctuation.action(time)
            if punctuation.isCancelled { continue }
            let next = PunctuationQueues.next(after: due, interval: punctuation.intervalMs, at: time.rawValue)
            task.punctuations.schedule(punctuation, at: next, type)
        }
    }

    package func store(named name: String) throws -> any StateStore { try stores.store(named: name) }

    /// Closes the processor, if it was started with this context, and the stores.
    package func close() throws {
        for closer in task.closers { try closer() }
        task.closers = []
        for store in stores.inOrder { try store.close() }
    }
}
