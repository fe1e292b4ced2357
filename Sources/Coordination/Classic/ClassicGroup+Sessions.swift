import Records

extension ClassicGroup {
    /// A member is alive. Throws what it has to know: ``GroupError/rebalanceInProgress`` sends it to rejoin.
    public mutating func heartbeat(
        _ memberID: MemberID,
        instanceID: GroupInstanceID?,
        generation: Int32,
        at moment: Moment
    ) throws(GroupError) {
        if case .dead = state { throw .coordinatorNotAvailable }
        try validate(memberID, instanceID)
        guard generation == self.generation else { throw .illegalGeneration }
        extendSession(of: memberID, at: moment)
        if case .preparingRebalance = state { throw .rebalanceInProgress }
    }

    /// Members leave, or are removed by an operator. One result a member, in order: nil, or why not.
    public mutating func leave(
        _ leaving: [LeavingMember],
        configuration: GroupConfiguration,
        at moment: Moment
    ) throws(GroupError) -> (results: [GroupError?], effects: GroupEffects) {
        if case .dead = state { throw .coordinatorNotAvailable }
        var effects = GroupEffects()
        let results = leaving.map { remove($0, &effects) }
        if results.contains(nil) {
            switch state {
            case .stable, .completingRebalance:
                let reason = "\(results.count { $0 == nil }) members left"
                effects.append(prepareRebalance(reason: reason, configuration, moment))
            case .preparingRebalance: effects.append(completeJoinIfAwaited(moment))
            case .empty, .dead: break
            }
        }
        return (results, effects)
    }

    private mutating func remove(_ leaving: LeavingMember, _ effects: inout GroupEffects) -> GroupError? {
        var memberID = leaving.memberID
        if memberID == MemberID("") {
            guard let current = leaving.instanceID.flatMap({ staticMembers[$0] }) else { return .unknownMemberID }
            memberID = current
        } else if pendingMembers[memberID] == nil {
            do throws(GroupError) { try validate(memberID, leaving.instanceID) } catch { return error }
        }
        dismiss(memberID, &effects)
        effects.notices.append(notice(.memberLeft(memberID, reason: leaving.reason)))
        return nil
    }

    /// Takes a member out and tells whoever waits on its behalf.
    private mutating func dismiss(_ memberID: MemberID, _ effects: inout GroupEffects) {
        switch state {
        case .preparingRebalance(let phase):
            if let ticket = phase.joined[memberID] {
                effects.replies.append(.join(ticket, .refused(.unknownMemberID, memberID: MemberID(""))))
            }
        case .completingRebalance(let phase):
            if let ticket = phase.waiting[memberID] {
                effects.replies.append(.sync(ticket, .refused(.unknownMemberID)))
            }
        case .empty, .stable, .dead: break
        }
        forget(memberID)
    }

    /// Does what is due: ends sessions, lapses pending members, ends the join phase or sends laggards away.
    public mutating func tick(configuration: GroupConfiguration, at moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        while let due = nextDue(at: moment) {
            switch due {
            case .phase: effects.append(endPhase(configuration, moment))
            case .pending(let memberID): effects.append(lapse(memberID, moment))
            case .session(let memberID): effects.append(endSession(of: memberID, configuration, moment))
            }
        }
        earliestDeadline = exactDeadline
        return effects
    }

    private enum Due { case phase, pending(MemberID), session(MemberID) }

    /// The phase before pending members before sessions, the earliest of each: a fixed order.
    private func nextDue(at moment: Moment) -> Due? {
        if let deadline = phaseDeadline, deadline <= moment.uptime { return .phase }
        if let pending = pendingMembers.filter({ $0.value <= moment.uptime }).min(by: {
            ($0.value, $0.key) < ($1.value, $1.key)
        }) {
            return .pending(pending.key)
        }
        var earliest: (deadline: Duration, ordinal: UInt64, id: MemberID)?
        for member in members.values {
            guard let deadline = member.sessionDeadline, deadline <= moment.uptime else { continue }
            if let best = earliest, (best.deadline, best.ordinal) <= (deadline, member.ordinal) { continue }
            earliest = (deadline, member.ordinal, member.id)
        }
        return earliest.map { .session($0.id) }
    }

