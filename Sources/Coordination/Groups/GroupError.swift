/// Why a group coordinator refuses. Each stands for Kafka's error of the same name.
public enum GroupError: Error, Sendable, Hashable, CaseIterable {
    case invalidGroupID
    case invalidSessionTimeout
    case coordinatorNotAvailable
    case coordinatorLoadInProgress
    case notCoordinator
    case unknownMemberID
    case memberIDRequired
    case fencedInstanceID
    case illegalGeneration
    case inconsistentGroupProtocol
    case rebalanceInProgress
    case groupMaxSizeReached
    case groupIDNotFound
    case nonEmptyGroup
    case groupSubscribedToTopic
    case offsetMetadataTooLarge
    /// A member of the consumer protocol is in an epoch that it cannot be in: it must give up all and rejoin.
    case fencedMemberEpoch
    /// An offset is committed or asked for in an epoch that is over.
    case staleMemberEpoch
    /// A static member's place is not free.
    case unreleasedInstanceID
    case invalidRegularExpression
    /// The request is of a version that does not know the protocol of the group's members.
    case unsupportedVersion
    case unstableOffsetCommit
    /// The records of a transaction came under an old epoch of their producer.
    case invalidProducerEpoch
    /// The records of a transaction came when it was not open.
    case invalidTransactionState
    /// The records of the change are larger than the topic takes.
    case unknownServerError
}
