import CommitLog
import Coordination
import KafkaProtocol

extension TransactionError {
    /// The code of the wire, for clients that know PRODUCER_FENCED.
    var errorCode: ErrorCode {
        switch self {
        case .invalidRequest: .invalidRequest
        case .invalidTransactionTimeout: .invalidTransactionTimeout
        case .transactionalIDAuthorizationFailed: .transactionalIdAuthorizationFailed
        case .unsupportedVersion: .unsupportedVersion
        case .coordinatorNotAvailable: .coordinatorNotAvailable
        case .coordinatorLoadInProgress: .coordinatorLoadInProgress
        case .notCoordinator: .notCoordinator
        case .producerFenced: .producerFenced
        case .invalidProducerIDMapping: .invalidProducerIdMapping
        case .concurrentTransactions: .concurrentTransactions
        case .invalidTransactionState: .invalidTxnState
        case .transactionAbortable: .transactionAbortable
        case .transactionalIDNotFound: .transactionalIdNotFound
        case .unknownServerError: .unknownServerError
        // The shell has not brought one: the metadata log takes no records. Ask again.
        case .producerIDNeeded: .coordinatorLoadInProgress
        }
    }

    /// The code for a client that may be older than PRODUCER_FENCED. See KIP-588.
    func errorCode(knowsFenced: Bool) -> ErrorCode {
        self == .producerFenced && !knowsFenced ? .invalidProducerEpoch : errorCode
    }

    /// What a failed append means to a client of the coordinator: it looks for another one where the log cannot be
    /// written, and is not told of errors that it could not have caused.
    init(failedAppend error: PartitionError) {
        switch error {
        case .notLeader, .unknownLeaderEpoch, .fencedLeaderEpoch: self = .notCoordinator
        case .log(.storage), .log(.corruptFile), .log(.notWritable): self = .notCoordinator
        case .log: self = .unknownServerError
        }
    }
}
