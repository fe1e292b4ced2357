import KafkaProtocol
import Records

/// Members of a consumer group that still speak the classic protocol: the coordinator assigns to them too, and tells
/// them by JoinGroup, SyncGroup and Heartbeat. Their generation is their member epoch. See KIP-848.
extension ConsumerGroup {
    /// A member joins, or joins again to take its next step. It is never the leader: it has nothing to assign.
    mutating func join(
        _ request: JoinRequest,
        ticket: ReplyTicket,
        newMemberID: MemberID,
        _ context: ConsumerGroupContext
    ) -> GroupEffects {
        do throws(GroupError) {
            let id = request.memberID == MemberID("") ? newMemberID : request.memberID
            return try join(request, id, ticket, context)
        } catch {
            var effects = GroupEffects()
            let id = error == .memberIDRequired ? newMemberID : request.memberID
            effects.replies.append(.join(ticket, .refused(error, memberID: id)))
            return effects
        }
    }

    private mutating func join(
        _ request: JoinRequest,
        _ id: MemberID,
        _ ticket: ReplyTicket,
        _ context: ConsumerGroupContext
    ) throws(GroupError) -> GroupEffects {
        let isNew = request.memberID == MemberID("")
        if members.count >= context.configuration.maximumConsumerGroupSize, members[id] == nil {
            throw .groupMaxSizeReached
        }
        guard supports(request), let subscription = ClassicSubscription(request.protocols.first?.metadata) else {
            throw .inconsistentGroupProtocol
        }
        if isNew, request.instanceID == nil, request.requiresKnownMemberID { throw .memberIDRequired }
        var draft = ConsumerGroupDraft(self)
        let member = try draft.admit(request, id, isNew: isNew)
        var updated = member
        if let instanceID = request.instanceID { updated.instanceID = instanceID }
        if let rackID = subscription.rackID { updated.rackID = rackID }
        updated.rebalanceTimeoutMs = request.rebalanceTimeout.clampedMilliseconds
        updated.topics = Set(subscription.topics).sorted()
        updated.topicRegex = nil
        updated.clientID = request.clientID
        updated.clientHost = request.clientHost
        updated.classic = .init(sessionTimeout: request.sessionTimeout, protocols: request.protocols)
        try settle(member, updated, owned: subscription.owned(context.topics), &draft, context)
        guard let settled = draft.group.members[id] else { throw .unknownServerError }
        joinDeadlines[id] = nil
        extendSession(of: id, request.sessionTimeout, context.moment)
        syncDeadlines[id] = context.moment.uptime + request.rebalanceTimeout
        wake(at: context.moment.uptime + request.rebalanceTimeout)
        var effects = draft.effects([GroupNotice(group: self.id, event: .memberJoined(id, request.instanceID))])
        effects.replies.append(
            .join(
                ticket,
                .joined(
                    JoinReply.Joined(
                        memberID: id,
                        generation: settled.epoch,
                        protocolType: "consumer",
                        protocolName: request.protocols.first?.name,
                        leader: MemberID(""),
                        skipAssignment: false,
                        members: []
                    )
                )
            )
        )
        return effects
    }

    /// Whether the request's protocols are those of consumers, and one of them is common to all classic members.
    private func supports(_ request: JoinRequest) -> Bool {
        guard request.protocolType == "consumer" else { return false }
        let classics = members.values.compactMap(\.classic)
        return request.protocols.contains { offered in
            classics.allSatisfy { $0.protocols.contains { $0.name == offered.name } }
        }
    }

    /// A member asks for its assignment.
    mutating func sync(
        _ request: SyncRequest,
        ticket: ReplyTicket,
        _ context: ConsumerGroupContext
    ) -> GroupEffects {
        var effects = GroupEffects()
        do throws(GroupError) {
            let assignment = try sync(request, context)
            effects.replies.append(
                .sync(
                    ticket,
                    .assigned(
                        protocolType: request.protocolType,
                        protocolName: request.protocolName,
                        assignment: assignment
                    )
                )
            )
        } catch { effects.replies.append(.sync(ticket, .refused(error))) }
        return effects
    }

    private mutating func sync(_ request: SyncRequest, _ context: ConsumerGroupContext) throws(GroupError) -> Bytes {
        let (member, classic) = try classicMember(request.memberID, request.instanceID)
        guard request.generation == member.epoch else { throw .illegalGeneration }
        if let type = request.protocolType, type != "consumer" { throw .inconsistentGroupProtocol }
        if let name = request.protocolName, name != classic.protocols.first?.name { throw .inconsistentGroupProtocol }
        if epoch > member.epoch, member.state != .unrevokedPartitions {
            expectJoin(of: member, context.moment)
            throw .rebalanceInProgress
        }
        syncDeadlines[member.id] = nil
        extendSession(of: member.id, classic.sessionTimeout, context.moment)
        return try ClassicSubscription.assignment(
            member.assigned,
            like: classic.protocols.first?.metadata,
            context.topics
        )
    }

    /// A member is alive. Errors: ``GroupError/rebalanceInProgress`` where it has to join again.
    mutating func heartbeat(
        _ memberID: MemberID,
        instanceID: GroupInstanceID?,
        generation: Int32,
        at moment: Moment
    ) throws(GroupError) {
        let (member, classic) = try classicMember(memberID, instanceID)
        guard generation == member.epoch else { throw .illegalGeneration }
        extendSession(of: member.id, classic.sessionTimeout, moment)
        let mayGoOn = member.state == .unreleasedPartitions && !waitsForOthers(member)
        guard member.epoch >= epoch, member.state != .unrevokedPartitions, !mayGoOn else {
            expectJoin(of: member, moment)
            throw .rebalanceInProgress
        }
    }

