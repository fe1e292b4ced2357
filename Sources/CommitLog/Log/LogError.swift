import Records

/// Why a log refused or failed. The broker maps each case to one error code of the protocol.
public enum LogError: Error, Sendable, Hashable {
    /// OFFSET_OUT_OF_RANGE
    case offsetOutOfRange(requested: Offset, logStartOffset: Offset, logEndOffset: Offset)
    /// MESSAGE_TOO_LARGE: a batch exceeds max.message.bytes.
    case recordTooLarge(sizeInBytes: Int, limit: Int)
    /// RECORD_LIST_TOO_LARGE: the append exceeds segment.bytes.
    case recordListTooLarge(sizeInBytes: Int, limit: Int)
    /// CORRUPT_MESSAGE: length, magic or CRC are wrong.
    case corruptBatch(reason: String)
    /// INVALID_RECORD: whole, but not what the log may take.
    case invalidRecord(reason: String)
    /// INVALID_TIMESTAMP, or INVALID_RECORD: some of a batch's records are not what the topic takes.
    case rejectedRecords(RejectedRecords)
    /// UNSUPPORTED_FOR_MESSAGE_FORMAT: an old magic.
    case unsupportedFormat(magic: Int8)
    /// OUT_OF_ORDER_SEQUENCE_NUMBER
    case outOfOrderSequence(reason: String)
    /// INVALID_PRODUCER_EPOCH
    case invalidProducerEpoch(reason: String)
    /// INVALID_TXN_STATE
    case invalidTransactionState(reason: String)
    /// TRANSACTION_COORDINATOR_FENCED
    case transactionCoordinatorFenced(reason: String)
    /// A replica's batches do not continue its log.
    case unexpectedOffset(reason: String)
    /// KAFKA_STORAGE_ERROR: the file system failed. Whether the log goes on is told by ``PartitionLog/isWritable``.
    case storage(FileSystemError)
    /// KAFKA_STORAGE_ERROR: a file holds what it must not, and the log cannot be opened without it.
    case corruptFile(path: String, reason: String)
    /// INCONSISTENT_TOPIC_ID: the directory belongs to another topic.
    case inconsistentTopicID(path: String, expected: TopicID, found: TopicID)
    /// KAFKA_STORAGE_ERROR: a sync failed before, so nothing more is written until the log is opened again; or it was closed.
    case notWritable(reason: String)
}

extension LogError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .offsetOutOfRange(let requested, let start, let end):
            "offset \(requested) is out of range: the log holds \(start) up to \(end)"
        case .recordTooLarge(let size, let limit): "a batch of \(size) bytes exceeds max.message.bytes, \(limit)"
        case .recordListTooLarge(let size, let limit): "\(size) bytes in one append exceed segment.bytes, \(limit)"
        case .corruptBatch(let reason): "corrupt batch: \(reason)"
        case .invalidRecord(let reason): "invalid record: \(reason)"
        case .rejectedRecords(let rejected): rejected.message
        case .unsupportedFormat(let magic): "record format \(magic) is not supported, only 2"
        case .outOfOrderSequence(let reason): "out of order sequence: \(reason)"
        case .invalidProducerEpoch(let reason): "invalid producer epoch: \(reason)"
        case .invalidTransactionState(let reason): "invalid transaction state: \(reason)"
        case .transactionCoordinatorFenced(let reason): "transaction coordinator fenced: \(reason)"
        case .unexpectedOffset(let reason): "unexpected offset: \(reason)"
        case .storage(let error): error.description
        case .corruptFile(let path, let reason): "\(path): \(reason)"
        case .inconsistentTopicID(let path, let expected, let found): "\(path): topic id \(found), expected \(expected)"
        case .notWritable(let reason): "the log takes no more writes: \(reason)"
        }
    }
}

extension LogError {
    /// Runs file operations; their errors become ``storage(_:)``.
    static func wrap<R>(_ body: () throws(FileSystemError) -> R) throws(LogError) -> R {
        do throws(FileSystemError) { return try body() } catch { throw .storage(error) }
    }
}
