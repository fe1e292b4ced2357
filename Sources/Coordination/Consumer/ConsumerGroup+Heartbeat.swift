import Records

extension ConsumerGroup {
    /// How long the topics are taken to be as they were.
    static let topicsCheckInterval = Duration.seconds(300)

    /// A member joins, changes, or is just alive. Errors: the member is not known, in another epoch, or replaced.
    mutating func heartbeat(
        _ request: ConsumerHeartbeat,
        _ context: ConsumerGroupContext
    ) throws(GroupError) -> (answer: ConsumerHeartbeatAnswer, effects: GroupEffects) {
        let id = request.memberID
        if members.count >= context.configuration.maximumConsumerGroupSize, members[id] == nil {
            throw .groupMaxSizeReached
        }
        var notices: [GroupNotice] = []
        var draft = ConsumerGroupDraft(self)
        let member = try draft.admit(request, &notices)
        var updated = member
        if let instanceID = request.instanceID { updated.instanceID = instanceID }
        if let rackID = request.rackID { updated.rackID = rackID }
        if request.rebalanceTimeoutMs != -1 { updated.rebalanceTimeoutMs = request.rebalanceTimeoutMs }
        if let assignor = request.assignor { updated.assignor = assignor }
        if let topics = request.topics { updated.topics = Set(topics).sorted() }
        if let regex = request.topicRegex { updated.topicRegex = regex.isEmpty ? nil : regex }
        updated.clientID = request.clientID
        updated.clientHost = request.clientHost
        updated.classic = nil
        try settle(member, updated, owned: request.owned, &draft, context)
        extendSession(of: id, context.settings.sessionTimeout, context.moment)
        guard let settled = draft.group.members[id] else { throw .unknownServerError }
        watchRevocation(settled, before: member, context.moment)
        let isChanged = request.isFull || settled.assigned != member.assigned
        let answer = ConsumerHeartbeatAnswer(
            memberID: id,
            epoch: settled.epoch,
            assignment: isChanged ? settled.assigned : nil
        )
        return (answer, draft.effects(notices))
    }

    /// Writes down what a member says, and what follows: epochs, targets, and the member's next step.
    ///
    /// A regular expression that nobody had before is asked after the answer, as with Kafka: the member is given the topics
    /// that it names at once, and those that match with a later heartbeat.
    mutating func settle(
        _ member: ConsumerGroupMember,
        _ updated: ConsumerGroupMember,
        owned: PartitionsByTopic?,
        _ draft: inout ConsumerGroupDraft,
        _ context: ConsumerGroupContext
    ) throws(GroupError) {
        if updated != member || draft.group.members[updated.id] == nil { draft.emit(.member(updated.id, updated)) }
        var isDue = updated.topics != member.topics || draft.group.epoch == 0
        if updated.topicRegex != member.topicRegex {
            draft.forgetUnusedRegexes()
            switch try draft.standing(of: updated.topicRegex) {
            case .none, .resolved: isDue = true
            case .new: resolveRegexes(at: context.moment)
            }
        }
        if isDue || topicsCheck <= context.moment.uptime {
            let matchesOthers = try draft.resolveRegexes(context, includingNew: false)
            draft.judgeTopics(isDue: isDue || matchesOthers, context.topics)
            topicsCheck = context.moment.uptime + ConsumerGroup.topicsCheckInterval
        }
        draft.updateTargets(context.configuration)
        try draft.reconcile(updated.id, owned: owned)
    }

    /// Asks the regular expressions that are new, once `moment` is over.
    mutating func resolveRegexes(at moment: Moment) {
        regexCheck = moment.uptime
        wake(at: moment.uptime)
    }

    /// Asks the regular expressions that are new, where that is due; begins a new epoch where they match a topic.
    mutating func resolveNewRegexes(_ context: ConsumerGroupContext) -> GroupEffects {
        guard let check = regexCheck, check <= context.moment.uptime else { return GroupEffects() }
        regexCheck = nil
        var draft = ConsumerGroupDraft(self)
        do throws(GroupError) {
            let matches = try draft.resolveRegexes(context, includingNew: true)
            draft.judgeTopics(isDue: matches, context.topics)
        } catch {
            // None is written down that was not found valid before.
            return GroupEffects()
        }
        return draft.effects()
    }

    mutating func extendSession(of id: MemberID, _ timeout: Duration, _ moment: Moment) {
        sessionDeadlines[id] = moment.uptime + timeout
        wake(at: moment.uptime + timeout)
    }

    private mutating func watchRevocation(
        _ member: ConsumerGroupMember,
        before: ConsumerGroupMember,
        _ moment: Moment
    ) {
        guard member.state != before.state || member.epoch != before.epoch || member.revoking != before.revoking else {
            return
        }
        guard member.state == .unrevokedPartitions else {
            revocations[member.id] = nil
            return
        }
        let deadline = moment.uptime + member.rebalanceTimeout
        revocations[member.id] = Revocation(deadline: deadline, epoch: member.epoch)
        wake(at: deadline)
    }
}

extension ConsumerGroupDraft {
    /// The member that a heartbeat comes from, made where it joins.
    fileprivate mutating func admit(
        _ request: ConsumerHeartbeat,
        _ notices: inout [GroupNotice]
    ) throws(GroupError) -> ConsumerGroupMember {
        let id = request.memberID
        let isJoining = request.epoch == 0
        guard let instanceID = request.instanceID else {
            guard let member = group.members[id] else {
                guard isJoining else { throw .unknownMemberID }
                notices.append(GroupNotice(group: group.id, event: .memberJoined(id, nil)))
                return ConsumerGroupMember(id: id)
            }
            try member.check(request)
            return member
        }
        let existing = group.staticMembers[instanceID].flatMap { group.members[$0] }
        guard isJoining else {
            guard let existing else { throw .unknownMemberID }
            guard existing.id == id else { throw .fencedInstanceID }
            try existing.check(request)
            return existing
        }
        guard let existing else {
            notices.append(GroupNotice(group: group.id, event: .memberJoined(id, instanceID)))
            return group.members[id] ?? ConsumerGroupMember(id: id)
        }
        // Only one that has left for a while, or that speaks the other protocol, may be replaced.
        guard existing.epoch == ConsumerGroupMember.staticLeaveEpoch || existing.classic != nil else {
            throw .unreleasedInstanceID
        }
        notices.append(
            GroupNotice(group: group.id, event: .staticMemberReplaced(instanceID, old: existing.id, new: id))
        )
        return replace(existing, by: id)
    }
}

extension ConsumerGroupMember {
    /// Whether a request comes in the member's epoch, or repeats the one before.
    fileprivate func check(_ request: ConsumerHeartbeat) throws(GroupError) {
        if request.epoch > epoch { throw .fencedMemberEpoch }
        guard request.epoch < epoch else { return }
        // The answer that brought the new epoch may have been lost.
        guard request.epoch == previousEpoch, let owned = request.owned, owned.isSubset(of: assigned) else {
            throw .fencedMemberEpoch
        }
    }
}
