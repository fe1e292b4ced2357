import KafkaProtocol
import NIOCore
import Records

/// What a consumer's shell has to do now, as ``ConsumerState`` sees it.
struct ConsumerPlan {
    /// A partition that a request asks about, and the incarnation that its answer is for.
    struct Target: Hashable, Sendable {
        let partition: TopicPartition
        let incarnation: Int
    }

    /// A fetch from one broker, on one of its lanes.
    struct Fetch: Sendable {
        struct Part: Sendable {
            let target: Target
            let topicID: TopicID
            let leaderEpoch: LeaderEpoch
            let offset: Offset
        }

        let broker: BrokerID
        let lane: Int
        let parts: [Part]
    }

    /// A lookup of offsets at one leader.
    struct Lookup: Sendable {
        struct Part: Sendable {
            let target: Target
            let leaderEpoch: LeaderEpoch
            let query: OffsetQuery
        }

        let broker: BrokerID
        let parts: [Part]
    }

    var group: [GroupMembership.Directive] = []
    var fetches: [Fetch] = []
    var lookups: [Lookup] = []
    /// Partitions whose committed offsets are wanted.
    var committed: [Target] = []
    var autoCommit: [TopicPartition: OffsetAndMetadata]?
    var asksPattern = false
    /// Topics that the leader needs metadata of before it assigns.
    var electionTopics: Set<TopicName>?
    var neededTopics: Set<TopicName> = []
    /// Some partition's leader is not known.
    var lacksLeader = false
    /// When to look again, if nothing happens before.
    var next: NIODeadline?

    mutating func look(at time: NIODeadline) { next = min(next ?? .distantFuture, time) }
}

extension ConsumerState {
    /// Fetches that may wait at one broker at a time, each on a connection of its own: while one waits for data, a
    /// partition that becomes ready need not wait with it.
    static let lanesPerBroker = 3

    /// What there is to do; it counts as done from now on.
    mutating func plan(now: NIODeadline, _ metadata: ClusterMetadata) -> ConsumerPlan {
        var plan = ConsumerPlan()
        if let next = membership?.tick(now: now) { plan.look(at: next) }
        if let outbox = membership?.outbox, !outbox.isEmpty {
            plan.group = outbox
            membership?.outbox = []
        }
        plan.autoCommit = autoCommit
        autoCommit = nil
        planPattern(&plan, now: now)
        planElection(&plan)
        plan.neededTopics = subscription.neededTopics
        if wantsPositions { planPositions(&plan, now: now, metadata) }
        planFetches(&plan, now: now, metadata)
        return plan
    }

    private mutating func planPattern(_ plan: inout ConsumerPlan, now: NIODeadline) {
        guard subscription.pattern != nil, !pattern.isAsking else { return }
        guard now >= pattern.due else {
            plan.look(at: pattern.due)
            return
        }
        pattern.isAsking = true
        plan.asksPattern = true
    }

    private mutating func planElection(_ plan: inout ConsumerPlan) {
        guard case .assigning(let election) = membership?.state, electionMetadata == nil, !isAskingElectionMetadata
        else { return }
        isAskingElectionMetadata = true
        plan.electionTopics = election.topics
    }

    private mutating func planPositions(_ plan: inout ConsumerPlan, now: NIODeadline, _ metadata: ClusterMetadata) {
        var lookups: [BrokerID: [ConsumerPlan.Lookup.Part]] = [:]
        for partition in subscription.order {
            guard let state = subscription[partition], state.phase != .fetching, !state.isInFlight else { continue }
            guard now >= state.notBefore else {
                plan.look(at: state.notBefore)
                continue
            }
            let target = ConsumerPlan.Target(partition: partition, incarnation: state.incarnation)
            switch state.phase {
            case .fetching, .initializing:
                subscription[partition]?.isInFlight = true
                plan.committed.append(target)
            case .awaitingReset(let query):
                guard let leader = metadata.leader(of: partition), let known = metadata.partition(partition) else {
                    plan.lacksLeader = true
                    continue
                }
                subscription[partition]?.isInFlight = true
                let part = ConsumerPlan.Lookup.Part(target: target, leaderEpoch: known.leaderEpoch, query: query)
                lookups[leader.id, default: []].append(part)
            }
        }
        plan.lookups = lookups.keys.sorted().map { ConsumerPlan.Lookup(broker: $0, parts: lookups[$0, default: []]) }
    }

    private mutating func planFetches(_ plan: inout ConsumerPlan, now: NIODeadline, _ metadata: ClusterMetadata) {
        guard buffer.sizeInBytes < configuration.maxBufferedBytes, !subscription.order.isEmpty else { return }
        var parts: [BrokerID: [ConsumerPlan.Fetch.Part]] = [:]
        let order = subscription.order
        // Brokers fill an answer in the order of the request: nobody is to be the last each time.
        let start = fetchCount % order.count
        for partition in order[start...] + order[..<start] {
            guard let state = subscription[partition] else { continue }
            guard state.isFetchable(now: now, maxBufferedBytes: configuration.maxPartitionFetchBytes) else {
                if state.isDeliverable, !state.isInFlight, now < state.notBefore { plan.look(at: state.notBefore) }
                continue
            }
            guard let known = metadata.partition(partition), let leader = metadata.brokers[known.leader] else {
                plan.lacksLeader = true
                continue
            }
            var broker = leader.id
            if let near = state.nearReplica {
                if near.until > now, metadata.brokers[near.broker] != nil {
                    broker = near.broker
                } else {
                    subscription[partition]?.nearReplica = nil
                }
            }
            guard busyLanes[broker, default: []].count < ConsumerState.lanesPerBroker else { continue }
            parts[broker, default: []].append(
                ConsumerPlan.Fetch.Part(
                    target: ConsumerPlan.Target(partition: partition, incarnation: state.incarnation),
                    topicID: metadata.topics[partition.topic]?.id ?? .none,
                    leaderEpoch: known.leaderEpoch,
                    offset: state.fetchOffset
                )
            )
            subscription[partition]?.isInFlight = true
        }
        for broker in parts.keys.sorted() {
            let busy = busyLanes[broker, default: []]
            guard let lane = (0..<ConsumerState.lanesPerBroker).first(where: { !busy.contains($0) }) else { continue }
            busyLanes[broker, default: []].insert(lane)
            fetchCount &+= 1
            plan.fetches.append(ConsumerPlan.Fetch(broker: broker, lane: lane, parts: parts[broker, default: []]))
        }
    }
}

extension GroupMembership.Election {
    /// The topics that any member subscribes to. Members whose bytes cannot be read count for none.
    var topics: Set<TopicName> {
        var topics: Set<TopicName> = []
        for member in members {
            if case .success(let subscription) = MemberSubscription.read(member.metadata) {
                topics.formUnion(subscription.topics)
            }
        }
        return topics
    }
}

extension MemberSubscription {
    static func read(_ bytes: Bytes) -> Result<MemberSubscription, WireError> {
        Result { () throws(WireError) in try MemberSubscription(bytes) }
    }
}
