import KafkaProtocol
import Logging
import NIOCore
import Records

/// The application's part in a rebalance: on the thread that polls, outside of the lock.
extension ConsumerShell {
    /// Errors: what a listener or an assignor threw, and bytes that cannot be read.
    func perform(_ work: GroupMembership.Work) throws(KafkaError) {
        defer { wake() }
        switch work {
        case .join(let callbacks, let isLost):
            if callbacks { try giveUp(isLost: isLost) }
            try prepareJoin()
        case .assign(let election):
            do {
                try assign(election)
            } catch {
                let now = now
                monitor.withLock { $0.membership?.workFailed(now: now) }
                throw error
            }
        case .complete(let generation, let assignment):
            try complete(generation, assignment)
        }
    }

    // MARK: Before

    private func giveUp(isLost: Bool) throws(KafkaError) {
        let (owned, revoked, listener, isEager) = monitor.withLock { state in
            let owned = state.subscription.assignment
            let isEager = state.rebalanceProtocol == .eager
            let topics = state.subscription.topics
            let revoked = isLost || isEager ? owned : owned.filter { !topics.contains($0.topic) }
            return (owned, revoked, state.subscription.listener, isEager)
        }
        var failure: (any Error)?
        do {
            if isLost {
                if !revoked.isEmpty { try listener?.partitionsLost(revoked) }
            } else if isEager || !revoked.isEmpty {
                try listener?.partitionsRevoked(revoked)
            }
        } catch {
            failure = error
        }
        monitor.withLock { state in
            state.subscription.setAssignment(owned.subtracting(revoked))
            state.membership?.callbacksDone()
        }
        if let failure { throw .callback(failure) }
    }

    private func prepareJoin() throws(KafkaError) {
        let (topics, owned, generation) = monitor.withLock { state in
            let generation = state.membership?.generation ?? .none
            return (state.subscription.topics, state.subscription.assignment, generation)
        }
        var protocols: [JoinGroupRequest.JoinGroupRequestProtocol] = []
        for assignor in assignors {
            do {
                let subscription = MemberSubscription(
                    topics: topics.sorted(),
                    userData: try assignor.subscriptionUserData(topics),
                    ownedPartitions: owned.sorted(),
                    generationID: generation.id,
                    rackID: configuration.clientRack.isEmpty ? nil : configuration.clientRack
                )
                let bytes = try subscription.encoded()
                protocols.append(JoinGroupRequest.JoinGroupRequestProtocol(name: assignor.name, metadata: bytes))
            } catch {
                let message = "The assignor \(assignor.name) could not describe the subscription."
                throw KafkaError(.unknownServerError, message, underlying: error)
            }
        }
        monitor.withLock { state in
            state.joinedTopics = topics
            state.subscription.groupTopics = []
            state.membership?.joinPrepared(protocols)
        }
    }

    // MARK: The leader

    private func assign(_ election: GroupMembership.Election) throws(KafkaError) {
        guard let metadata = monitor.withLock({ $0.electionMetadata }) else { return }
        let assignor = try assignor(election.generation.protocolName)
        let group = try group(of: election)
        var topics = group.topics
        var assignments: [SyncGroupRequest.SyncGroupRequestAssignment] = []
        if !election.skipsAssignment {
            let assigned: [MemberID: PartitionAssignment]
            do {
                assigned = try assignor.assign(metadata, group)
            } catch {
                throw .callback(error, "The assignor \(assignor.name) failed")
            }
            if monitor.withLock({ $0.rebalanceProtocol }) == .cooperative, !(assignor is CooperativeStickyAssignor) {
                try checkCooperative(group, assigned)
            }
            topics.formUnion(assigned.values.lazy.flatMap { $0.partitions.map(\.topic) })
            assignments = try encode(group, assigned)
        }
        let snapshot = AssignedTopics(metadata, topics)
        let watched = topics
        let ready = assignments
        monitor.withLock { state in
            state.subscription.groupTopics = watched
            state.assigned = snapshot
            state.electionMetadata = nil
            state.membership?.assigned(election, ready)
        }
    }

    private func assignor(_ name: String?) throws(KafkaError) -> any PartitionAssignor {
        if let assignor = assignors.first(where: { $0.name == name }) { return assignor }
        let message = "Coordinator selected invalid assignment protocol: \(name ?? "none")"
        throw KafkaError(.inconsistentGroupProtocol, message)
    }

    private func group(of election: GroupMembership.Election) throws(KafkaError) -> GroupSubscription {
        var members: [GroupSubscription.Member] = []
        for member in election.members {
            switch MemberSubscription.read(member.metadata) {
            case .success(let subscription):
                members.append(
                    GroupSubscription.Member(
                        member.memberId,
                        groupInstanceID: member.groupInstanceId,
                        subscription
                    )
                )
            case .failure(let error):
                let message = "The subscription of member \(member.memberId) cannot be read."
                throw KafkaError(.inconsistentGroupProtocol, message, underlying: error)
            }
        }
        return GroupSubscription(members)
    }

    /// For each member, in the order of a Java hash table; those without an assignment get an empty one.
    private func encode(
        _ group: GroupSubscription,
        _ assigned: [MemberID: PartitionAssignment]
    ) throws(KafkaError) -> [SyncGroupRequest.SyncGroupRequestAssignment] {
        var assignments: [SyncGroupRequest.SyncGroupRequestAssignment] = []
        for member in HashOrder.sorted(group.members.map(\.memberID), { $0.rawValue }) {
            do {
                let bytes = try assigned[member, default: PartitionAssignment()].encoded()
                assignments.append(SyncGroupRequest.SyncGroupRequestAssignment(memberId: member, assignment: bytes))
            } catch {
                let message = "The assignment of member \(member) cannot be written."
                throw KafkaError(.invalidRequest, message, underlying: error)
            }
        }
        return assignments
    }

