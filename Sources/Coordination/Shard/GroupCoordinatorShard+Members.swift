import Records

extension GroupCoordinatorShard {
    /// A member joins a group, which comes into being with its first member. See ``ClassicGroup/join``.
    public mutating func join(
        _ id: GroupID,
        _ request: JoinRequest,
        ticket: ReplyTicket,
        newMemberID: MemberID,
        at moment: Moment
    ) -> GroupOutcome<Void> {
        let refusal = joinRefusal(id, request)
        if let refusal {
            var effects = GroupEffects()
            effects.replies.append(.join(ticket, .refused(refusal, memberID: request.memberID)))
            return GroupOutcome((), effects)
        }
        let undo = undo(id)
        var emptied: [GroupRecord] = []
        if let group = consumerGroups[id] {
            guard group.members.isEmpty else {
                return joinConsumers(id, group, request, ticket: ticket, newMemberID: newMemberID, moment)
            }
            // Nobody is left to mind that it becomes a classic one.
            emptied = group.tombstones.map { .consumerGroup(id, $0) }
            consumerGroups[id] = nil
        }
        let configuration = configuration
        if undo.previous == nil { groups[id] = ClassicGroup(id: id, since: moment.wall) }
        let born = groups[id]?.metadata
        var effects =
            change(id) { group in
                group.join(
                    request,
                    ticket: ticket,
                    newMemberID: newMemberID,
                    configuration: configuration,
                    at: moment
                )
            } ?? GroupEffects()
        if undo.previous == nil, effects.records.isEmpty, let born {
            // A group exists from its first join on, whatever becomes of that.
            effects.records.append(.groupMetadata(id, born))
        }
        effects.records.insert(contentsOf: emptied, at: 0)
        return GroupOutcome((), effects, undo: undo)
    }

    private func joinRefusal(_ id: GroupID, _ request: JoinRequest) -> GroupError? {
        if id == GroupID("") { return .invalidGroupID }
        let allowed =
            configuration
            .minimumSessionTimeout...max(
                configuration.minimumSessionTimeout,
                configuration.maximumSessionTimeout
            )
        if !allowed.contains(request.sessionTimeout) { return .invalidSessionTimeout }
        if let group = consumerGroups[id], !group.members.isEmpty { return nil }
        return groups[id] == nil && request.memberID != MemberID("") ? .unknownMemberID : nil
    }

    /// A member asks for its assignment. See ``ClassicGroup/sync(_:ticket:at:)``.
    public mutating func sync(
        _ id: GroupID,
        _ request: SyncRequest,
        ticket: ReplyTicket,
        at moment: Moment
    ) -> GroupOutcome<Void> {
        let undo = undo(id)
        if let effects = change(id, { $0.sync(request, ticket: ticket, at: moment) }) {
            return GroupOutcome((), effects, undo: undo)
        }
        let context = context(configuration.consumerSettings, moment)
        if let effects = changeConsumer(id, { $0.sync(request, ticket: ticket, context) }) {
            return GroupOutcome((), effects)
        }
        var effects = GroupEffects()
        let refusal: GroupError = id == GroupID("") ? .invalidGroupID : .unknownMemberID
        effects.replies.append(.sync(ticket, .refused(refusal)))
        return GroupOutcome((), effects)
    }

    /// A member is alive. See ``ClassicGroup/heartbeat(_:instanceID:generation:at:)``.
    public mutating func heartbeat(
        _ id: GroupID,
        memberID: MemberID,
        instanceID: GroupInstanceID?,
        generation: Int32,
        at moment: Moment
    ) throws(GroupError) -> GroupOutcome<Void> {
        if id == GroupID("") { throw .invalidGroupID }
        let found: Void? = try change(id) { group throws(GroupError) in
            try group.heartbeat(memberID, instanceID: instanceID, generation: generation, at: moment)
        }
        if found != nil { return GroupOutcome(()) }
        let foundConsumer: Void? = try changeConsumer(id) { group throws(GroupError) in
            try group.heartbeat(memberID, instanceID: instanceID, generation: generation, at: moment)
        }
        if foundConsumer == nil { throw .unknownMemberID }
        return GroupOutcome(())
    }

    /// Members leave. The answer has one entry for each, in order: nil, or why not.
    public mutating func leave(
        _ id: GroupID,
        _ leaving: [LeavingMember],
        at moment: Moment
    ) throws(GroupError) -> GroupOutcome<[GroupError?]> {
        if id == GroupID("") { throw .invalidGroupID }
        let undo = undo(id)
        if let group = consumerGroups[id] {
            let (results, gone, notices) = group.leave(leaving)
            return GroupOutcome(results, removeConsumers(id, gone, notices, moment), undo: undo)
        }
        let configuration = configuration
        let left = try change(id) { group throws(GroupError) in
            try group.leave(leaving, configuration: configuration, at: moment)
        }
        guard let left else { return GroupOutcome(leaving.map { _ in .unknownMemberID }) }
        return GroupOutcome(left.results, left.effects, undo: undo)
    }
}
