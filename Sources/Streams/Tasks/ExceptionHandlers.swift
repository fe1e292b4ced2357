import Records

/// What a task does about a record that it cannot read, process or send.
public enum ExceptionResponse: Hashable, Sendable {
    /// Drops the record, counts it, and goes on.
    case `continue`
    /// Ends the task with the error.
    case fail
}

/// Where a record that failed came from.
public struct FailedRecord: Hashable, Sendable {
    /// The operator's name in `describe()`.
    public let operatorName: String
    /// The task that met it.
    public let taskID: TaskID
    /// Nil inside a punctuation.
    public let metadata: RecordMetadata?
}

/// The place in a topic that the record in process came from.
public struct RecordMetadata: Hashable, Sendable {
    /// The topic.
    public let topic: TopicName
    /// The partition.
    public let partition: PartitionIndex
    /// The place in the partition.
    public let offset: Offset

    /// A place in a topic.
    public init(topic: TopicName, partition: PartitionIndex, offset: Offset) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

/// What to do when key or value of an input record cannot be decoded. See KIP-161.
///
/// ```swift
/// var configuration = StreamsConfiguration(applicationID: "orders")
/// configuration.deserializationExceptionHandler = .logAndContinue
/// ```
public struct DeserializationExceptionHandler: Sendable {
    /// Decides about a record and what was thrown. Called on the task's thread.
    public let handle: @Sendable (FailedRecord, any Error) -> ExceptionResponse

    /// A handler of one's own.
    public init(_ handle: @escaping @Sendable (FailedRecord, any Error) -> ExceptionResponse) { self.handle = handle }

    /// Ends the task: the default.
    public static let logAndFail = DeserializationExceptionHandler { _, _ in .fail }
    /// Drops the record and counts it as ``DropReason/undecodable``.
    public static let logAndContinue = DeserializationExceptionHandler { _, _ in .continue }
}

/// What to do when a closure or processor of the user's throws. See KIP-1033.
///
/// ```swift
/// var configuration = StreamsConfiguration(applicationID: "orders")
/// configuration.processingExceptionHandler = ProcessingExceptionHandler { record, error in
///     print("\(record.operatorName) at \(record.metadata?.offset ?? -1): \(error)")
///     return .continue
/// }
/// ```
public struct ProcessingExceptionHandler: Sendable {
    /// Decides about a record and what was thrown. Called on the task's thread.
    public let handle: @Sendable (FailedRecord, any Error) -> ExceptionResponse

    /// A handler of one's own.
    public init(_ handle: @escaping @Sendable (FailedRecord, any Error) -> ExceptionResponse) { self.handle = handle }

    /// Ends the task: the default.
    public static let logAndFail = ProcessingExceptionHandler { _, _ in .fail }
    /// Drops the record and counts it as ``DropReason/failed``.
    public static let logAndContinue = ProcessingExceptionHandler { _, _ in .continue }
}

/// What to do when an output record cannot be encoded or sent. See KIP-210.
///
/// ```swift
/// var configuration = StreamsConfiguration(applicationID: "orders")
/// configuration.productionExceptionHandler = .continue
/// ```
public struct ProductionExceptionHandler: Sendable {
    /// Decides about a record and what was thrown. Called on the task's thread.
    public let handle: @Sendable (FailedRecord, any Error) -> ExceptionResponse

    /// A handler of one's own.
    public init(_ handle: @escaping @Sendable (FailedRecord, any Error) -> ExceptionResponse) { self.handle = handle }

    /// Ends the task: the default.
    public static let fail = ProductionExceptionHandler { _, _ in .fail }
    /// Drops the record and counts it as ``DropReason/unencodable``.
    public static let `continue` = ProductionExceptionHandler { _, _ in .continue }
}

/// A record could not be processed: the operator, the record's place, and the cause.
public struct StreamsException: Error, CustomStringConvertible {
    /// What could not be done.
    public let message: String
    /// The operator's name in `describe()`; nil where no operator is to blame.
    public let operatorName: String?
    /// Where the record came from; nil where no record is to blame.
    public let metadata: RecordMetadata?
    /// What was thrown.
    public let underlying: (any Error)?

    /// An error with that message.
    public init(
        _ message: String,
        operatorName: String? = nil,
        metadata: RecordMetadata? = nil,
        underlying: (any Error)? = nil
    ) {
        self.message = message
        self.operatorName = operatorName
        self.metadata = metadata
        self.underlying = underlying
    }

    public var description: String {
        var text = message
        if let operatorName { text += ", in \(operatorName)" }
        if let metadata { text += ", at \(metadata.topic)-\(metadata.partition) offset \(metadata.offset)" }
        if let underlying { text += ": \(underlying)" }
        return text
    }
}
