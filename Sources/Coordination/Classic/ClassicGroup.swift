import Records

/// A group of the classic protocol: its members join, their leader assigns, everybody syncs. A pure value: events in,
/// ``GroupEffects`` out; no clock, no I/O.
///
/// A generation passes through the states in this order:
///
/// | state | what happens |
/// |---|---|
/// | `Empty` | no members; committed offsets may remain |
/// | `PreparingRebalance` | joins are parked until every known member has joined, or the rebalance timeout has passed |
/// | `CompletingRebalance` | members know their generation; syncs wait for the leader's, which brings the assignment |
/// | `Stable` | every sync is answered at once |
/// | `Dead` | the group has moved to another coordinator |
///
/// Joins, leaves and lost sessions lead from any state back to `PreparingRebalance`. What survives a restart is
/// ``metadata``, written when a leader assigns, when a static member comes back under a new id, and when the group
/// becomes empty; parked requests, timers and pending members do not.
///
/// Invariant: see ``brokenInvariant``. See KIP-62, KIP-345, KIP-394, KIP-814.
public struct ClassicGroup: Sendable, Hashable {
    /// Where the group is in its generation.
    public enum State: Sendable, Hashable {
        case empty
        case preparingRebalance(JoinPhase)
        case completingRebalance(SyncPhase)
        /// `owed`: members that have not fetched their assignment yet.
        case stable(owed: OwedSyncs?)
        case dead

        /// Kafka's name of the state.
        public var name: String {
            switch self {
            case .empty: "Empty"
            case .preparingRebalance: "PreparingRebalance"
            case .completingRebalance: "CompletingRebalance"
            case .stable: "Stable"
            case .dead: "Dead"
            }
        }
    }

    /// Members gather.
    public struct JoinPhase: Sendable, Hashable {
        /// Who has joined, and the request that waits for the phase to end.
        var joined: [MemberID: ReplyTicket]
        /// When the phase ends whoever is missing.
        var deadline: Duration
        /// Set in the first rebalance of an empty group, which waits for more members to come.
        var initialDelay: InitialDelay?
    }

    /// The first rebalance waits `delay`, and again while members keep coming, until `remaining` is used up.
    struct InitialDelay: Sendable, Hashable {
        var delay: Duration
        var remaining: Duration
        var memberAdded = false
    }

    /// Members wait for the leader's assignment.
    public struct SyncPhase: Sendable, Hashable {
        var waiting: [MemberID: ReplyTicket] = [:]
        /// The leader is always among them: its sync ends the phase.
        var owed: OwedSyncs
    }

    /// Who has not synced in this generation, and until when it must.
    public struct OwedSyncs: Sendable, Hashable {
        var members: Set<MemberID>
        var deadline: Duration
    }

    /// The name of the group.
    public let id: GroupID
    /// Where the group is in its generation.
    public internal(set) var state: State
    /// Counts the rebalances; 0 before the first one.
    public internal(set) var generation: Int32
    /// Nil until somebody has joined: then only offsets were ever committed here (a "simple" group).
    public internal(set) var protocolType: String?
    /// What the members voted for in this generation.
    public internal(set) var protocolName: String?
    /// Who assigns; nil without members.
    public internal(set) var leader: MemberID?
    /// When ``state`` was entered; nil where an old record does not say.
    public internal(set) var stateSince: Timestamp?
    /// By member id. Pending members are not among them.
    public internal(set) var members: [MemberID: ClassicGroupMember] = [:]
    /// The current member id of each static member.
    var staticMembers: [GroupInstanceID: MemberID] = [:]
    /// Ids that were given to members that have yet to join with them, and when they lapse.
    var pendingMembers: [MemberID: Duration] = [:]

    var nextOrdinal: UInt64 = 0
    /// No deadline of the group is before this one.
    var earliestDeadline: Duration?

