import Records

/// What `__consumer_offsets` keeps of a classic group: its last settled generation.
public struct GroupMetadata: Sendable, Hashable {
    /// A member, with the metadata of the elected protocol only.
    public struct Member: Sendable, Hashable {
        /// The member's id.
        public var memberID: MemberID
        /// Set by a static member.
        public var instanceID: GroupInstanceID?
        /// As the client names itself.
        public var clientID: String
        /// As Kafka prints an address: `/127.0.0.1`.
        public var clientHost: String
        /// How long the member may take to rejoin.
        public var rebalanceTimeout: Duration
        /// How long the member may be silent.
        public var sessionTimeout: Duration
        /// The member's metadata of the elected protocol.
        public var subscription: Bytes
        /// What the leader assigned.
        public var assignment: Bytes
    }

    /// Empty where nobody has joined yet.
    public var protocolType: String
    /// The generation in question.
    public var generation: Int32
    /// The protocol that the members chose.
    public var protocolName: String?
    /// Who assigned; nil without members.
    public var leader: MemberID?
    /// When the group entered its state; nil in records of old.
    public var stateSince: Timestamp?
    /// In the order in which they joined.
    public var members: [Member]
}

extension ClassicGroup {
    /// The group as it is written down.
    public var metadata: GroupMetadata {
        GroupMetadata(
            protocolType: protocolType ?? "",
            generation: generation,
            protocolName: protocolName,
            leader: leader,
            stateSince: stateSince,
            members: orderedMembers.map {
                GroupMetadata.Member(
                    memberID: $0.id,
                    instanceID: $0.instanceID,
                    clientID: $0.clientID,
                    clientHost: $0.clientHost,
                    rebalanceTimeout: $0.rebalanceTimeout,
                    sessionTimeout: $0.sessionTimeout,
                    subscription: $0.metadata(for: protocolName) ?? Bytes(),
                    assignment: $0.assignment
                )
            }
        )
    }

    /// The group as it was written down. Its timers do not run before ``resume(configuration:at:)``.
    ///
    /// A record that contradicts itself (from a foreign hand, or damaged) yields a group that holds its invariants: of
    /// members with the same id or instance id the last one stays, and a leader that is no member is replaced.
    public init(id: GroupID, metadata: GroupMetadata) {
        self.init(id: id, since: metadata.stateSince)
        generation = metadata.generation
        protocolType = metadata.protocolType.isEmpty ? nil : metadata.protocolType
        protocolName = metadata.protocolName
        for stored in metadata.members {
            if let old = stored.instanceID.flatMap({ staticMembers[$0] }) { forget(old) }
            forget(stored.memberID)
            var member = ClassicGroupMember(
                id: stored.memberID,
                instanceID: stored.instanceID,
                clientID: stored.clientID,
                clientHost: stored.clientHost,
                rebalanceTimeout: stored.rebalanceTimeout,
                sessionTimeout: stored.sessionTimeout,
                protocols: [GroupProtocol(name: metadata.protocolName ?? "", metadata: stored.subscription)],
                ordinal: nextOrdinal
            )
            nextOrdinal += 1
            member.assignment = stored.assignment
            members[stored.memberID] = member
            if let instanceID = stored.instanceID { staticMembers[instanceID] = stored.memberID }
        }
        leader = metadata.leader.flatMap { members[$0]?.id } ?? orderedMembers.first?.id
        if !members.isEmpty {
            protocolName = metadata.protocolName ?? ""
            state = .stable(owed: nil)
        }
    }

    /// Begins to watch the sessions of a group that was loaded. A group that exceeds its limit is rebalanced.
    public mutating func resume(configuration: GroupConfiguration, at moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        for member in orderedMembers { extendSession(of: member.id, at: moment) }
        if !members.isEmpty { effects.notices.append(notice(.loaded(members: members.count))) }
        if members.count > configuration.maximumGroupSize {
            effects.append(prepareRebalance(reason: "the loaded group is over its limit", configuration, moment))
        }
        return effects
    }
}
