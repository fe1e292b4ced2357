import Records

/// A member of the consumer protocol says that it is alive, what it wants, and what it owns. See KIP-848.
public struct ConsumerHeartbeat: Sendable, Hashable {
    /// The member's id; empty for one that has none yet (version 0).
    public var memberID: MemberID
    /// 0 to join, -1 to leave, -2 for a static member that leaves for a while; else the epoch that the member is in.
    public var epoch: Int32
    /// Set by a static member.
    public var instanceID: GroupInstanceID?
    /// Nil where it has not changed.
    public var rackID: String?
    /// In milliseconds; -1 where it has not changed.
    public var rebalanceTimeoutMs: Int32
    /// As the client names itself.
    public var clientID: String
    /// As Kafka prints an address: `/127.0.0.1`.
    public var clientHost: String
    /// Nil where they have not changed.
    public var topics: [TopicName]?
    /// Nil where it has not changed; empty where there is none any more.
    public var topicRegex: String?
    /// Nil where it has not changed.
    public var assignor: String?
    /// What the member owns; nil where it has not changed.
    public var owned: PartitionsByTopic?

    /// A heartbeat that changes nothing.
    public init(memberID: MemberID, epoch: Int32, clientID: String = "", clientHost: String = "") {
        self.memberID = memberID
        self.epoch = epoch
        rebalanceTimeoutMs = -1
        self.clientID = clientID
        self.clientHost = clientHost
    }

    /// Whether it says everything, and so wants to hear everything.
    var isFull: Bool {
        epoch == 0 || (rebalanceTimeoutMs != -1 && (topics != nil || topicRegex != nil) && owned != nil)
    }
}

/// The answer to a ``ConsumerHeartbeat``.
public struct ConsumerHeartbeatAnswer: Sendable, Hashable {
    /// The member's id.
    public var memberID: MemberID
    /// The epoch that the member is in from now on.
    public var epoch: Int32
    /// What the member owns from now on; nil where that has not changed.
    public var assignment: PartitionsByTopic?
}

/// What is configured for one group of the consumer protocol.
public struct ConsumerGroupSettings: Sendable, Hashable {
    /// `consumer.session.timeout.ms`, else `group.consumer.session.timeout.ms`: how long a member may be silent.
    public var sessionTimeout: Duration = .seconds(45)
    /// `consumer.heartbeat.interval.ms`, else `group.consumer.heartbeat.interval.ms`: how often it shall be heard of.
    public var heartbeatInterval: Duration = .seconds(5)

    /// ``heartbeatInterval`` in milliseconds.
    public var heartbeatIntervalMs: Int64 { heartbeatInterval.wholeMilliseconds }

    /// Kafka's defaults.
    public init() {}
}

/// Which groups may change their protocol while they have members (`group.consumer.migration.policy`).
public enum GroupMigrationPolicy: String, Sendable, Hashable {
    case disabled, upgrade, downgrade, bidirectional

    var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
    var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}

/// What an event of a consumer group may look at.
struct ConsumerGroupContext {
    let configuration: GroupConfiguration
    let settings: ConsumerGroupSettings
    let topics: any TopicDirectory
    let moment: Moment
}
