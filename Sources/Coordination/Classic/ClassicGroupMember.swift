import Records

/// A member of a classic group.
public struct ClassicGroupMember: Sendable, Hashable {
    /// The id that the coordinator gave it.
    public let id: MemberID
    /// Set for a static member.
    public let instanceID: GroupInstanceID?
    /// As the client names itself.
    public let clientID: String
    /// As Kafka prints an address: `/127.0.0.1`.
    public let clientHost: String
    /// How long the member may take to rejoin.
    public internal(set) var rebalanceTimeout: Duration
    /// How long the member may be silent.
    public internal(set) var sessionTimeout: Duration
    /// In the member's order of preference.
    public internal(set) var protocols: [GroupProtocol]
    /// What the leader assigned in the last stable generation; empty before.
    public internal(set) var assignment = Bytes()

    /// The member has not been through a rebalance yet: its session ends even while its join is parked.
    var isNew = false
    /// When the member is given up unless it is heard of; nil while a parked request of its own speaks for it.
    var sessionDeadline: Duration?
    /// Members are listed, and a new leader is chosen, in the order in which they joined.
    let ordinal: UInt64

    init(
        id: MemberID,
        instanceID: GroupInstanceID?,
        clientID: String,
        clientHost: String,
        rebalanceTimeout: Duration,
        sessionTimeout: Duration,
        protocols: [GroupProtocol],
        ordinal: UInt64
    ) {
        self.id = id
        self.instanceID = instanceID
        self.clientID = clientID
        self.clientHost = clientHost
        self.rebalanceTimeout = rebalanceTimeout
        self.sessionTimeout = sessionTimeout
        self.protocols = protocols
        self.ordinal = ordinal
    }

    /// What the member said for the protocol of this name; nil where it does not support it.
    public func metadata(for protocolName: String?) -> Bytes? {
        protocols.first { $0.name == protocolName }?.metadata
    }

    func supports(_ protocolName: String) -> Bool { protocols.contains { $0.name == protocolName } }

    /// The same member under the id that its restarted client was given.
    func renamed(_ newID: MemberID) -> ClassicGroupMember {
        var member = ClassicGroupMember(
            id: newID,
            instanceID: instanceID,
            clientID: clientID,
            clientHost: clientHost,
            rebalanceTimeout: rebalanceTimeout,
            sessionTimeout: sessionTimeout,
            protocols: protocols,
            ordinal: ordinal
        )
        member.assignment = assignment
        return member
    }
}
