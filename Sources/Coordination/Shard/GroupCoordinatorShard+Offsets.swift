import Records

extension GroupCoordinatorShard {
    /// Somebody commits offsets. The answer has one entry for each of them, in order: nil, or why not.
    ///
    /// A commit from outside makes a group without members where there is none. Errors of the whole request: those of
    /// the group's state and member, ``GroupError/groupIDNotFound`` for a member of a group that is not there.
    public mutating func commitOffsets(
        _ id: GroupID,
        _ commit: OffsetCommit,
        at moment: Moment
    ) throws(GroupError) -> GroupOutcome<[GroupError?]> {
        let admitted: Void? = try change(id) { group throws(GroupError) in
            try group.admitCommit(
                memberID: commit.memberID,
                instanceID: commit.instanceID,
                generation: commit.generation,
                isTransactional: false,
                at: moment
            )
        }
        if let group = consumerGroups[id] {
            try group.admitCommit(
                memberID: commit.memberID,
                instanceID: commit.instanceID,
                epoch: commit.generation,
                isTransactional: false,
                knowsEpochs: commit.knowsEpochs
            )
        } else if admitted == nil, commit.generation >= 0 {
            throw .groupIDNotFound
        }
        let expires = commit.retention.map { retention in
            let sum = moment.wall.rawValue.addingReportingOverflow(retention.wholeMilliseconds)
            return Timestamp(sum.overflow ? .max : sum.partialValue)
        }
        var effects = GroupEffects()
        let results = commit.entries.map { entry -> GroupError? in
            let metadata = entry.metadata ?? ""
            guard metadata.utf16.count <= configuration.maximumOffsetMetadataLength else {
                return .offsetMetadataTooLarge
            }
            let committed = CommittedOffset(
                offset: entry.offset,
                leaderEpoch: entry.leaderEpoch,
                metadata: metadata,
                commitTimestamp: moment.wall,
                expireTimestamp: expires
            )
            effects.records.append(.offsetCommit(id, entry.partition, committed))
            return nil
        }
        return GroupOutcome(results, effects)
    }

    /// What a group committed for `partitions`, in their order. A group that is not there has committed nothing.
    public func fetchOffsets(
        _ id: GroupID,
        _ partitions: [TopicPartition],
        requireStable: Bool
    ) -> [FetchedOffset] {
        partitions.map { partition in
            if requireStable, offsets.isUnstable(id, partition) { return .unstable }
            return offsets.offset(id, partition).map(FetchedOffset.committed) ?? .none
        }
    }

    /// All that a group has committed, by topic and partition.
    public func fetchAllOffsets(_ id: GroupID, requireStable: Bool) -> [(TopicPartition, FetchedOffset)] {
        offsets.offsets(of: id).map { partition, committed in
            let isUnstable = requireStable && offsets.isUnstable(id, partition)
            return (partition, isUnstable ? .unstable : .committed(committed))
        }
    }

    /// ``fetchOffsets(_:_:requireStable:)`` as an event, for a shell that treats all requests alike.
    ///
    /// Errors: a member of a consumer group that asks is not one, or in another epoch.
    public func fetched(
        _ id: GroupID,
        _ partitions: [TopicPartition],
        requireStable: Bool,
        by member: (id: MemberID?, epoch: Int32) = (nil, -1)
    ) throws(GroupError) -> GroupOutcome<[FetchedOffset]> {
        try consumerGroups[id]?.admitFetch(memberID: member.id, epoch: member.epoch)
        return GroupOutcome(fetchOffsets(id, partitions, requireStable: requireStable))
    }

    /// ``fetchAllOffsets(_:requireStable:)`` as an event, for a shell that treats all requests alike.
    public func fetchedAll(
        _ id: GroupID,
        requireStable: Bool,
        by member: (id: MemberID?, epoch: Int32) = (nil, -1)
    ) throws(GroupError) -> GroupOutcome<[(TopicPartition, FetchedOffset)]> {
        try consumerGroups[id]?.admitFetch(memberID: member.id, epoch: member.epoch)
        return GroupOutcome(fetchAllOffsets(id, requireStable: requireStable))
    }

    /// Forgets offsets. The answer has one entry for each partition, in order: nil, or why not.
    public func deleteOffsets(
        _ id: GroupID,
        _ partitions: [TopicPartition]
    ) throws(GroupError) -> GroupOutcome<[GroupError?]> {
        if id == GroupID("") { throw .invalidGroupID }
        let isSubscribed: (TopicName) -> Bool
        if let group = consumerGroups[id] {
            isSubscribed = group.isSubscribed(to:)
        } else {
            guard let group = groups[id] else { throw .groupIDNotFound }
            try group.checkOffsetDeletion()
            isSubscribed = group.isSubscribed(to:)
        }
        var effects = GroupEffects()
        let results = partitions.map { partition -> GroupError? in
            if isSubscribed(partition.topic) { return .groupSubscribedToTopic }
            if offsets.offset(id, partition) != nil || offsets.isUnstable(id, partition) {
                effects.records.append(.offsetCommit(id, partition, nil))
            }
            return nil
        }
        return GroupOutcome(results, effects)
    }

    /// Forgets what every group committed for partitions that were deleted.
    public func forgetPartitions(where isDeleted: (TopicPartition) -> Bool) -> GroupOutcome<Void> {
        var effects = GroupEffects()
        for id in (Array(groups.keys) + consumerGroups.keys).sorted() {
            for partition in allPartitions(of: id) where isDeleted(partition) {
                effects.records.append(.offsetCommit(id, partition, nil))
            }
        }
        return GroupOutcome((), effects)
    }

    /// Partitions with a committed offset or one that an open transaction will commit.
    func allPartitions(of id: GroupID) -> [TopicPartition] {
        let committed = offsets.offsets(of: id).map(\.partition)
        let pending = offsets.unstablePartitions(of: id)
        return pending.isEmpty ? committed : Set(committed + pending).sorted()
    }
}
