import Records

extension ClassicGroup {
    /// A member joins. The answer is among the effects' replies: now, or in those of a later event.
    ///
    /// `newMemberID` is used when the member has no id yet.
    public mutating func join(
        _ request: JoinRequest,
        ticket: ReplyTicket,
        newMemberID: MemberID,
        configuration: GroupConfiguration,
        at moment: Moment
    ) -> GroupEffects {
        let isNew = request.memberID == MemberID("")
        guard hasRoom(for: request.memberID, maximum: configuration.maximumGroupSize) else {
            forget(request.memberID)
            return refusal(.groupMaxSizeReached, MemberID(""), ticket)
        }
        if case .dead = state { return refusal(.coordinatorNotAvailable, request.memberID, ticket) }
        guard accepts(protocolType: request.protocolType, request.protocols) else {
            return refusal(.inconsistentGroupProtocol, request.memberID, ticket)
        }
        return isNew
            ? joinNew(request, ticket: ticket, newMemberID: newMemberID, configuration, moment)
            : joinKnown(request, ticket: ticket, configuration, moment)
    }

    private func hasRoom(for memberID: MemberID, maximum: Int) -> Bool {
        switch state {
        case .empty, .dead: true
        case .preparingRebalance(let phase): phase.joined[memberID] != nil || phase.joined.count < maximum
        case .completingRebalance, .stable: members[memberID] != nil || members.count < maximum
        }
    }

    private mutating func joinNew(
        _ request: JoinRequest,
        ticket: ReplyTicket,
        newMemberID: MemberID,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        if let instanceID = request.instanceID {
            if let oldID = staticMembers[instanceID] {
                return rejoinStatic(request, instanceID, oldID, newMemberID, ticket, configuration, moment)
            }
            return add(newMemberID, request, ticket, configuration, moment)
        }
        guard request.requiresKnownMemberID else { return add(newMemberID, request, ticket, configuration, moment) }
        let deadline = moment.uptime + request.sessionTimeout
        pendingMembers[newMemberID] = deadline
        wake(at: deadline)
        var effects = refusal(.memberIDRequired, newMemberID, ticket)
        effects.notices.append(notice(.memberIDGiven(newMemberID)))
        return effects
    }

    private mutating func joinKnown(
        _ request: JoinRequest,
        ticket: ReplyTicket,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        let memberID = request.memberID
        if pendingMembers[memberID] != nil, request.instanceID == nil {
            return add(memberID, request, ticket, configuration, moment)
        }
        do throws(GroupError) {
            try validate(memberID, request.instanceID)
        } catch {
            return refusal(error, memberID, ticket, fencing: request.instanceID)
        }
        let isUnchanged = members[memberID]?.protocols == request.protocols
        switch state {
        case .preparingRebalance:
            return update(memberID, request, ticket, "member \(memberID) joins", configuration, moment)
        case .completingRebalance where isUnchanged:
            // Its answer to the join was lost: it gets the same once more.
            return answer(memberID, ticket, listsMembers: memberID == leader)
        case .stable where isUnchanged && memberID != leader:
            return answer(memberID, ticket, listsMembers: false)
        case .completingRebalance, .stable:
            let reason = isUnchanged ? "leader \(memberID) rejoins" : "member \(memberID) rejoins with other metadata"
            return update(memberID, request, ticket, reason, configuration, moment)
        case .empty, .dead:
            return refusal(.unknownMemberID, memberID, ticket)
        }
    }

    /// Adds a member and lets it wait for the join phase to end.
    private mutating func add(
        _ memberID: MemberID,
        _ request: JoinRequest,
        _ ticket: ReplyTicket,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        var member = ClassicGroupMember(
            id: memberID,
            instanceID: request.instanceID,
            clientID: request.clientID,
            clientHost: request.clientHost,
            rebalanceTimeout: request.rebalanceTimeout,
            sessionTimeout: request.sessionTimeout,
            protocols: request.protocols,
            ordinal: nextOrdinal
        )
        nextOrdinal += 1
        member.isNew = true
        let deadline = moment.uptime + configuration.newMemberJoinTimeout
        member.sessionDeadline = deadline
        wake(at: deadline)
        if members.isEmpty { protocolType = request.protocolType }
        if leader == nil { leader = memberID }
        members[memberID] = member
        if let instanceID = request.instanceID { staticMembers[instanceID] = memberID }
        pendingMembers[memberID] = nil
        if case .preparingRebalance(var phase) = state, phase.initialDelay != nil {
            phase.initialDelay?.memberAdded = true
            state = .preparingRebalance(phase)
        }
        var effects = GroupEffects()
        effects.notices.append(notice(.memberJoined(memberID, request.instanceID)))
        effects.append(
            park(memberID, ticket, reason: reason("member \(memberID) joins", request), configuration, moment)
        )
        return effects
    }

