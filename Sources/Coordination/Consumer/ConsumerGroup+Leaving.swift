import Records

extension ConsumerGroup {
    /// A member leaves, for good or for a while. Errors: it is not known, or another one has taken its instance id.
    func leaving(_ request: ConsumerHeartbeat) throws(GroupError) -> ConsumerGroupMember {
        guard let instanceID = request.instanceID else {
            guard let member = members[request.memberID] else { throw .unknownMemberID }
            return member
        }
        guard let id = staticMembers[instanceID], let member = members[id] else { throw .unknownMemberID }
        guard id == request.memberID else { throw .fencedInstanceID }
        return member
    }

    /// Keeps the place of a static member that will come back; its session runs on.
    func suspend(_ member: ConsumerGroupMember) -> GroupEffects {
        var draft = ConsumerGroupDraft(self)
        var away = member
        away.epoch = ConsumerGroupMember.staticLeaveEpoch
        away.revoking = PartitionsByTopic()
        draft.emit(.current(member.id, ConsumerGroupRecord.CurrentAssignment(away)))
        return draft.effects()
    }

    /// Takes members out, which begins a new epoch.
    func remove(_ ids: [MemberID], _ topics: any TopicDirectory, notices: [GroupNotice] = []) -> GroupEffects {
        guard !ids.isEmpty else { return GroupEffects() }
        var draft = ConsumerGroupDraft(self)
        for id in ids { draft.remove(id) }
        draft.forgetUnusedRegexes()
        draft.judgeTopics(isDue: true, topics)
        return draft.effects(notices)
    }

    /// The members whose time is up, and why; their timers run no more.
    mutating func popExpired(at moment: Moment) -> [(id: MemberID, event: GroupNotice.Event)] {
        let now = moment.uptime
        var expired: [(id: MemberID, event: GroupNotice.Event)] = []
        for id in members.keys.sorted() {
            if let deadline = sessionDeadlines[id], deadline <= now {
                expired.append((id, .memberSessionExpired(id)))
            } else if let revocation = revocations[id], revocation.deadline <= now {
                // A member that has gone on meanwhile has done what was asked.
                if members[id]?.epoch == revocation.epoch {
                    expired.append((id, .memberDidNotRevoke(id)))
                } else {
                    revocations[id] = nil
                }
            } else if let deadline = joinDeadlines[id], deadline <= now {
                expired.append((id, .memberDidNotRejoin(id)))
            } else if let deadline = syncDeadlines[id], deadline <= now {
                expired.append((id, .memberDidNotSync(id)))
            }
        }
        for (id, _) in expired { forgetTimers(of: id) }
        earliestDeadline =
            [
                sessionDeadlines.values.min(), revocations.values.map(\.deadline).min(), joinDeadlines.values.min(),
                syncDeadlines.values.min(), regexCheck,
            ].compactMap { $0 }.min()
        return expired
    }

    /// Begins to watch the members of a group that was loaded.
    mutating func resume(_ settings: ConsumerGroupSettings, at moment: Moment) -> GroupEffects {
        if members.values.contains(where: { $0.topicRegex.map { resolvedRegexes[$0] == nil } == true }) {
            resolveRegexes(at: moment)
        }
        for member in members.values {
            extendSession(of: member.id, member.classic?.sessionTimeout ?? settings.sessionTimeout, moment)
            guard member.state == .unrevokedPartitions, member.classic == nil else { continue }
            let deadline = moment.uptime + member.rebalanceTimeout
            revocations[member.id] = Revocation(deadline: deadline, epoch: member.epoch)
            wake(at: deadline)
        }
        var effects = GroupEffects()
        if !members.isEmpty {
            effects.notices.append(GroupNotice(group: id, event: .loaded(members: members.count)))
        }
        return effects
    }

    /// The tombstones of everything that is written about the group.
    var tombstones: [ConsumerGroupRecord] {
        let ids = members.keys.sorted()
        return ids.map { .current($0, nil) } + Set(ids).union(targets.keys).sorted().map { .target($0, nil) }
            + [.targetEpoch(nil)] + ids.map { .member($0, nil) }
            + resolvedRegexes.keys.sorted().map { .regex($0, nil) } + [.topics(nil), .epoch(nil)]
    }

    // MARK: Offsets

    /// Whether the sender of a commit may commit.
    ///
    /// A commit with epoch -1 and no member id comes from outside the group: allowed while it has no members.
    func admitCommit(
        memberID: MemberID,
        instanceID: GroupInstanceID?,
        epoch: Int32,
        isTransactional: Bool,
        knowsEpochs: Bool = true
    ) throws(GroupError) {
        if epoch < 0, members.isEmpty { return }
        if isTransactional, epoch == -1, memberID == MemberID(""), instanceID == nil { return }
        guard let member = members[memberID] else { throw .unknownMemberID }
        if !knowsEpochs, member.classic == nil { throw .unsupportedVersion }
        try member.checkEpoch(epoch)
    }

    /// Whether the sender of a question for offsets may ask: anybody, or a member in its epoch.
    func admitFetch(memberID: MemberID?, epoch: Int32) throws(GroupError) {
        if memberID == nil, epoch < 0 { return }
        guard let member = memberID.flatMap({ members[$0] }) else { throw .unknownMemberID }
        try member.checkEpoch(epoch)
    }
}

extension ConsumerGroupMember {
    fileprivate func checkEpoch(_ received: Int32) throws(GroupError) {
        guard received != epoch else { return }
        throw classic == nil ? .staleMemberEpoch : .illegalGeneration
    }
}
