import Records

extension GroupCoordinatorShard {
    /// A producer commits offsets within its transaction: they count once the transaction is committed. The answer has
    /// one entry for each of them, in order: nil, or why not.
    ///
    /// A member of the group is named by a consumer that consumes for the producer; without one anybody may commit. See
    /// KIP-98, KIP-447. Errors of the whole request: those of the group's state and member.
    public mutating func commitTransactionalOffsets(
        _ id: GroupID,
        _ commit: OffsetCommit,
        by producer: ProducerIdentity,
        at moment: Moment
    ) throws(GroupError) -> GroupOutcome<[GroupError?]> {
        try admitTransactionalCommit(id, commit, at: moment)
        var effects = GroupEffects()
        effects.producer = producer
        let results = commit.entries.map { entry -> GroupError? in
            let metadata = entry.metadata ?? ""
            guard metadata.utf16.count <= configuration.maximumOffsetMetadataLength else {
                return .offsetMetadataTooLarge
            }
            let committed = CommittedOffset(
                offset: entry.offset,
                leaderEpoch: entry.leaderEpoch,
                metadata: metadata,
                commitTimestamp: moment.wall
            )
            effects.records.append(.offsetCommit(id, entry.partition, committed))
            return nil
        }
        return GroupOutcome(results, effects)
    }

    private mutating func admitTransactionalCommit(
        _ id: GroupID,
        _ commit: OffsetCommit,
        at moment: Moment
    ) throws(GroupError) {
        if let group = consumerGroups[id] {
            do throws(GroupError) {
                return try group.admitCommit(
                    memberID: commit.memberID,
                    instanceID: commit.instanceID,
                    epoch: commit.generation,
                    isTransactional: true
                )
            } catch {
                // Producers know generations only.
                throw error == .staleMemberEpoch ? .illegalGeneration : error
            }
        }
        let admitted: Void? = try change(id) { group throws(GroupError) in
            try group.admitCommit(
                memberID: commit.memberID,
                instanceID: commit.instanceID,
                generation: commit.generation,
                isTransactional: true,
                at: moment
            )
        }
        if admitted == nil, commit.generation >= 0 { throw .illegalGeneration }
    }
}
