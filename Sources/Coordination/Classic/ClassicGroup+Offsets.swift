import Records

extension ClassicGroup {
    /// Whether the sender of a commit may commit, and keeps its session by it.
    ///
    /// A commit with generation -1 and no member id comes from outside the group (an administrator, or a consumer that
    /// assigns itself partitions): allowed while the group has no members.
    mutating func admitCommit(
        memberID: MemberID,
        instanceID: GroupInstanceID?,
        generation: Int32,
        isTransactional: Bool,
        at moment: Moment
    ) throws(GroupError) {
        if case .dead = state { throw .coordinatorNotAvailable }
        if generation < 0, isEmpty { return }
        if generation >= 0 || memberID != MemberID("") || instanceID != nil {
            try validate(memberID, instanceID)
            guard generation == self.generation else { throw .illegalGeneration }
        } else if !isTransactional, !isEmpty {
            throw .unknownMemberID
        }
        switch state {
        case .completingRebalance: if !isTransactional { throw .rebalanceInProgress }
        case .stable, .preparingRebalance: if !isTransactional { extendSession(of: memberID, at: moment) }
        case .empty, .dead: break
        }
    }

    /// Offsets of a group with members can be deleted only of topics that it is not subscribed to, which only the
    /// metadata of consumers tells.
    func checkOffsetDeletion() throws(GroupError) {
        switch state {
        case .dead: throw .groupIDNotFound
        case .empty: return
        case .preparingRebalance, .completingRebalance, .stable: if !usesConsumerProtocol { throw .nonEmptyGroup }
        }
    }

    /// Only a group without members can be deleted.
    func checkDeletion() throws(GroupError) {
        switch state {
        case .dead: throw .groupIDNotFound
        case .empty: return
        case .preparingRebalance, .completingRebalance, .stable: throw .nonEmptyGroup
        }
    }

    /// From when on a committed offset ages; nil while it does not.
    ///
    /// In a group that had members: from when the last one left. In a consumer group that is stable, for topics it does
    /// not subscribe to: from the commit. In a simple group: from the commit. See KIP-211.
    func agesFrom(_ offset: CommittedOffset) -> Timestamp? {
        guard protocolType != nil else { return offset.commitTimestamp }
        switch state {
        case .empty: return stateSince ?? offset.commitTimestamp
        case .stable: return usesConsumerProtocol && subscribedTopics != nil ? offset.commitTimestamp : nil
        case .preparingRebalance, .completingRebalance, .dead: return nil
        }
    }
}
