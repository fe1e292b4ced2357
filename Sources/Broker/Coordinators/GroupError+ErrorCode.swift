import CommitLog
import Coordination
import KafkaProtocol

extension GroupError {
    /// The code of the wire.
    var errorCode: ErrorCode {
        switch self {
        case .invalidGroupID: .invalidGroupId
        case .invalidSessionTimeout: .invalidSessionTimeout
        case .coordinatorNotAvailable: .coordinatorNotAvailable
        case .coordinatorLoadInProgress: .coordinatorLoadInProgress
        case .notCoordinator: .notCoordinator
        case .unknownMemberID: .unknownMemberId
        case .memberIDRequired: .memberIdRequired
        case .fencedInstanceID: .fencedInstanceId
        case .illegalGeneration: .illegalGeneration
        case .inconsistentGroupProtocol: .inconsistentGroupProtocol
        case .rebalanceInProgress: .rebalanceInProgress
        case .groupMaxSizeReached: .groupMaxSizeReached
        case .groupIDNotFound: .groupIdNotFound
        case .nonEmptyGroup: .nonEmptyGroup
        case .groupSubscribedToTopic: .groupSubscribedToTopic
        case .offsetMetadataTooLarge: .offsetMetadataTooLarge
        case .unstableOffsetCommit: .unstableOffsetCommit
        case .fencedMemberEpoch: .fencedMemberEpoch
        case .staleMemberEpoch: .staleMemberEpoch
        case .unreleasedInstanceID: .unreleasedInstanceId
        case .invalidRegularExpression: .invalidRegularExpression
        case .unsupportedVersion: .unsupportedVersion
        case .invalidProducerEpoch: .invalidProducerEpoch
        case .invalidTransactionState: .invalidTxnState
        case .unknownServerError: .unknownServerError
        }
    }

    /// What a failed append means to a client of the coordinator: it looks for another coordinator where the log
    /// cannot be written, and is not told of errors that it could not have caused.
    init(failedAppend error: PartitionError) {
        switch error {
        case .notLeader, .unknownLeaderEpoch, .fencedLeaderEpoch: self = .notCoordinator
        case .log(.storage), .log(.corruptFile), .log(.notWritable): self = .notCoordinator
        case .log(.invalidProducerEpoch): self = .invalidProducerEpoch
        case .log(.invalidTransactionState): self = .invalidTransactionState
        case .log: self = .unknownServerError
        }
    }
}

extension ErrorCode {
    /// The code of what may have gone wrong.
    init(_ error: GroupError?) { self = error?.errorCode ?? .none }
}
