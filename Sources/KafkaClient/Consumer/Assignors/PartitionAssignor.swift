import KafkaProtocol
import Records

/// How the members of a group share out partitions. One member, the leader, assigns for all.
///
/// Every method is called within poll, on the thread that polls, and never twice at a time; so an assignor may block
/// there, for example to create topics before it assigns them.
public protocol PartitionAssignor: Sendable {
    /// The protocol's name in JoinGroup. All members must have one in common.
    var name: String { get }
    /// The ways to rebalance that it can be used with; the highest that all assignors of a consumer share is taken.
    var supportedProtocols: Set<RebalanceProtocol> { get }
    /// What the leader is to know of this member, beyond topics and owned partitions. Called before each JoinGroup.
    func subscriptionUserData(_ topics: Set<TopicName>) throws -> Bytes?
    /// Shares out the partitions; called on the leader. `metadata` is fresh, and has the topics that any member
    /// subscribes to as far as they exist. Members that are left out are assigned nothing.
    func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) throws -> [MemberID: PartitionAssignment]
    /// What this member was assigned, before listeners hear of new partitions.
    func onAssignment(_ assignment: PartitionAssignment, _ group: ConsumerGroupMetadata) throws
}

extension PartitionAssignor {
    public var supportedProtocols: Set<RebalanceProtocol> { [.eager] }
    public func subscriptionUserData(_ topics: Set<TopicName>) throws -> Bytes? { nil }
    public func onAssignment(_ assignment: PartitionAssignment, _ group: ConsumerGroupMetadata) throws {}
}

/// How a group moves from one assignment to the next. See KIP-429.
public enum RebalanceProtocol: Int, Sendable, Hashable, Comparable {
    /// Every member gives up everything, then joins.
    case eager = 0
    /// Members keep what they own while they join; what has to move is given up first and assigned in a second round.
    case cooperative = 1

    public static func < (a: RebalanceProtocol, b: RebalanceProtocol) -> Bool { a.rawValue < b.rawValue }
}

/// What each member of a group subscribes to, in the order in which the coordinator names them.
public struct GroupSubscription: Sendable, Hashable {
    /// A member and its subscription.
    public struct Member: Sendable, Hashable {
        /// The member.
        public let memberID: MemberID
        /// Its `group.instance.id`, where set.
        public let groupInstanceID: String?
        /// What it subscribes to.
        public let subscription: MemberSubscription

        /// A member and its subscription.
        public init(_ memberID: MemberID, groupInstanceID: String? = nil, _ subscription: MemberSubscription) {
            self.memberID = memberID
            self.groupInstanceID = groupInstanceID
            self.subscription = subscription
        }
    }

    /// In the order of the JoinGroup response.
    public let members: [Member]

    /// Members in order.
    public init(_ members: [Member]) { self.members = members }

    /// All topics that any member subscribes to.
    public var topics: Set<TopicName> { Set(members.flatMap(\.subscription.topics)) }
}

/// What a member tells the leader: the consumer protocol's subscription.
public struct MemberSubscription: Sendable, Hashable {
    /// What it subscribes to.
    public var topics: [TopicName]
    /// Its assignor's own data.
    public var userData: Bytes?
    /// The partitions that it owns; none under an eager protocol.
    public var ownedPartitions: [TopicPartition]
    /// The last generation that it was part of; nil where it was in none, or does not tell.
    public var generationID: Int32?
    /// `client.rack`, where set.
    public var rackID: String?

    /// A subscription.
    public init(
        topics: [TopicName],
        userData: Bytes? = nil,
        ownedPartitions: [TopicPartition] = [],
        generationID: Int32? = nil,
        rackID: String? = nil
    ) {
        self.topics = topics
        self.userData = userData
        self.ownedPartitions = ownedPartitions
        self.generationID = generationID
        self.rackID = rackID
    }
}

/// What a member is assigned: the consumer protocol's assignment.
public struct PartitionAssignment: Sendable, Hashable {
    /// The partitions, in the assignor's order.
    public var partitions: [TopicPartition]
    /// The assignor's own data.
    public var userData: Bytes?

    /// An assignment.
    public init(_ partitions: [TopicPartition] = [], userData: Bytes? = nil) {
        self.partitions = partitions
        self.userData = userData
    }
}
