import Records
import Streams

/// A context for a processor that is tested by itself, without a topology: it takes down what the processor forwards,
/// schedules and asks for, and has real stores.
///
/// ```swift
/// let mock = try MockProcessorContext<String, String>(stores: [Stores.keyValueStore("seen", String.self, String.self)])
/// let processor = Deduplication()
/// try processor.start(mock.context)
/// mock.recordMetadata = RecordMetadata(topic: "orders", partition: 0, offset: 7)
/// try processor.process(StreamRecord(key: "han", value: "iphone", timestamp: 10))
/// #expect(mock.forwarded.map(\.record.value) == ["iphone"])
/// ```
public final class MockProcessorContext<Key: Sendable, Value: Sendable> {
    /// A record that the processor forwarded.
    public struct Forwarded {
        public let record: StreamRecord<Key, Value>
        /// The child that it was for; nil where it was for all.
        public let child: String?
    }

    /// A punctuation that the processor has scheduled.
    public struct ScheduledPunctuation {
        public let type: PunctuationType
        public let interval: Duration
        /// The time at which it is due next, by its type.
        public let due: Timestamp
        private let punctuation: Punctuation

        fileprivate init(_ scheduled: DetachedProcessorContext<Key, Value>.Scheduled) {
            type = scheduled.type
            due = scheduled.due
            punctuation = scheduled.punctuation
            interval = .milliseconds(scheduled.punctuation.intervalMs)
        }

        /// Whether the processor has cancelled it.
        public var isCancelled: Bool { punctuation.isCancelled }

        /// Calls its closure, whatever the time.
        public func punctuate(at time: Timestamp) throws { try punctuation.action(time) }
    }

    /// What a processor's `start` takes.
    public var context: ProcessorContext<Key, Value> { detached.context }
    /// What a fixed-key processor's `start` takes.
    public let fixedKeyContext: FixedKeyProcessorContext<Key, Value>
    /// What was forwarded, in order.
    public var forwarded: [Forwarded] { log.forwarded }
    /// Records that the stores sent to their changelogs, in order.
    public var changelogRecords: [ProducedRecord] { collector.records }
    /// Each record that was dropped, in order.
    public var dropLog: [DroppedRecord] { drops.records }

    private final class Log {
        var forwarded: [Forwarded] = []
    }

    private let detached: DetachedProcessorContext<Key, Value>
    private let log = Log()
    private let collector = OutputCollector()
    private let drops = DropLog()
    private let folder: TemporaryFolder

    /// A context for one processor. Errors: `TopologyException` for two stores of one name, `ProcessorStateException` for one
    /// that cannot be opened.
    ///
    /// - Parameters:
    ///   - processorName: The name of the processor, under which drops are counted.
    ///   - children: The names of children that the processor forwards to by name.
    ///   - stores: The stores that it is connected to.
    ///   - configuration: What its task is configured with.
    ///   - taskID: The task that it is in.
    ///   - wallClock: The time at which it starts.
    public init(
        processorName: String = "processor",
        children: [String] = [],
        stores: [any StoreBuilding] = [],
        configuration: TaskConfiguration = TaskConfiguration(applicationID: "app"),
        taskID: TaskID = TaskID(subTopology: 0, partition: 0),
        wallClock: Timestamp = 0
    ) throws {
        folder = try TemporaryFolder()
        var environment = TaskEnvironment(
            configuration: configuration,
            collector: collector,
            taskDirectory: "\(folder.path)/\(taskID)",
            cacheBudget: CacheBudget(maxBytes: 0),
            now: wallClock
        )
        environment.onDrop = { [drops] in drops.records.append($0) }
        detached = try DetachedProcessorContext(
            named: processorName,
            children: children,
            stores: stores,
            taskID: taskID,
            environment: environment
        ) { [log] record, child in log.forwarded.append(Forwarded(record: record, child: child)) }
        fixedKeyContext = FixedKeyProcessorContext(detached.context)
    }

    // MARK: What the processor sees

    /// Where the record in process comes from; nil inside a punctuation.
    public var recordMetadata: RecordMetadata? {
        get { detached.context.recordMetadata }
        set {
            var record = detached.recordContext
            record.topic = newValue?.topic ?? ""
            record.partition = newValue?.partition ?? PartitionIndex(-1)
            record.offset = newValue?.offset ?? Offset(-1)
            detached.recordContext = record
        }
    }

    /// The highest timestamp that the task has processed.
    public var streamTime: Timestamp {
        get { detached.streamTime }
        set { detached.streamTime = newValue }
    }

    /// The clock.
    public var wallClock: Timestamp {
        get { detached.wallClock }
        set { detached.wallClock = newValue }
    }

    // MARK: What the processor did

    /// What was forwarded to the child of that name, or to all children.
    public func forwarded(to child: String) -> [StreamRecord<Key, Value>] {
        log.forwarded.filter { $0.child == child || $0.child == nil }.map(\.record)
    }

    /// Forgets what was forwarded so far.
    public func resetForwarded() { log.forwarded = [] }

    /// Whether the processor has asked for a commit.
    public var isCommitRequested: Bool { detached.isCommitRequested }

    /// Forgets that a commit was asked for.
    public func resetCommit() { detached.isCommitRequested = false }

    /// The punctuations that the processor has scheduled, by type and the time at which they are due.
    public var scheduledPunctuations: [ScheduledPunctuation] { detached.scheduled.map { ScheduledPunctuation($0) } }

    /// Moves stream time on, and runs the punctuations that are due by it.
    public func advanceStreamTime(to time: Timestamp) throws {
        detached.streamTime = max(detached.streamTime, time)
        try detached.punctuate(.streamTime, at: detached.streamTime)
    }

    /// Moves the clock on, and runs the punctuations that are due by it.
    public func advanceWallClock(by duration: Duration) throws {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        detached.wallClock = Timestamp(detached.wallClock.rawValue + milliseconds)
        try detached.punctuate(.wallClockTime, at: detached.wallClock)
    }

    /// How many records were dropped, by operator and reason.
    public var droppedRecords: [DroppedRecords] { detached.droppedRecords }

    /// One of the stores. Errors: `InvalidStateStoreException` when there is none of that name and type.
    public func store<Store: AnyObject>(_ name: String, as type: Store.Type = Store.self) throws -> Store {
        guard let store = try detached.store(named: name) as? Store else {
            throw InvalidStateStoreException("State store \(name) is not a \(type)")
        }
        return store
    }

    /// Closes the stores.
    public func close() throws { try detached.close() }
}

extension FixedKeyRecord {
    /// A record for a fixed-key processor that is tested by itself: an application never makes one.
    public static func forTesting(
        key: Key?,
        value: Value?,
        timestamp: Timestamp = 0,
        headers: [Header] = []
    ) -> FixedKeyRecord {
        FixedKeyRecord(key: key, value: value, timestamp: timestamp, headers: headers)
    }
}