    /// Members leave; one result each, and those that are to be taken out.
    func leave(_ leaving: [LeavingMember]) -> (results: [GroupError?], gone: [MemberID], notices: [GroupNotice]) {
        var gone: [MemberID] = []
        var notices: [GroupNotice] = []
        let results = leaving.map { member -> GroupError? in
            do throws(GroupError) {
                let id = try leavingID(member)
                if !gone.contains(id) { gone.append(id) }
                notices.append(GroupNotice(group: self.id, event: .memberLeft(id, reason: member.reason)))
                return nil
            } catch { return error }
        }
        return (results, gone, notices)
    }

    private func leavingID(_ leaving: LeavingMember) throws(GroupError) -> MemberID {
        var id = leaving.memberID
        if let instanceID = leaving.instanceID {
            guard let current = staticMembers[instanceID] else { throw .unknownMemberID }
            guard id == MemberID("") || id == current else { throw .fencedInstanceID }
            id = current
        }
        guard members[id]?.classic != nil else { throw .unknownMemberID }
        return id
    }

    private func classicMember(
        _ memberID: MemberID,
        _ instanceID: GroupInstanceID?
    ) throws(GroupError) -> (ConsumerGroupMember, ConsumerGroupMember.ClassicMetadata) {
        if let instanceID {
            guard let current = staticMembers[instanceID] else { throw .unknownMemberID }
            guard current == memberID else { throw .fencedInstanceID }
        }
        guard let member = members[memberID], let classic = member.classic else { throw .unknownMemberID }
        return (member, classic)
    }

    private mutating func expectJoin(of member: ConsumerGroupMember, _ moment: Moment) {
        guard joinDeadlines[member.id] == nil else { return }
        joinDeadlines[member.id] = moment.uptime + member.rebalanceTimeout
        wake(at: moment.uptime + member.rebalanceTimeout)
    }

    /// Whether a partition of its target is still owned by somebody else.
    private func waitsForOthers(_ member: ConsumerGroupMember) -> Bool {
        let missing = (targets[member.id] ?? PartitionsByTopic()).filter { !member.assigned.contains($0, $1) }
        return !missing.filter { owner(of: $0, $1) != nil }.isEmpty
    }
}

extension ConsumerGroupDraft {
    /// The member that joins, made where it is new; a static one that comes back takes its place.
    fileprivate mutating func admit(
        _ request: JoinRequest,
        _ id: MemberID,
        isNew: Bool
    ) throws(GroupError) -> ConsumerGroupMember {
        guard let instanceID = request.instanceID else { return group.members[id] ?? ConsumerGroupMember(id: id) }
        let existing = group.staticMembers[instanceID].flatMap { group.members[$0] }
        guard isNew else {
            guard let existing else { throw .unknownMemberID }
            guard existing.id == id else { throw .fencedInstanceID }
            return existing
        }
        guard let existing else { return ConsumerGroupMember(id: id) }
        return replace(existing, by: id)
    }
}

/// A consumer's subscription and assignment, as members of the classic protocol write and read them.
struct ClassicSubscription {
    let topics: [TopicName]
    let rackID: String?
    private let ownedPartitions: [ConsumerProtocolSubscription.TopicPartition]

    /// Nil where `metadata` is none.
    init?(_ metadata: Bytes?) {
        guard let metadata else { return nil }
        do throws(WireError) {
            let subscription = try ConsumerProtocolSubscription.decodeRecord(metadata)
            topics = subscription.topics
            rackID = subscription.rackId
            ownedPartitions = subscription.ownedPartitions
        } catch { return nil }
    }

    /// What the member says it owns, as far as those topics exist.
    func owned(_ topics: any TopicDirectory) -> PartitionsByTopic {
        PartitionsByTopic(
            ownedPartitions.compactMap { owned in
                topics.groupTopic(named: owned.topic).map { ($0.id, owned.partitions) }
            }
        )
    }

    /// An assignment in bytes, in the version of the member's subscription.
    static func assignment(
        _ partitions: PartitionsByTopic,
        like metadata: Bytes?,
        _ topics: any TopicDirectory
    ) throws(GroupError) -> Bytes {
        do throws(WireError) {
            let asked = try metadata.map { metadata throws(WireError) in
                try ConsumerProtocolSubscription.recordVersion(of: metadata)
            }
            let versions = ConsumerProtocolAssignment.versions
            let version = min(max(asked ?? versions.lowerBound, versions.lowerBound), versions.upperBound)
            let assigned = partitions.sorted.compactMap { topic, partitions in
                topics.groupTopic(topic).map {
                    ConsumerProtocolAssignment.TopicPartition(topic: $0.name, partitions: partitions)
                }
            }
            return try ConsumerProtocolAssignment(assignedPartitions: assigned).encodedRecord(version: version)
        } catch { throw .unknownServerError }
    }

    /// The partitions of an assignment, as far as their topics exist; nil where `bytes` is none.
    static func partitions(_ bytes: Bytes, _ topics: any TopicDirectory) -> PartitionsByTopic? {
        guard !bytes.isEmpty else { return PartitionsByTopic() }
        do throws(WireError) {
            let assignment = try ConsumerProtocolAssignment.decodeRecord(bytes)
            return PartitionsByTopic(
                assignment.assignedPartitions.compactMap { assigned in
                    topics.groupTopic(named: assigned.topic).map { ($0.id, assigned.partitions) }
                }
            )
        } catch { return nil }
    }
}