    /// What is still owned must not go to another member in the same round.
    private func checkCooperative(
        _ group: GroupSubscription,
        _ assigned: [MemberID: PartitionAssignment]
    ) throws(KafkaError) {
        var added: Set<TopicPartition> = []
        var revoked: Set<TopicPartition> = []
        for member in group.members {
            let owned = Set(member.subscription.ownedPartitions)
            let wanted = Set(assigned[member.memberID]?.partitions ?? [])
            added.formUnion(wanted.subtracting(owned))
            revoked.formUnion(owned.subtracting(wanted))
        }
        guard added.isDisjoint(with: revoked) else {
            let message = "Assignor supporting the COOPERATIVE protocol violates its requirements"
            throw KafkaError(.unknownServerError, message)
        }
    }

    // MARK: After

    private func complete(_ generation: GroupMembership.Generation, _ bytes: Bytes) throws(KafkaError) {
        let assignor: any PartitionAssignor
        let assignment: PartitionAssignment
        do {
            assignor = try self.assignor(generation.protocolName)
            assignment = try PartitionAssignment(bytes)
        } catch {
            let now = now
            monitor.withLock { $0.membership?.workFailed(now: now) }
            throw KafkaError(.inconsistentGroupProtocol, "The assignment cannot be read.", underlying: error)
        }
        let wanted = Set(assignment.partitions)
        let takeover = monitor.withLock { $0.takeover(wanted) }
        guard takeover.matches else {
            let now = now
            monitor.withLock { state in
                state.membership?.requestRejoin("received assignment does not match the current subscription")
                state.rebalanced(generation, now: now)
            }
            return
        }
        var failure: (any Error)?
        if !takeover.revoked.isEmpty {
            do { try takeover.listener?.partitionsRevoked(takeover.revoked) } catch { failure = error }
            monitor.withLock { $0.membership?.requestRejoin("need to revoke partitions and re-join") }
        }
        do { try assignor.onAssignment(assignment, groupMetadata(generation)) } catch { failure = failure ?? error }
        let now = now
        monitor.withLock { state in
            if !state.isMember(generation) { return }
            state.subscription.setAssignment(wanted)
            state.wantsPositions = false
            state.rebalanced(generation, now: now)
        }
        do { try takeover.listener?.partitionsAssigned(takeover.added) } catch { failure = failure ?? error }
        if let failure { throw .callback(failure) }
    }

    private func groupMetadata(_ generation: GroupMembership.Generation) -> ConsumerGroupMetadata {
        ConsumerGroupMetadata(
            groupID: configuration.groupID ?? "",
            generationID: generation.id,
            memberID: generation.memberID,
            groupInstanceID: configuration.groupInstanceID
        )
    }

    /// Gives up everything because the consumer leaves the group.
    func giveUpToLeave() throws(KafkaError) {
        let (owned, isLost, listener) = monitor.withLock { state in
            let owned = state.subscription.isSubscribed ? state.subscription.assignment : []
            let generation = state.membership?.generation ?? .none
            let isLost = generation.id == -1 || generation.memberID == "" || state.membership?.isRebalancing == true
            return (owned, isLost, state.subscription.listener)
        }
        guard !owned.isEmpty else { return }
        var failure: (any Error)?
        do {
            if isLost { try listener?.partitionsLost(owned) } else { try listener?.partitionsRevoked(owned) }
        } catch {
            failure = error
        }
        monitor.withLock { $0.subscription.setAssignment([]) }
        if let failure { throw .callback(failure) }
    }
}

extension ConsumerState {
    /// What an assignment changes.
    struct Takeover {
        /// Whether every partition belongs to the subscription, which may have changed since the join.
        var matches: Bool
        var added: Set<TopicPartition>
        /// Empty under the eager protocol, where everything was given up before.
        var revoked: Set<TopicPartition>
        var listener: (any RebalanceListener)?
    }

    mutating func takeover(_ wanted: Set<TopicPartition>) -> Takeover {
        let owned = subscription.assignment
        let assignedTopics = Set(wanted.map(\.topic))
        var matches = assignedTopics.isSubset(of: subscription.topics)
        if let pattern = subscription.pattern, !matches {
            // The leader may know topics that match the pattern before this member does.
            matches = assignedTopics.allSatisfy(pattern.matches)
            if matches {
                joinedTopics?.formUnion(assignedTopics)
                _ = subscription.matched(subscription.topics.union(assignedTopics))
            }
        }
        return Takeover(
            matches: matches,
            added: wanted.subtracting(owned),
            revoked: rebalanceProtocol == .cooperative ? owned.subtracting(wanted) : [],
            listener: subscription.listener
        )
    }

    /// Whether the generation is still this one.
    func isMember(_ generation: GroupMembership.Generation) -> Bool { membership?.generation == generation }
}

extension KafkaError {
    /// Something that the application brought has thrown.
    static func callback(_ error: any Error, _ what: String = "User rebalance callback throws an error") -> KafkaError {
        if let error = error as? KafkaError { return error }
        return KafkaError(.unknownServerError, what, underlying: error)
    }
}
