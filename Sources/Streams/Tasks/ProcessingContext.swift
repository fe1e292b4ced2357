import Records

/// What the operators of a task share while a record passes: where it came from, its headers, where output goes.
///
/// One object a task, used by the thread that runs the task and by nobody else. Key, value and timestamp travel as
/// arguments from operator to operator; what few operators look at stands here.
@usableFromInline
final class ProcessingContext: StateStoreContext {
    @usableFromInline let taskID: TaskID
    @usableFromInline let configuration: TaskConfiguration
    @usableFromInline let collector: any RecordCollector

    /// Where the record in process came from: its time, place and headers. An operator that writes to a store sets the
    /// time of its own record first; one that changes headers puts them back.
    @exclusivity(unchecked) @usableFromInline var recordContext = ProcessorRecordContext.none
    /// The highest timestamp that the task has seen.
    @exclusivity(unchecked) @usableFromInline var streamTime = Timestamp.none
    /// The wall clock, as the task was last told.
    @exclusivity(unchecked) var wallClock = Timestamp.none

    /// Where keys and values are encoded.
    @exclusivity(unchecked) @usableFromInline var keyBuffer = RawBuffer(capacity: 256)
    @exclusivity(unchecked) @usableFromInline var valueBuffer = RawBuffer(capacity: 1024)

    var drops = DropCounter()
    /// Sees each dropped record.
    var onDrop: ((DroppedRecord) -> Void)?
    var punctuations = PunctuationQueues()
    var isCommitRequested = false
    /// Times that operators keep across restarts, by key: they are committed beside the offsets.
    var processorMetadata: [String: Int64] = [:]
    /// What user processors asked to be closed with the task.
    var closers: [() throws -> Void] = []

    @usableFromInline let taskDirectory: String
    @usableFromInline let cacheBudget: CacheBudget
    private let changelogs: [String: TopicPartition]

    init(
        taskID: TaskID,
        configuration: TaskConfiguration,
        collector: any RecordCollector,
        taskDirectory: String,
        cacheBudget: CacheBudget,
        changelogs: [String: TopicPartition]
    ) {
        self.taskID = taskID
        self.configuration = configuration
        self.collector = collector
        self.taskDirectory = taskDirectory
        self.cacheBudget = cacheBudget
        self.changelogs = changelogs
    }

    /// The headers of the record that is being processed.
    @inlinable
    var headers: [Header] {
        get { recordContext.headers }
        set { recordContext.headers = newValue }
    }

    /// The time of the record that a store's write belongs to.
    @inlinable
    var timestamp: Timestamp {
        get { recordContext.timestamp }
        set { recordContext.timestamp = newValue }
    }

    /// The input record that is being processed; nil inside a punctuation.
    @usableFromInline
    var metadata: RecordMetadata? {
        let record = recordContext
        guard record.offset.rawValue >= 0 else { return nil }
        return RecordMetadata(topic: record.topic, partition: record.partition, offset: record.offset)
    }

    @usableFromInline
    func changelog(of store: String) -> StoreChangelog? {
        guard let topicPartition = changelogs[store] else { return nil }
        let collector = collector
        func send(
            _ key: UnsafeRawBufferPointer,
            _ value: UnsafeRawBufferPointer?,
            _ timestamp: Timestamp,
            _ headers: [Header]
        ) throws {
            try collector.send(
                topic: topicPartition.topic,
                partition: topicPartition.partition,
                timestamp: timestamp,
                key: key,
                value: value,
                headers: headers
            )
        }
        return StoreChangelog(
            topicPartition: topicPartition,
            log: { key, value, timestamp in try send(key, value, timestamp, []) },
            logWithHeaders: send
        )
    }

    @usableFromInline
    func recordExpired(in store: String) { drop(.expired, at: store) }

    func drop(_ reason: DropReason, at name: String) {
        drops.count(reason, at: name)
        guard let onDrop else { return }
        onDrop(
            DroppedRecord(
                operatorName: name,
                reason: reason,
                taskID: taskID,
                metadata: metadata,
                timestamp: recordContext.timestamp
            )
        )
    }

    /// Sends what stands in the buffers.
    @usableFromInline
    func send(
        to topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        hasKey: Bool,
        hasValue: Bool,
        scope: NodeScope
    ) throws {
        guard timestamp.rawValue >= 0 else {
            throw StreamsException(
                "A record for \(topic) has the negative timestamp \(timestamp)",
                operatorName: scope.name,
                metadata: metadata
            )
        }
        // In place: collectors use neither these buffers nor this context.
        let key = hasKey ? keyBuffer.withUnsafeBytes { $0 } : nil
        let value = hasValue ? valueBuffer.withUnsafeBytes { $0 } : nil
        do {
            try collector.send(
                topic: topic,
                partition: partition,
                timestamp: timestamp,
                key: key,
                value: value,
                headers: headers
            )
        } catch {
            try scope.unsent(error)
        }
    }
}

/// One operator of one task: counts what it drops, and turns what its closures throw into the configured response.
@usableFromInline
final class NodeScope {
    let id: NodeID
    @usableFromInline let name: String
    @usableFromInline let context: ProcessingContext

    init(id: NodeID, name: String, context: ProcessingContext) {
        self.id = id
        self.name = name
        self.context = context
    }

    @usableFromInline
    func drop(_ reason: DropReason) {
        context.drop(reason, at: name)
    }

    /// A closure of the user's threw. Returns when the record is to be dropped.
    @usableFromInline
    func failed(_ error: any Error) throws {
        // What an operator below has given up on is not asked about again.
        if error is StreamsException { throw error }
        let response = context.configuration.processingExceptionHandler.handle(failedRecord, error)
        guard response == .continue else { throw exception("The operator failed", error) }
        drop(.failed)
    }

    /// A key or value cannot be decoded. Returns when the record is to be dropped.
    @usableFromInline
    func undecodable(_ error: any Error) throws {
        let response = context.configuration.deserializationExceptionHandler.handle(failedRecord, error)
        guard response == .continue else { throw exception("The record cannot be decoded", error) }
        drop(.undecodable)
    }

    /// A key or value cannot be encoded. Returns when the record is to be dropped.
    @usableFromInline
    func unsent(_ error: any Error) throws {
        let response = context.configuration.productionExceptionHandler.handle(failedRecord, error)
        guard response == .continue else { throw exception("The record cannot be sent", error) }
        drop(.unencodable)
    }

    private var failedRecord: FailedRecord {
        FailedRecord(operatorName: name, taskID: context.taskID, metadata: context.metadata)
    }

    private func exception(_ message: String, _ error: any Error) -> StreamsException {
        StreamsException(message, operatorName: name, metadata: context.metadata, underlying: error)
    }
}
