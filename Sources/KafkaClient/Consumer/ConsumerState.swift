import KafkaProtocol
import NIOCore
import Records

/// All that a consumer knows, as a value: the machines of group, positions and buffer side by side, and what the next
/// poll gives.
struct ConsumerState {
    /// What poll does next.
    enum Step {
        case deliver([FetchedPartition])
        case work(GroupMembership.Work)
        /// Wait for a change, or until this time.
        case wait(until: NIODeadline?)
    }

    /// An error that the next poll throws, of one partition.
    struct PartitionFailure {
        let partition: TopicPartition
        let incarnation: Int
        let error: KafkaError
    }

    /// The topics that match a pattern, as a question that is asked from time to time.
    struct PatternMatch {
        var isAsking = false
        /// When to ask.
        var due = NIODeadline.uptimeNanoseconds(0)
        /// Whether an answer came since the last rebalance: a member asks anew before it joins.
        var isFresh = false
        /// Whether a rebalance has moved `due` forward already.
        var isForced = true
    }

    let configuration: ConsumerConfiguration
    /// The highest that all assignors share.
    let rebalanceProtocol: RebalanceProtocol
    var subscription = SubscriptionState()
    /// Nil without `group.id`.
    var membership: GroupMembership?
    var buffer = FetchBuffer()
    var failures: [PartitionFailure] = []
    var isWokenUp = false
    var isPolling = false
    var isClosed = false
    /// Whether poll or position has been called for the current assignment: before that, nobody asks for positions, so
    /// that a seek after an assignment costs nothing.
    var wantsPositions = false
    var nextAutoCommit = NIODeadline.uptimeNanoseconds(0)
    /// Positions to commit because it is time; the shell takes them.
    var autoCommit: [TopicPartition: OffsetAndMetadata]?
    var pattern = PatternMatch()
    /// The topics of the last JoinGroup.
    var joinedTopics: Set<TopicName>?
    /// What the leader is to assign with.
    var electionMetadata: ClusterMetadata?
    var isAskingElectionMetadata = false
    /// What the leader assigned with.
    var assigned: AssignedTopics?
    /// Lanes to each broker on which a fetch waits.
    var busyLanes: [BrokerID: Set<Int>] = [:]
    var fetchCount = 0

    init(_ configuration: ConsumerConfiguration, _ rebalanceProtocol: RebalanceProtocol, now: NIODeadline) {
        self.configuration = configuration
        self.rebalanceProtocol = rebalanceProtocol
        nextAutoCommit = now + TimeAmount(configuration.autoCommitInterval)
        membership = configuration.groupID.map { GroupMembership(GroupMembership.Settings($0, configuration)) }
    }

    /// What poll does now. Errors: those of the group and of partitions, one at a time.
    mutating func step(now: NIODeadline) throws(KafkaError) -> Step {
        if isClosed { throw KafkaError(.unknownServerError, "This consumer has already been closed.") }
        try throwFailure()
        if isWokenUp {
            isWokenUp = false
            return .deliver([])
        }
        if case .none = subscription.mode {
            throw KafkaError(.invalidRequest, "Consumer is not subscribed to any topics or assigned any partitions")
        }
        if subscription.isSubscribed, let work = try groupWork(now: now) { return .work(work) }
        wantsPositions = true
        autoCommitIfDue(now: now)
        let taken = try buffer.take(maxRecords: configuration.maxPollRecords, &subscription)
        if !taken.isEmpty { return .deliver(taken) }
        return .wait(until: subscription.isSubscribed ? membership?.nextAttempt : nil)
    }

    private mutating func throwFailure() throws(KafkaError) {
        while !failures.isEmpty {
            let failure = failures.removeFirst()
            guard subscription[failure.partition]?.incarnation == failure.incarnation else { continue }
            // The next poll tries again.
            subscription[failure.partition]?.isInFlight = false
            throw failure.error
        }
    }

