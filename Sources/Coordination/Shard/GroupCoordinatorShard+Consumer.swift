import Records

/// The requests of the consumer protocol, and the way of a group between the two protocols. See KIP-848.
extension GroupCoordinatorShard {
    /// A member of the consumer protocol joins, is alive, changes or leaves.
    ///
    /// The first one makes its group: also out of a classic one that has no members, or, where that is configured, whose
    /// members are consumers. Errors: ``GroupError/groupIDNotFound`` where there is no such group, and those of
    /// ``ConsumerGroup``.
    public mutating func consumerHeartbeat(
        _ id: GroupID,
        _ request: ConsumerHeartbeat,
        settings: ConsumerGroupSettings,
        at moment: Moment
    ) throws(GroupError) -> GroupOutcome<ConsumerHeartbeatAnswer> {
        if request.epoch < 0 { return try consumerLeave(id, request, moment) }
        let undo = undo(id)
        var before = GroupEffects()
        if consumerGroups[id] == nil {
            guard request.epoch == 0 else { throw .groupIDNotFound }
            before = try makeConsumerGroup(id, moment)
        }
        let context = context(settings, moment)
        do throws(GroupError) {
            let result = try changeConsumer(id) { group throws(GroupError) in try group.heartbeat(request, context) }
            guard let (answer, effects) = result else { throw .groupIDNotFound }
            before.append(effects)
            return GroupOutcome(answer, before, undo: undo)
        } catch {
            if undo.previousConsumer == nil { restore(undo) }
            throw error
        }
    }

    /// Puts an empty consumer group where there was none, or a classic one that may become one.
    private mutating func makeConsumerGroup(
        _ id: GroupID,
        _ moment: Moment
    ) throws(GroupError) -> GroupEffects {
        var effects = GroupEffects()
        guard let classic = groups[id] else {
            consumerGroups[id] = ConsumerGroup(id: id)
            return effects
        }
        effects.records.append(.groupMetadata(id, nil))
        if classic.isEmpty {
            consumerGroups[id] = ConsumerGroup(id: id)
        } else {
            guard configuration.migrationPolicy.allowsUpgrade, classic.usesConsumerProtocol,
                classic.members.count <= configuration.maximumConsumerGroupSize,
                var group = ConsumerGroup(classic, topics)
            else { throw .groupIDNotFound }
            effects.append(classic.farewells)
            effects.records += group.creation.map { .consumerGroup(id, $0) }
            effects.append(group.resume(configuration.consumerSettings, at: moment))
            consumerGroups[id] = group
        }
        groups[id] = nil
        return effects
    }

    private mutating func consumerLeave(
        _ id: GroupID,
        _ request: ConsumerHeartbeat,
        _ moment: Moment
    ) throws(GroupError) -> GroupOutcome<ConsumerHeartbeatAnswer> {
        guard let group = consumerGroups[id] else { throw .groupIDNotFound }
        let member = try group.leaving(request)
        let answer = ConsumerHeartbeatAnswer(memberID: request.memberID, epoch: request.epoch, assignment: nil)
        if request.instanceID != nil, request.epoch == ConsumerGroupMember.staticLeaveEpoch {
            return GroupOutcome(answer, group.suspend(member))
        }
        let notice = GroupNotice(group: id, event: .memberLeft(member.id, reason: nil))
        let undo = undo(id)
        return GroupOutcome(answer, removeConsumers(id, [member.id], [notice], moment), undo: undo)
    }

