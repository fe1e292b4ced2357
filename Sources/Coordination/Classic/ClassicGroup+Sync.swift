import Records

extension ClassicGroup {
    /// A member asks for its assignment. The answer is among the effects' replies: now, or in those of a later event.
    ///
    /// The leader's request brings everybody's assignment and makes the group stable.
    public mutating func sync(_ request: SyncRequest, ticket: ReplyTicket, at moment: Moment) -> GroupEffects {
        var effects = GroupEffects()
        do throws(GroupError) {
            try validateSync(request)
            switch state {
            case .empty: throw .unknownMemberID
            case .dead: throw .coordinatorNotAvailable
            case .preparingRebalance: throw .rebalanceInProgress
            case .completingRebalance(let phase):
                return sync(request, ticket: ticket, phase, moment)
            case .stable(let owed):
                effects.replies.append(.sync(ticket, assignment(of: request.memberID)))
                settle(request.memberID, owed)
            }
        } catch {
            effects.replies.append(.sync(ticket, .refused(error)))
        }
        return effects
    }

    private func validateSync(_ request: SyncRequest) throws(GroupError) {
        if case .dead = state { throw .coordinatorNotAvailable }
        try validate(request.memberID, request.instanceID)
        if request.generation != generation { throw .illegalGeneration }
        if differs(request.protocolType, protocolType) || differs(request.protocolName, protocolName) {
            throw .inconsistentGroupProtocol
        }
    }

    /// Only what both sides name can differ: clients before version 5 name neither.
    private func differs(_ theirs: String?, _ ours: String?) -> Bool {
        guard let theirs, let ours else { return false }
        return theirs != ours
    }

    private mutating func sync(
        _ request: SyncRequest,
        ticket: ReplyTicket,
        _ current: SyncPhase,
        _ moment: Moment
    ) -> GroupEffects {
        var effects = GroupEffects()
        var phase = current
        if let earlier = phase.waiting.updateValue(ticket, forKey: request.memberID) {
            effects.replies.append(.sync(earlier, .refused(.rebalanceInProgress)))
        }
        phase.owed.members.remove(request.memberID)
        guard request.memberID == leader else {
            state = .completingRebalance(phase)
            return effects
        }
        for member in orderedMembers { members[member.id]?.assignment = request.assignments[member.id] ?? Bytes() }
        effects.records.append(.groupMetadata(id, metadata))
        for member in orderedMembers {
            guard let waiting = phase.waiting[member.id] else { continue }
            effects.replies.append(.sync(waiting, assignment(of: member.id)))
            extendSession(of: member.id, at: moment)
        }
        enter(.stable(owed: phase.owed.members.isEmpty ? nil : phase.owed), at: moment)
        effects.notices.append(
            notice(.assigned(generation: generation, leader: request.memberID, members: members.count))
        )
        return effects
    }

    private mutating func settle(_ memberID: MemberID, _ owed: OwedSyncs?) {
        guard var owed, owed.members.remove(memberID) != nil else { return }
        state = .stable(owed: owed.members.isEmpty ? nil : owed)
    }

    private func assignment(of memberID: MemberID) -> SyncReply {
        .assigned(
            protocolType: protocolType,
            protocolName: protocolName,
            assignment: members[memberID]?.assignment ?? Bytes()
        )
    }
}