    private mutating func groupWork(now: NIODeadline) throws(KafkaError) -> GroupMembership.Work? {
        if let joinedTopics, joinedTopics != subscription.topics {
            membership?.requestRejoin("subscription has changed")
        }
        let isRejoining = membership?.rejoinReason != nil
        if subscription.pattern != nil, isRejoining, !pattern.isFresh {
            if !pattern.isForced { pattern.due = now }
            pattern.isForced = true
            membership?.polled(now: now)
            return nil
        }
        guard let work = try membership?.poll(now: now) else {
            if case .committing = membership?.preparation { markPendingRevocationIfEager() }
            return nil
        }
        if case .assign = work, electionMetadata == nil { return nil }
        return work
    }

    /// While positions are committed before everything is given up, nothing more may be delivered.
    private mutating func markPendingRevocationIfEager() {
        if rebalanceProtocol == .eager { subscription.markPendingRevocation() }
    }

    private mutating func autoCommitIfDue(now: NIODeadline) {
        guard configuration.commitsAutomatically, now >= nextAutoCommit else { return }
        nextAutoCommit = now + TimeAmount(configuration.autoCommitInterval)
        let positions = subscription.positions
        if !positions.isEmpty { autoCommit = positions }
    }

    /// The assignment of a generation was taken over.
    mutating func rebalanced(_ generation: GroupMembership.Generation, now: NIODeadline) {
        membership?.completed(generation)
        nextAutoCommit = now + TimeAmount(configuration.autoCommitInterval)
        pattern.isFresh = false
        pattern.isForced = false
    }

    /// A leader looks whether the topics are still as when it assigned them.
    mutating func metadataChanged(_ metadata: ClusterMetadata) {
        guard membership?.isLeader == true, assigned?.differ(from: metadata) ?? false else { return }
        membership?.requestRejoin("cached metadata has changed")
    }

    /// Something of the partition failed for good; the next poll throws it.
    mutating func fail(_ partition: TopicPartition, incarnation: Int, _ error: KafkaError) {
        guard subscription[partition]?.incarnation == incarnation else { return }
        subscription[partition]?.isInFlight = true
        failures.append(PartitionFailure(partition: partition, incarnation: incarnation, error: error))
    }
}

/// The topics that a leader assigned, with their numbers of partitions.
struct AssignedTopics: Hashable {
    private let counts: [TopicName: Int]
    /// Topics that the cache has known since: only those can vanish.
    private var confirmed: Set<TopicName> = []

    init(_ metadata: ClusterMetadata, _ topics: Set<TopicName>) {
        var counts: [TopicName: Int] = [:]
        for topic in topics {
            if let known = metadata.topics[topic], !known.partitions.isEmpty { counts[topic] = known.partitions.count }
        }
        self.counts = counts
        watched = topics
    }

    private let watched: Set<TopicName>

    /// Whether partitions were added, or a topic came or went. News older than the assignment do not count.
    mutating func differ(from metadata: ClusterMetadata) -> Bool {
        for topic in watched {
            guard let known = metadata.topics[topic] else { continue }
            if known.error == .none {
                if known.partitions.count > counts[topic, default: 0] { return true }
                confirmed.insert(topic)
            } else if known.error == .unknownTopicOrPartition, confirmed.contains(topic), counts[topic] != nil {
                return true
            }
        }
        return false
    }
}

extension GroupMembership.Settings {
    init(_ groupID: GroupID, _ configuration: ConsumerConfiguration) {
        self.init(
            groupID: groupID,
            groupInstanceID: configuration.groupInstanceID,
            sessionTimeout: TimeAmount(configuration.sessionTimeout),
            rebalanceTimeout: TimeAmount(configuration.maxPollInterval),
            heartbeatInterval: TimeAmount(configuration.heartbeatInterval),
            maxPollInterval: TimeAmount(configuration.maxPollInterval),
            retryBackoff: TimeAmount(configuration.retryBackoff),
            commitsBeforeRebalance: configuration.commitsAutomatically
        )
    }
}