    /// A group without members.
    public init(id: GroupID, since: Timestamp?) {
        self.id = id
        self.state = .empty
        self.generation = 0
        self.stateSince = since
    }

    /// When ``tick(_:at:)`` has something to do at the earliest; it may turn out to be nothing.
    public var nextDeadline: Duration? { earliestDeadline }

    /// In the order in which they joined.
    public var orderedMembers: [ClassicGroupMember] {
        members.values.sorted { $0.ordinal < $1.ordinal }
    }

    /// Whether `state` is `Empty`.
    public var isEmpty: Bool { state == .empty }

    /// Whether the members' metadata is that of Kafka's consumers, which name the topics they subscribe to.
    public var usesConsumerProtocol: Bool { protocolType == "consumer" }

    /// The protocol whose metadata a description of the group shows: that of a stable generation; nil in other states.
    public var describedProtocolName: String? {
        switch state {
        case .stable: protocolName
        case .empty, .preparingRebalance, .completingRebalance, .dead: nil
        }
    }

    /// What is wrong with the value, nil when all is well. For tests.
    public var brokenInvariant: String? {
        let statics = members.values.compactMap { member in member.instanceID.map { ($0, member.id) } }
        if Dictionary(statics, uniquingKeysWith: { a, _ in a }) != staticMembers || statics.count != staticMembers.count
        {
            return "static members do not match members"
        }
        if members.keys.contains(where: { pendingMembers[$0] != nil }) { return "a member is pending" }
        if let leader, members[leader] == nil { return "the leader is no member" }
        if leader == nil, !members.isEmpty { return "no leader" }
        switch state {
        case .empty:
            if !members.isEmpty { return "empty, with members" }
        case .preparingRebalance(let phase):
            if !phase.joined.keys.allSatisfy({ members[$0] != nil }) { return "a stranger joined" }
        case .completingRebalance(let phase):
            if !phase.waiting.keys.allSatisfy({ members[$0] != nil }) { return "a stranger waits for its assignment" }
            if !phase.owed.members.isDisjoint(with: phase.waiting.keys) { return "a waiting member owes a sync" }
            if leader.map(phase.owed.members.contains) != true {
                return "the leader has synced, but nobody is assigned"
            }
            if protocolName == nil { return "no protocol chosen" }
        case .stable(let owed):
            if let owed, owed.members.isEmpty || !owed.members.allSatisfy({ members[$0] != nil }) {
                return "a stranger owes a sync, or nobody does"
            }
            if protocolName == nil || members.isEmpty { return "stable without members or protocol" }
        case .dead:
            if !members.isEmpty || !pendingMembers.isEmpty { return "dead, with members" }
        }
        if let exact = exactDeadline, earliestDeadline.map({ $0 > exact }) ?? true { return "a deadline is overlooked" }
        return nil
    }

    /// Moves to `state`.
    mutating func enter(_ newState: State, at moment: Moment) {
        state = newState
        stateSince = moment.wall
    }

    /// Sees to it that the group is woken at `deadline` at the latest.
    mutating func wake(at deadline: Duration) {
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
    }

    /// The member was heard of.
    mutating func extendSession(of memberID: MemberID, at moment: Moment) {
        guard let index = members.index(forKey: memberID) else { return }
        let deadline = moment.uptime + members.values[index].sessionTimeout
        members.values[index].sessionDeadline = deadline
        wake(at: deadline)
    }

    /// Checks that a request comes from a current member, and under the current id of a static one.
    func validate(_ memberID: MemberID, _ instanceID: GroupInstanceID?) throws(GroupError) {
        if let instanceID {
            guard let current = staticMembers[instanceID] else { throw .unknownMemberID }
            guard current == memberID else { throw .fencedInstanceID }
        }
        guard members[memberID] != nil else { throw .unknownMemberID }
    }

    func notice(_ event: GroupNotice.Event) -> GroupNotice { GroupNotice(group: id, event: event) }
}
