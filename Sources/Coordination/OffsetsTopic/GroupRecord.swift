import Records

/// A record of `__consumer_offsets`. Nil stands for a tombstone.
public enum GroupRecord: Sendable, Hashable {
    case offsetCommit(GroupID, TopicPartition, CommittedOffset?)
    case groupMetadata(GroupID, GroupMetadata?)
    case consumerGroup(GroupID, ConsumerGroupRecord)

    /// The group that the record is about.
    public var group: GroupID {
        switch self {
        case .offsetCommit(let group, _, _), .groupMetadata(let group, _), .consumerGroup(let group, _): group
        }
    }
}
