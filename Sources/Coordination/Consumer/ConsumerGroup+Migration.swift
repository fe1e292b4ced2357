import Records

/// A group changes its protocol while it has members. See KIP-848, "Upgrade" and "Downgrade".
extension ConsumerGroup {
    /// The classic group `classic` as a group of the consumer protocol: every member is one that speaks the classic
    /// protocol, and owns what its leader assigned last. Nil where the members' metadata is not that of consumers.
    init?(_ classic: ClassicGroup, _ topics: any TopicDirectory) {
        guard classic.usesConsumerProtocol else { return nil }
        self.init(id: classic.id)
        replay(.epoch(classic.generation))
        replay(.targetEpoch(classic.generation))
        for old in classic.orderedMembers {
            guard
                let subscription = ClassicSubscription(
                    old.metadata(for: classic.protocolName) ?? old.protocols.first?.metadata
                ), let assigned = ClassicSubscription.partitions(old.assignment, topics)
            else { return nil }
            var member = ConsumerGroupMember(id: old.id)
            member.instanceID = old.instanceID
            member.rackID = subscription.rackID
            member.clientID = old.clientID
            member.clientHost = old.clientHost
            member.topics = Set(subscription.topics).sorted()
            member.rebalanceTimeoutMs = old.rebalanceTimeout.clampedMilliseconds
            member.classic = ConsumerGroupMember.ClassicMetadata(
                sessionTimeout: old.sessionTimeout,
                protocols: old.protocols
            )
            member.epoch = classic.generation
            member.previousEpoch = classic.generation
            // What two members claim belongs to the first.
            member.assigned = assigned.filter { owner(of: $0, $1) == nil }
            replay(.member(member.id, member))
            replay(.target(member.id, member.assigned))
            replay(.current(member.id, ConsumerGroupRecord.CurrentAssignment(member)))
        }
    }

    /// All that is to be written about a group that has just come into being.
    var creation: [ConsumerGroupRecord] {
        let members = orderedMembers
        return members.map { .member($0.id, $0) } + [.epoch(epoch)]
            + members.map { .target($0.id, targets[$0.id] ?? PartitionsByTopic()) } + [.targetEpoch(targetEpoch)]
            + members.map { .current($0.id, ConsumerGroupRecord.CurrentAssignment($0)) }
    }

    /// Whether the group shall be a classic one when these members are gone: the rest speak that protocol only.
    func becomesClassic(without ids: [MemberID], _ configuration: GroupConfiguration) -> Bool {
        let rest = members.values.filter { !ids.contains($0.id) }
        return configuration.migrationPolicy.allowsDowngrade && !rest.isEmpty
            && rest.count <= configuration.maximumGroupSize && rest.allSatisfy { $0.classic != nil }
            && ids.contains { members[$0].map { $0.classic == nil } ?? false }
    }
}

extension ConsumerGroup {
    /// Whether the group shall be a classic one when a classic member takes the place of this one: it is the last that
    /// speaks the consumer protocol.
    func becomesClassic(replacing id: MemberID, _ configuration: GroupConfiguration) -> Bool {
        configuration.migrationPolicy.allowsDowngrade && members.count <= configuration.maximumGroupSize
            && members.values.allSatisfy { ($0.classic == nil) == ($0.id == id) }
    }
}

extension ClassicGroup {
    /// A consumer group whose members but `gone` all speak the classic protocol, as a classic one. Errors: an assignment
    /// that cannot be written.
    init(
        _ group: ConsumerGroup,
        without gone: [MemberID],
        _ topics: any TopicDirectory,
        at moment: Moment
    ) throws(GroupError) {
        self.init(id: group.id, since: moment.wall)
        generation = group.epoch
        protocolType = "consumer"
        for old in group.orderedMembers where !gone.contains(old.id) {
            guard let classic = old.classic else { continue }
            var member = ClassicGroupMember(
                id: old.id,
                instanceID: old.instanceID,
                clientID: old.clientID,
                clientHost: old.clientHost,
                rebalanceTimeout: old.rebalanceTimeout,
                sessionTimeout: classic.sessionTimeout,
                protocols: classic.protocols,
                ordinal: nextOrdinal
            )
            nextOrdinal += 1
            member.assignment = try ClassicSubscription.assignment(
                group.targets[old.id] ?? PartitionsByTopic(),
                like: classic.protocols.first?.metadata,
                topics
            )
            members[old.id] = member
            if let instanceID = old.instanceID { staticMembers[instanceID] = old.id }
        }
        leader = orderedMembers.first?.id
        protocolName = electedProtocol() ?? ""
        state = .stable(owed: nil)
    }

    /// Sends everybody who waits away to join again: the group is about to be one of the other protocol.
    var farewells: GroupEffects {
        var effects = GroupEffects()
        switch state {
        case .preparingRebalance(let phase):
            for (id, ticket) in phase.joined {
                effects.replies.append(.join(ticket, .refused(.rebalanceInProgress, memberID: id)))
            }
        case .completingRebalance(let phase):
            for (_, ticket) in phase.waiting { effects.replies.append(.sync(ticket, .refused(.rebalanceInProgress))) }
        case .empty, .stable, .dead: break
        }
        return effects
    }
}
