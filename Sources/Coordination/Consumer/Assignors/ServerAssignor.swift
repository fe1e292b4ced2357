import Records

/// Who consumes what, decided by the coordinator: `uniform` or `range`. A pure function. See KIP-848.
public enum ServerAssignor: String, Sendable, Hashable, CaseIterable {
    /// Spreads partitions evenly over members, and leaves them where they are as far as that allows.
    case uniform
    /// Gives each member a run of every topic's partitions, so that topics with as many partitions go together.
    case range

    /// A group as an assignor sees it.
    struct Input {
        struct Member {
            let id: MemberID
            let instanceID: GroupInstanceID?
            /// The ids of the topics that it consumes and that exist.
            let topics: Set<TopicID>
            /// Its target so far.
            let target: PartitionsByTopic
        }

        let members: [Member]
        let partitionCounts: [TopicID: Int]

        /// Whether all members consume the same topics.
        var isHomogeneous: Bool {
            guard let first = members.first else { return true }
            return members.allSatisfy { $0.topics == first.topics }
        }
    }

    /// The target of each member.
    func assign(_ input: Input) -> [MemberID: PartitionsByTopic] {
        guard !input.members.isEmpty else { return [:] }
        return switch self {
        case .range: RangeAssignment(input).result
        case .uniform: input.isHomogeneous ? EvenAssignment(input).result : BalancedAssignment(input).result
        }
    }
}
