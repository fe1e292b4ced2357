import Records

extension ClassicGroup {
    /// Parks a member's join, starting a rebalance unless members are joining already, and ends the join phase when
    /// everybody is there.
    mutating func park(
        _ memberID: MemberID,
        _ ticket: ReplyTicket,
        reason: String,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        var effects = GroupEffects()
        if case .preparingRebalance(var phase) = state {
            if let earlier = phase.joined.updateValue(ticket, forKey: memberID), earlier != ticket {
                // The client asks again; whoever waited for the first answer has gone away.
                effects.replies.append(.join(earlier, .refused(.rebalanceInProgress, memberID: memberID)))
            }
            state = .preparingRebalance(phase)
            effects.append(completeJoinIfAwaited(moment))
        } else {
            effects.append(prepareRebalance(joined: [memberID: ticket], reason: reason, configuration, moment))
        }
        return effects
    }

    /// Begins to gather the members for the next generation. Does nothing in a group that gathers already, or is dead.
    mutating func prepareRebalance(
        joined: [MemberID: ReplyTicket] = [:],
        reason: String,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        var effects = GroupEffects()
        var initialDelay: InitialDelay?
        switch state {
        case .preparingRebalance, .dead: return effects
        case .empty:
            let delay = configuration.initialRebalanceDelay
            initialDelay = InitialDelay(delay: delay, remaining: max(rebalanceTimeout - delay, .zero))
        case .completingRebalance(let phase):
            effects.append(endSyncPhase(phase, moment))
        case .stable: break
        }
        let deadline = moment.uptime + (initialDelay?.delay ?? rebalanceTimeout)
        enter(
            .preparingRebalance(JoinPhase(joined: joined, deadline: deadline, initialDelay: initialDelay)),
            at: moment
        )
        wake(at: deadline)
        effects.notices.append(notice(.rebalanceStarted(generation: generation, reason: reason)))
        if initialDelay == nil, hasEverybodyJoined { effects.append(completeJoin(moment)) }
        return effects
    }

    /// Members that wait for an assignment of a generation that will not come are sent to rejoin.
    private mutating func endSyncPhase(_ phase: SyncPhase, _ moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        for member in orderedMembers {
            members[member.id]?.assignment = Bytes()
            guard let ticket = phase.waiting[member.id] else { continue }
            effects.replies.append(.sync(ticket, .refused(.rebalanceInProgress)))
            extendSession(of: member.id, at: moment)
        }
        return effects
    }

    /// Ends the join phase if nobody is missing. Not in a group's first rebalance, which waits for its delay.
    mutating func completeJoinIfAwaited(_ moment: Moment) -> GroupEffects {
        guard case .preparingRebalance(let phase) = state, phase.initialDelay == nil, hasEverybodyJoined else {
            return GroupEffects()
        }
        return completeJoin(moment)
    }

    /// Whether every member has joined, and every pending one too.
    var hasEverybodyJoined: Bool {
        guard case .preparingRebalance(let phase) = state else { return false }
        return phase.joined.count == members.count && pendingMembers.isEmpty
    }

    /// The longest that a member may take to join.
    var rebalanceTimeout: Duration { members.values.reduce(.zero) { max($0, $1.rebalanceTimeout) } }

    /// Ends the join phase: dynamic members that did not join are removed, static ones keep their place; a new
    /// generation forms, or the group is empty.
    mutating func completeJoin(_ moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        guard case .preparingRebalance(var phase) = state else { return effects }
        for member in orderedMembers where member.instanceID == nil && phase.joined[member.id] == nil {
            forget(member.id)
            effects.notices.append(notice(.memberDidNotRejoin(member.id)))
        }
        if members.isEmpty {
            effects.append(becomeEmpty(moment))
            return effects
        }
        guard let joinedLeader = orderedMembers.first(where: { phase.joined[$0.id] != nil })?.id else {
            // Only static members, and none came: their generation cannot end.
            phase.deadline = moment.uptime + max(rebalanceTimeout, .seconds(1))
            phase.initialDelay = nil
            state = .preparingRebalance(phase)
            wake(at: phase.deadline)
            effects.notices.append(notice(.rebalanceStuck))
            return effects
        }
        if let old = leader, phase.joined[old] == nil {
            leader = joinedLeader
            effects.notices.append(notice(.leaderReplaced(old: old, new: joinedLeader)))
        }
        effects.append(formGeneration(phase, moment))
        return effects
    }

    private mutating func becomeEmpty(_ moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        advanceGeneration()
        protocolName = nil
        enter(.empty, at: moment)
        effects.records.append(.groupMetadata(id, metadata))
        effects.notices.append(notice(.becameEmpty(generation: generation)))
        return effects
    }

    private mutating func formGeneration(_ phase: JoinPhase, _ moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        advanceGeneration()
        protocolName = electedProtocol()
        let deadline = moment.uptime + rebalanceTimeout
        enter(
            .completingRebalance(SyncPhase(owed: OwedSyncs(members: Set(members.keys), deadline: deadline))),
            at: moment
        )
        wake(at: deadline)
        for member in orderedMembers {
            if let ticket = phase.joined[member.id] {
                effects.append(answer(member.id, ticket, listsMembers: member.id == leader))
            }
            members[member.id]?.isNew = false
            extendSession(of: member.id, at: moment)
        }
        effects.notices.append(notice(.generationFormed(generation, members: members.count)))
        return effects
    }

    private mutating func advanceGeneration() {
        generation = generation == .max ? 1 : generation + 1
    }

    /// Takes a member out, pending or not, with all that is kept for it. Answers nobody.
    mutating func forget(_ memberID: MemberID) {
        pendingMembers[memberID] = nil
        guard let member = members.removeValue(forKey: memberID) else { return }
        if let instanceID = member.instanceID { staticMembers[instanceID] = nil }
        if leader == memberID { leader = orderedMembers.first?.id }
        switch state {
        case .preparingRebalance(var phase):
            phase.joined[memberID] = nil
            state = .preparingRebalance(phase)
        case .completingRebalance(var phase):
            phase.waiting[memberID] = nil
            phase.owed.members.remove(memberID)
            state = .completingRebalance(phase)
        case .stable(var owed):
            owed?.members.remove(memberID)
            state = .stable(owed: owed.flatMap { $0.members.isEmpty ? nil : $0 })
        case .empty, .dead: break
        }
    }
}
