import Records

/// A member of a group of the consumer protocol: what it said about itself, and what it owns.
public struct ConsumerGroupMember: Sendable, Hashable {
    /// Where a member is on its way to its target assignment. The raw values are those of the record.
    public enum State: Int8, Sendable, Hashable {
        /// It owns its target assignment.
        case stable = 0
        /// It has to give up partitions before it may go on.
        case unrevokedPartitions = 1
        /// Partitions of its target assignment are still owned by others.
        case unreleasedPartitions = 2
        /// Written by a release that knows more states. The member is made to rejoin.
        case unknown = 127
    }

    /// What a member that speaks the classic protocol said in addition.
    public struct ClassicMetadata: Sendable, Hashable {
        /// How long it may be silent.
        public var sessionTimeout: Duration
        /// In its order of preference.
        public var protocols: [GroupProtocol]
    }

    /// The epoch of a static member that has left for a while: it comes back, or its session ends.
    static let staticLeaveEpoch: Int32 = -2
    /// The epoch of a member that leaves.
    static let leaveEpoch: Int32 = -1

    /// The member's id.
    public let id: MemberID
    /// Set by a static member.
    public var instanceID: GroupInstanceID?
    /// Where the member runs.
    public var rackID: String?
    /// As the client names itself.
    public var clientID = ""
    /// As Kafka prints an address: `/127.0.0.1`.
    public var clientHost = ""
    /// Subscribed by name, sorted.
    public var topics: [TopicName] = []
    /// Subscribed by a regular expression on names (RE2's syntax).
    public var topicRegex: String?
    /// How long it may take to give up partitions, in milliseconds; -1 where it never said.
    public var rebalanceTimeoutMs: Int32 = -1
    /// The assignor that it would like the group to use.
    public var assignor: String?
    /// Set for a member that speaks the classic protocol.
    public var classic: ClassicMetadata?

    /// What it has acknowledged; -2 while a static member is away.
    public var epoch: Int32 = 0
    /// The epoch before: a request under it is a repeated one.
    public var previousEpoch: Int32 = 0
    /// Where it is on its way to the target.
    public var state = State.stable
    /// What it owns, or may own from now on.
    public var assigned = PartitionsByTopic()
    /// What it owns still and has to give up.
    public var revoking = PartitionsByTopic()

    /// A member that has said nothing yet.
    public init(id: MemberID) { self.id = id }

    /// The same member under another id, as if it had just come.
    func renamed(_ newID: MemberID) -> ConsumerGroupMember {
        var member = ConsumerGroupMember(id: newID)
        member.instanceID = instanceID
        member.rackID = rackID
        member.clientID = clientID
        member.clientHost = clientHost
        member.topics = topics
        member.topicRegex = topicRegex
        member.rebalanceTimeoutMs = rebalanceTimeoutMs
        member.assignor = assignor
        member.classic = classic
        member.state = state
        member.assigned = assigned
        member.revoking = revoking
        return member
    }

    /// Takes what `other` said about itself, and keeps what it owns.
    mutating func describe(as other: ConsumerGroupMember) {
        instanceID = other.instanceID
        rackID = other.rackID
        clientID = other.clientID
        clientHost = other.clientHost
        topics = other.topics
        topicRegex = other.topicRegex
        rebalanceTimeoutMs = other.rebalanceTimeoutMs
        assignor = other.assignor
        classic = other.classic
    }

    /// Goes on to an epoch.
    mutating func advance(to newEpoch: Int32) {
        previousEpoch = epoch
        epoch = newEpoch
    }

    /// Whether it owns the target assignment of this epoch.
    func isReconciled(to targetEpoch: Int32) -> Bool { state == .stable && epoch == targetEpoch }

    var rebalanceTimeout: Duration { .milliseconds(max(0, rebalanceTimeoutMs)) }
}
