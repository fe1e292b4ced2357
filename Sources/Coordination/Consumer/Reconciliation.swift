import Records

/// The next step of a member towards its target assignment. A pure function. See KIP-848.
///
/// | member is | and | becomes |
/// |---|---|---|
/// | stable, in the target's epoch | | stays |
/// | asked to give up partitions | owns one of them still, or does not say | stays |
/// | behind the target | owns partitions that are not in it | `unrevokedPartitions`, in its epoch |
/// | | gets partitions that are free; others are not | `unreleasedPartitions`, in the target's epoch |
/// | | gets the last of its partitions | `stable`, in the target's epoch |
struct Reconciliation {
    let targetEpoch: Int32
    let target: PartitionsByTopic
    /// What the member says it owns; nil where it did not say.
    let owned: PartitionsByTopic?
    /// The epoch of a partition's owner, nil for one that is free.
    let owner: (TopicID, PartitionIndex) -> Int32?

    /// Errors: ``GroupError/fencedMemberEpoch`` for a member in a state of a later release that has not let go of all.
    func next(_ member: ConsumerGroupMember) throws(GroupError) -> ConsumerGroupMember {
        switch member.state {
        case .stable: return member.epoch == targetEpoch ? member : step(member, from: member.epoch)
        case .unrevokedPartitions:
            if owns(member.revoking) { return member }
            // All has been given up: the epoch is acknowledged.
            return step(member, from: member.epoch + 1)
        case .unreleasedPartitions: return step(member, from: member.epoch)
        case .unknown:
            guard owned?.isEmpty == true else { throw .fencedMemberEpoch }
            return step(member, from: targetEpoch)
        }
    }

    private func owns(_ partitions: PartitionsByTopic) -> Bool { owned?.intersects(partitions) ?? true }

    private func step(_ member: ConsumerGroupMember, from epoch: Int32) -> ConsumerGroupMember {
        let kept = member.assigned.filter { target.contains($0, $1) }
        let revoked = member.assigned.filter { !target.contains($0, $1) }
        let missing = target.filter { !kept.contains($0, $1) }
        let free = missing.filter { owner($0, $1) == nil }
        var next = member
        if !revoked.isEmpty, owns(revoked) {
            next.state = .unrevokedPartitions
            next.advance(to: epoch)
            next.assigned = kept
            next.revoking = revoked
            return next
        }
        next.state = free.count < missing.count ? .unreleasedPartitions : .stable
        next.advance(to: targetEpoch)
        next.assigned = kept.union(free)
        next.revoking = PartitionsByTopic()
        return next
    }
}
