import Records

/// One of the ways in which a member can take part: an assignor's name, and what the member tells the leader.
public struct GroupProtocol: Sendable, Hashable {
    /// The assignor's name, such as `range`.
    public let name: String
    /// What the member tells the leader; the coordinator does not look into it.
    public let metadata: Bytes

    /// A protocol with its metadata.
    public init(name: String, metadata: Bytes) {
        self.name = name
        self.metadata = metadata
    }
}

/// A member asks to join.
public struct JoinRequest: Sendable, Hashable {
    /// Empty for a member that has no id yet.
    public var memberID: MemberID
    /// Set by a static member.
    public var instanceID: GroupInstanceID?
    /// As the client names itself.
    public var clientID: String
    /// As Kafka prints an address: `/127.0.0.1`.
    public var clientHost: String
    /// How long the member may be silent.
    public var sessionTimeout: Duration
    /// How long the member may take to rejoin.
    public var rebalanceTimeout: Duration
    /// `consumer`, `connect`, ...: all members of a group are of one type.
    public var protocolType: String
    /// In the member's order of preference.
    public var protocols: [GroupProtocol]
    /// A new dynamic member is given an id and must come back with it (version 4 on, KIP-394).
    public var requiresKnownMemberID: Bool
    /// A static leader that comes back may be told to keep the assignment (version 9, KIP-814).
    public var supportsSkippingAssignment: Bool
    /// Why the client joins, in its own words (version 8 on, KIP-800).
    public var reason: String?

    /// A request with these fields.
    public init(
        memberID: MemberID,
        instanceID: GroupInstanceID? = nil,
        clientID: String,
        clientHost: String,
        sessionTimeout: Duration,
        rebalanceTimeout: Duration,
        protocolType: String,
        protocols: [GroupProtocol],
        requiresKnownMemberID: Bool = true,
        supportsSkippingAssignment: Bool = true,
        reason: String? = nil
    ) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.clientID = clientID
        self.clientHost = clientHost
        self.sessionTimeout = sessionTimeout
        self.rebalanceTimeout = rebalanceTimeout
        self.protocolType = protocolType
        self.protocols = protocols
        self.requiresKnownMemberID = requiresKnownMemberID
        self.supportsSkippingAssignment = supportsSkippingAssignment
        self.reason = reason
    }
}

/// The answer to a ``JoinRequest``.
public enum JoinReply: Sendable, Hashable {
    case joined(Joined)
    /// `memberID`: the id to come back with (``GroupError/memberIDRequired``), the requested one, or empty.
    case refused(GroupError, memberID: MemberID)

    /// A member's view of the generation that it belongs to.
    public struct Joined: Sendable, Hashable {
        /// The member's id.
        public var memberID: MemberID
        /// The generation in question.
        public var generation: Int32
        /// The type of the group's protocols.
        public var protocolType: String?
        /// The protocol that the members chose.
        public var protocolName: String?
        /// Who assigns.
        public var leader: MemberID
        /// A leader keeps the assignment that stands. See KIP-814.
        public var skipAssignment: Bool
        /// Only the leader is told.
        public var members: [Member]
    }

    /// What the leader learns about a member.
    public struct Member: Sendable, Hashable {
        /// The member's id.
        public let memberID: MemberID
        /// Set by a static member.
        public let instanceID: GroupInstanceID?
        /// What the member tells the leader; the coordinator does not look into it.
        public let metadata: Bytes
    }
}

/// A member asks for its assignment; the leader brings everybody's.
public struct SyncRequest: Sendable, Hashable {
    /// The member's id.
    public var memberID: MemberID
    /// Set by a static member.
    public var instanceID: GroupInstanceID?
    /// The generation in question.
    public var generation: Int32
    /// The type of the group's protocols.
    public var protocolType: String?
    /// The protocol that the members chose.
    public var protocolName: String?
    /// From the leader: what each member is assigned.
    public var assignments: [MemberID: Bytes]

    /// A request with these fields.
    public init(
        memberID: MemberID,
        instanceID: GroupInstanceID? = nil,
        generation: Int32,
        protocolType: String? = nil,
        protocolName: String? = nil,
        assignments: [MemberID: Bytes] = [:]
    ) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.generation = generation
        self.protocolType = protocolType
        self.protocolName = protocolName
        self.assignments = assignments
    }
}

/// The answer to a ``SyncRequest``.
public enum SyncReply: Sendable, Hashable {
    case assigned(protocolType: String?, protocolName: String?, assignment: Bytes)
    case refused(GroupError)
}

/// A member that leaves, or that an operator removes by its instance id.
public struct LeavingMember: Sendable, Hashable {
    /// Empty to name a static member by its instance id only.
    public let memberID: MemberID
    /// Set by a static member.
    public let instanceID: GroupInstanceID?
    /// Why, in the client's own words.
    public let reason: String?

    /// A member that leaves.
    public init(memberID: MemberID, instanceID: GroupInstanceID? = nil, reason: String? = nil) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.reason = reason
    }
}
