import CommitLog
import KafkaProtocol

extension PartitionError {
    /// The code of the wire.
    var errorCode: ErrorCode {
        switch self {
        case .notLeader: .notLeaderOrFollower
        case .unknownLeaderEpoch: .unknownLeaderEpoch
        case .fencedLeaderEpoch: .fencedLeaderEpoch
        case .log(let error): error.errorCode
        }
    }

    /// What an answer may say besides the code.
    var message: String? {
        switch self {
        case .notLeader, .unknownLeaderEpoch, .fencedLeaderEpoch: nil
        case .log(let error): error.description
        }
    }

    /// The records of a batch that are at fault.
    var rejectedRecords: [RejectedRecords.Entry] {
        guard case .log(.rejectedRecords(let rejected)) = self else { return [] }
        return rejected.entries
    }

    /// Whether the broker, not the client, is at fault; such errors are logged.
    var isOurs: Bool { errorCode == .kafkaStorageError || errorCode == .unknownServerError }
}

extension LogError {
    /// The code of the wire.
    var errorCode: ErrorCode {
        switch self {
        case .offsetOutOfRange: .offsetOutOfRange
        case .recordTooLarge: .messageTooLarge
        case .recordListTooLarge: .recordListTooLarge
        case .corruptBatch: .corruptMessage
        case .invalidRecord: .invalidRecord
        case .rejectedRecords(let rejected): rejected.hasInvalidTimestamp ? .invalidTimestamp : .invalidRecord
        case .unsupportedFormat: .unsupportedForMessageFormat
        case .outOfOrderSequence: .outOfOrderSequenceNumber
        case .invalidProducerEpoch: .invalidProducerEpoch
        case .invalidTransactionState: .invalidTxnState
        case .transactionCoordinatorFenced: .transactionCoordinatorFenced
        case .unexpectedOffset: .unknownServerError
        case .storage, .corruptFile, .notWritable: .kafkaStorageError
        case .inconsistentTopicID: .inconsistentTopicId
        }
    }
}