    private mutating func update(
        _ memberID: MemberID,
        _ request: JoinRequest,
        _ ticket: ReplyTicket,
        _ why: String,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        applyTerms(of: request, to: memberID)
        return park(memberID, ticket, reason: reason(why, request), configuration, moment)
    }

    private mutating func applyTerms(of request: JoinRequest, to memberID: MemberID) {
        guard let index = members.index(forKey: memberID) else { return }
        members.values[index].protocols = request.protocols
        members.values[index].rebalanceTimeout = request.rebalanceTimeout
        members.values[index].sessionTimeout = request.sessionTimeout
    }

    /// A static member comes back under a new id: the old id is fenced, and a stable group stays stable when the
    /// member's protocols do not change its choice.
    private mutating func rejoinStatic(
        _ request: JoinRequest,
        _ instanceID: GroupInstanceID,
        _ oldID: MemberID,
        _ newID: MemberID,
        _ ticket: ReplyTicket,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        let oldLeader = leader
        var effects = replaceStatic(instanceID, oldID, newID)
        applyTerms(of: request, to: newID)
        extendSession(of: newID, at: moment)
        let why = reason("static member \(instanceID) came back as \(newID)", request)
        guard case .stable = state, electedProtocol() == protocolName else {
            effects.append(park(newID, ticket, reason: why, configuration, moment))
            return effects
        }
        effects.records.append(.groupMetadata(id, metadata))
        let isLeader = leader == newID
        var answer = answer(newID, ticket, listsMembers: isLeader && request.supportsSkippingAssignment)
        if case .join(_, .joined(var joined)) = answer.replies[0] {
            joined.skipAssignment = isLeader && request.supportsSkippingAssignment
            // A client that cannot skip the assignment must not take itself for the leader.
            if !request.supportsSkippingAssignment, let oldLeader { joined.leader = oldLeader }
            answer.replies[0] = .join(ticket, .joined(joined))
        }
        effects.append(answer)
        return effects
    }

    private mutating func replaceStatic(_ instanceID: GroupInstanceID, _ oldID: MemberID, _ newID: MemberID)
        -> GroupEffects
    {
        var effects = GroupEffects()
        effects.notices.append(notice(.staticMemberReplaced(instanceID, old: oldID, new: newID)))
        guard let old = members.removeValue(forKey: oldID) else { return effects }
        members[newID] = old.renamed(newID)
        staticMembers[instanceID] = newID
        if leader == oldID { leader = newID }
        switch state {
        case .preparingRebalance(var phase):
            if let parked = phase.joined.removeValue(forKey: oldID) {
                effects.replies.append(.join(parked, .refused(.fencedInstanceID, memberID: oldID)))
            }
            state = .preparingRebalance(phase)
        case .completingRebalance(var phase):
            if let parked = phase.waiting.removeValue(forKey: oldID) {
                effects.replies.append(.sync(parked, .refused(.fencedInstanceID)))
            }
            phase.owed.members.remove(oldID)
            phase.owed.members.insert(newID)
            state = .completingRebalance(phase)
        case .stable(var owed):
            if owed?.members.remove(oldID) != nil { owed?.members.insert(newID) }
            state = .stable(owed: owed)
        case .empty, .dead: break
        }
        return effects
    }

    /// The answer that tells a member the current generation.
    func answer(_ memberID: MemberID, _ ticket: ReplyTicket, listsMembers: Bool) -> GroupEffects {
        var effects = GroupEffects()
        effects.replies.append(.join(ticket, .joined(joined(memberID, listsMembers: listsMembers))))
        return effects
    }

    func joined(_ memberID: MemberID, listsMembers: Bool) -> JoinReply.Joined {
        let listed =
            !listsMembers
            ? []
            : orderedMembers.map {
                JoinReply.Member(
                    memberID: $0.id,
                    instanceID: $0.instanceID,
                    metadata: $0.metadata(for: protocolName) ?? Bytes()
                )
            }
        return JoinReply.Joined(
            memberID: memberID,
            generation: generation,
            protocolType: protocolType,
            protocolName: protocolName,
            leader: leader ?? MemberID(""),
            skipAssignment: false,
            members: listed
        )
    }

    private func refusal(
        _ error: GroupError,
        _ memberID: MemberID,
        _ ticket: ReplyTicket,
        fencing instanceID: GroupInstanceID? = nil
    ) -> GroupEffects {
        var effects = GroupEffects()
        effects.replies.append(.join(ticket, .refused(error, memberID: memberID)))
        if error == .fencedInstanceID, let instanceID, let current = staticMembers[instanceID] {
            effects.notices.append(notice(.memberFenced(memberID, instanceID, current: current)))
        }
        return effects
    }

    private func reason(_ why: String, _ request: JoinRequest) -> String {
        "\(why); client reason: \(request.reason ?? "not provided")"
    }
}