    /// Takes members out of a consumer group, which may make it a classic one.
    mutating func removeConsumers(
        _ id: GroupID,
        _ ids: [MemberID],
        _ notices: [GroupNotice],
        _ moment: Moment
    ) -> GroupEffects {
        guard let group = consumerGroups[id] else { return GroupEffects() }
        guard group.becomesClassic(without: ids, configuration) else {
            return group.remove(ids, topics, notices: notices)
        }
        let configuration = configuration
        var classic: ClassicGroup
        do throws(GroupError) {
            classic = try ClassicGroup(group, without: ids, topics, at: moment)
        } catch { return group.remove(ids, topics, notices: notices) }
        var effects = GroupEffects()
        effects.notices = notices
        effects.records = group.tombstones.map { .consumerGroup(id, $0) } + [.groupMetadata(id, classic.metadata)]
        effects.append(classic.resume(configuration: configuration, at: moment))
        effects.append(classic.prepareRebalance(reason: "the group became a classic one", configuration, moment))
        consumerGroups[id] = nil
        groups[id] = classic
        if let deadline = classic.nextDeadline { deadlines.schedule(id, at: deadline) }
        return effects
    }

    /// A member of the classic protocol joins a consumer group. Where it takes the place of the last member that speaks
    /// the other one, the group is a classic one from then on, and everybody keeps what it has.
    mutating func joinConsumers(
        _ id: GroupID,
        _ group: ConsumerGroup,
        _ request: JoinRequest,
        ticket: ReplyTicket,
        newMemberID: MemberID,
        _ moment: Moment
    ) -> GroupOutcome<Void> {
        let (undo, context) = (undo(id), context(configuration.consumerSettings, moment))
        var effects =
            changeConsumer(id) { $0.join(request, ticket: ticket, newMemberID: newMemberID, context) } ?? GroupEffects()
        guard let replaced = request.instanceID.flatMap({ group.staticMembers[$0] }),
            group.becomesClassic(replacing: replaced, configuration),
            case .join(_, .joined(var joined))? = effects.replies.last
        else { return GroupOutcome((), effects) }
        var after = group
        for case .consumerGroup(_, let record) in effects.records { after.replay(record) }
        var classic: ClassicGroup
        do throws(GroupError) {
            classic = try ClassicGroup(after, without: [], topics, at: moment)
        } catch { return GroupOutcome((), effects) }
        joined.protocolName = classic.protocolName
        effects.replies[effects.replies.count - 1] = .join(ticket, .joined(joined))
        effects.records = group.tombstones.map { .consumerGroup(id, $0) } + [.groupMetadata(id, classic.metadata)]
        effects.append(classic.resume(configuration: configuration, at: moment))
        consumerGroups[id] = nil
        groups[id] = classic
        if let deadline = classic.nextDeadline { deadlines.schedule(id, at: deadline) }
        return GroupOutcome((), effects, undo: undo)
    }

    /// What is due in a consumer group.
    mutating func tickConsumer(_ id: GroupID, at moment: Moment) -> GroupEffects {
        let expired = changeConsumer(id) { $0.popExpired(at: moment) } ?? []
        guard !expired.isEmpty else {
            let context = context(configuration.consumerSettings, moment)
            return changeConsumer(id) { $0.resolveNewRegexes(context) } ?? GroupEffects()
        }
        let notices = expired.map { GroupNotice(group: id, event: $0.event) }
        return removeConsumers(id, expired.map(\.id), notices, moment)
    }

    /// A group of the consumer protocol as it is, nil where there is none, as an event.
    public func describedConsumer(_ id: GroupID) -> GroupOutcome<ConsumerGroup?> { GroupOutcome(consumerGroups[id]) }

    func context(_ settings: ConsumerGroupSettings, _ moment: Moment) -> ConsumerGroupContext {
        ConsumerGroupContext(configuration: configuration, settings: settings, topics: topics, moment: moment)
    }

    /// Lets an event happen to a consumer group in place, and sees to its deadlines. Nil where there is no such group.
    mutating func changeConsumer<R, E: Error>(
        _ id: GroupID,
        _ event: (inout ConsumerGroup) throws(E) -> R
    ) throws(E) -> R? {
        guard let index = consumerGroups.index(forKey: id) else { return nil }
        defer {
            if let deadline = consumerGroups.values[index].nextDeadline { deadlines.schedule(id, at: deadline) }
        }
        return try event(&consumerGroups.values[index])
    }
}