    private var phaseDeadline: Duration? {
        switch state {
        case .empty, .dead: nil
        case .preparingRebalance(let phase): phase.deadline
        case .completingRebalance(let phase): phase.owed.deadline
        case .stable(let owed): owed?.deadline
        }
    }

    /// The earliest of all deadlines there are.
    var exactDeadline: Duration? {
        var earliest = phaseDeadline
        for deadline in pendingMembers.values { earliest = min(earliest ?? deadline, deadline) }
        for member in members.values {
            guard let deadline = member.sessionDeadline else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    private mutating func endPhase(_ configuration: GroupConfiguration, _ moment: Moment) -> GroupEffects {
        switch state {
        case .empty, .dead: return GroupEffects()
        case .preparingRebalance(var phase):
            guard let initial = phase.initialDelay, initial.memberAdded, initial.remaining > .zero else {
                return completeJoin(moment)
            }
            let delay = min(configuration.initialRebalanceDelay, initial.remaining)
            phase.initialDelay = InitialDelay(delay: delay, remaining: max(initial.remaining - initial.delay, .zero))
            phase.deadline = moment.uptime + delay
            state = .preparingRebalance(phase)
            return GroupEffects()
        case .completingRebalance(let phase): return dismissLaggards(phase.owed.members, configuration, moment)
        case .stable(let owed): return dismissLaggards(owed?.members ?? [], configuration, moment)
        }
    }

    private mutating func dismissLaggards(
        _ laggards: Set<MemberID>,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        var effects = GroupEffects()
        for memberID in laggards.sorted() {
            forget(memberID)
            effects.notices.append(notice(.memberDidNotSync(memberID)))
        }
        effects.append(prepareRebalance(reason: "\(laggards.count) members did not sync", configuration, moment))
        return effects
    }

    private mutating func lapse(_ memberID: MemberID, _ moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        forget(memberID)
        effects.notices.append(notice(.pendingMemberExpired(memberID)))
        if hasEverybodyJoined { effects.append(completeJoin(moment)) }
        return effects
    }

    private mutating func endSession(
        of memberID: MemberID,
        _ configuration: GroupConfiguration,
        _ moment: Moment
    ) -> GroupEffects {
        var effects = GroupEffects()
        if members[memberID]?.isNew == false, isWaiting(memberID) {
            // The parked request shows that it is there; its session runs again from the answer on.
            members[memberID]?.sessionDeadline = nil
            return effects
        }
        dismiss(memberID, &effects)
        effects.notices.append(notice(.memberSessionExpired(memberID)))
        switch state {
        case .stable, .completingRebalance:
            effects.append(prepareRebalance(reason: "the session of \(memberID) expired", configuration, moment))
        case .preparingRebalance:
            if hasEverybodyJoined { effects.append(completeJoin(moment)) }
        case .empty, .dead: break
        }
        return effects
    }

    private func isWaiting(_ memberID: MemberID) -> Bool {
        switch state {
        case .preparingRebalance(let phase): phase.joined[memberID] != nil
        case .completingRebalance(let phase): phase.waiting[memberID] != nil
        case .empty, .stable, .dead: false
        }
    }

    /// The group moves to another coordinator: whoever waits is sent there.
    public mutating func unload() -> GroupEffects {
        var effects = GroupEffects()
        for member in orderedMembers {
            switch state {
            case .preparingRebalance(let phase):
                guard let ticket = phase.joined[member.id] else { continue }
                effects.replies.append(.join(ticket, .refused(.notCoordinator, memberID: member.id)))
            case .completingRebalance(let phase):
                guard let ticket = phase.waiting[member.id] else { continue }
                effects.replies.append(.sync(ticket, .refused(.notCoordinator)))
            case .empty, .stable, .dead: continue
            }
        }
        let since = stateSince
        self = ClassicGroup(id: id, since: since)
        state = .dead
        return effects
    }
}
