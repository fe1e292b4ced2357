import Records

/// A record of `__consumer_offsets` about a group of the consumer protocol. Nil stands for a tombstone. See KIP-848.
public enum ConsumerGroupRecord: Sendable, Hashable {
    /// The epoch of the group: grows with its members, their subscriptions and their topics.
    case epoch(Int32?)
    /// The topics that the group knows, as they were when the epoch was last judged.
    case topics([GroupTopic]?)
    /// What a member said about itself.
    case member(MemberID, ConsumerGroupMember?)
    /// The epoch for which the target assignment was computed.
    case targetEpoch(Int32?)
    /// What a member shall own.
    case target(MemberID, PartitionsByTopic?)
    /// What a member owns.
    case current(MemberID, CurrentAssignment?)
    /// What a regular expression that members subscribe by matched when it was last asked.
    case regex(String, ResolvedRegex?)

    var isTombstone: Bool {
        switch self {
        case .epoch(nil), .topics(nil), .member(_, nil), .targetEpoch(nil), .target(_, nil), .current(_, nil),
            .regex(_, nil):
            true
        case .epoch, .topics, .member, .targetEpoch, .target, .current, .regex: false
        }
    }

    /// What a member owns, and its way to the target.
    public struct CurrentAssignment: Sendable, Hashable {
        var epoch: Int32
        var previousEpoch: Int32
        var state: ConsumerGroupMember.State
        var assigned: PartitionsByTopic
        var revoking: PartitionsByTopic

        init(_ member: ConsumerGroupMember) {
            epoch = member.epoch
            previousEpoch = member.previousEpoch
            state = member.state
            assigned = member.assigned
            revoking = member.revoking
        }

        init(
            epoch: Int32,
            previousEpoch: Int32,
            state: ConsumerGroupMember.State,
            assigned: PartitionsByTopic,
            revoking: PartitionsByTopic
        ) {
            self.epoch = epoch
            self.previousEpoch = previousEpoch
            self.state = state
            self.assigned = assigned
            self.revoking = revoking
        }
    }
}
