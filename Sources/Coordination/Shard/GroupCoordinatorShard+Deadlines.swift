import Records

extension GroupCoordinatorShard {
    /// Does what is due in every group. One outcome a group, since each group's records belong together.
    ///
    /// A failed append need not be reverted here: nobody waits for an answer, and a lost metadata record of a group
    /// that became empty is made good by its next one.
    public mutating func tick(at moment: Moment) -> [GroupOutcome<Void>] {
        var outcomes: [GroupOutcome<Void>] = []
        let configuration = configuration
        var due: [GroupID] = []
        while let id = deadlines.popDue(at: moment.uptime) { due.append(id) }
        for id in due {
            if let effects = change(id, { $0.tick(configuration: configuration, at: moment) }) {
                outcomes.append(GroupOutcome((), effects))
            } else if consumerGroups[id] != nil {
                outcomes.append(GroupOutcome((), tickConsumer(id, at: moment)))
            }
        }
        if let check = nextExpiryCheck, check <= moment.uptime {
            nextExpiryCheck = moment.uptime + configuration.offsetsRetentionCheckInterval
            outcomes += groups.keys.sorted().compactMap { expireOffsets(of: $0, at: moment) }
            outcomes += consumerGroups.keys.sorted().compactMap { expireConsumerOffsets(of: $0, at: moment) }
        }
        return outcomes
    }

    /// Forgets what is older than its retention, and the group itself when nothing is left of it.
    private func expireOffsets(of id: GroupID, at moment: Moment) -> GroupOutcome<Void>? {
        guard let group = groups[id] else { return nil }
        var effects = GroupEffects()
        let committed = offsets.offsets(of: id)
        for (partition, offset) in committed where isExpired(offset, partition, group, moment.wall) {
            effects.records.append(.offsetCommit(id, partition, nil))
        }
        let expired = effects.records.count
        if expired > 0 { effects.notices.append(GroupNotice(group: id, event: .offsetsExpired(expired))) }
        let isIdle = group.isEmpty && group.pendingMembers.isEmpty
        if isIdle, expired == committed.count, offsets.unstablePartitions(of: id).isEmpty {
            effects.records.append(.groupMetadata(id, nil))
            effects.notices.append(GroupNotice(group: id, event: .deleted))
        }
        return effects.records.isEmpty ? nil : GroupOutcome((), effects)
    }

    /// The same for a group of the consumer protocol: offsets of topics that nobody subscribes to age from their commit.
    private func expireConsumerOffsets(of id: GroupID, at moment: Moment) -> GroupOutcome<Void>? {
        guard let group = consumerGroups[id] else { return nil }
        var effects = GroupEffects()
        let committed = offsets.offsets(of: id)
        for (partition, offset) in committed
        where !group.isSubscribed(to: partition.topic) && !offsets.isUnstable(id, partition)
            && isOver(offset, since: offset.commitTimestamp, moment.wall)
        {
            effects.records.append(.offsetCommit(id, partition, nil))
        }
        let expired = effects.records.count
        if expired > 0 { effects.notices.append(GroupNotice(group: id, event: .offsetsExpired(expired))) }
        if group.members.isEmpty, expired == committed.count, offsets.unstablePartitions(of: id).isEmpty {
            effects.records += group.tombstones.map { .consumerGroup(id, $0) }
            effects.notices.append(GroupNotice(group: id, event: .deleted))
        }
        return effects.records.isEmpty ? nil : GroupOutcome((), effects)
    }

    private func isExpired(
        _ offset: CommittedOffset,
        _ partition: TopicPartition,
        _ group: ClassicGroup,
        _ now: Timestamp
    ) -> Bool {
        guard !group.isSubscribed(to: partition.topic), !offsets.isUnstable(group.id, partition) else { return false }
        guard let agesFrom = group.agesFrom(offset) else { return false }
        return isOver(offset, since: agesFrom, now)
    }

    private func isOver(_ offset: CommittedOffset, since agesFrom: Timestamp, _ now: Timestamp) -> Bool {
        if let expires = offset.expireTimestamp { return now >= expires }
        let age = now.rawValue.subtractingReportingOverflow(agesFrom.rawValue)
        return !age.overflow && age.partialValue >= configuration.offsetsRetention.wholeMilliseconds
    }
}
