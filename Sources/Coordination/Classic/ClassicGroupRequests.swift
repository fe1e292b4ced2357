import Records

/// One of the ways in which a member can take part: an assignor's name, and what the member tells the leader.
public struct GroupProtocol: Sendable, Hashable {
    public let name: String
    public let metadata: Bytes

    public init(name: String, metadata: Bytes) {
        self.name = name
        self.metadata = metadata
    }
}

/// A member asks to join.
public struct JoinRequest: Sendable, Hashable {
    /// Empty for a member that has no id yet.
    public var memberID: MemberID
    public var instanceID: GroupInstanceID?
    public var clientID: String
    /// As Kafka prints an address: `/127.0.0.1`.
    public var clientHost: String
    public var sessionTimeout: Duration
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

    public init(
        memberID: MemberID, instanceID: GroupInstanceID? = nil, clientID: String, clientHost: String,
        sessionTimeout: Duration, rebalanceTimeout: Duration, protocolType: String, protocols: [GroupProtocol],
        requiresKnownMemberID: Bool = true, supportsSkippingAssignment: Bool = true, reason: String? = nil
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
        public var memberID: MemberID
        public var generation: Int32
        public var protocolType: String?
        public var protocolName: String?
        public var leader: MemberID
        public var skipAssignment: Bool
        /// Only the leader is told.
        public var members: [Member]
    }

    /// What the leader learns about a member.
    public struct Member: Sendable, Hashable {
        public let memberID: MemberID
        public let instanceID: GroupInstanceID?
        public let metadata: Bytes
    }
}

/// A member asks for its assignment; the leader brings everybody's.
public struct SyncRequest: Sendable, Hashable {
    public var memberID: MemberID
    public var instanceID: GroupInstanceID?
    public var generation: Int32
    public var protocolType: String?
    public var protocolName: String?
    public var assignments: [MemberID: Bytes]

    public init(
        memberID: MemberID, instanceID: GroupInstanceID? = nil, generation: Int32, protocolType: String? = nil,
        protocolName: String? = nil, assignments: [MemberID: Bytes] = [:]
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
    public let instanceID: GroupInstanceID?
    public let reason: String?

    public init(memberID: MemberID, instanceID: GroupInstanceID? = nil, reason: String? = nil) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.reason = reason
    }
}
