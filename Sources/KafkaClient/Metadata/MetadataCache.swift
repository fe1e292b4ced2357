import KafkaProtocol
import NIOCore
import Records

/// Keeps the cluster's metadata fresh: which topics matter, when to ask again, and what an answer changes.
///
/// A leader of an older epoch than the known one is stale news and is not taken, unless the topic was made anew (its id
/// differs). See KIP-320.
struct MetadataCache {
    struct Settings {
        let maxAge: Duration
        /// A topic that nobody asked for so long is dropped (`metadata.max.idle.ms`).
        let maxIdle: Duration
        let backoff: ExponentialBackoff
    }

    enum Action: Hashable {
        /// Ask for these topics, and report with ``apply(_:now:)`` or ``failed(now:random:)``.
        case refresh([TopicName])
        /// Nothing to do before this time.
        case wait(until: NIODeadline)
        /// An answer is awaited.
        case none
    }

    private(set) var metadata = ClusterMetadata()
    private let settings: Settings
    private var lastUse: [TopicName: NIODeadline] = [:]
    private var isUpdateRequested = true
    private var isRefreshing = false
    private var lastRefresh = NIODeadline.uptimeNanoseconds(0)
    private var failures = 0
    private var notBefore = NIODeadline.uptimeNanoseconds(0)

    init(_ settings: Settings) { self.settings = settings }

    /// Somebody needs this topic. True when it is not known yet: a refresh is due then.
    mutating func want(_ topic: TopicName, now: NIODeadline) -> Bool {
        lastUse[topic] = now
        if let known = metadata.topics[topic], known.error == .none { return false }
        isUpdateRequested = true
        return true
    }

    /// The topic is still in use.
    mutating func use(_ topic: TopicName, now: NIODeadline) {
        lastUse[topic] = now
        if metadata.topics[topic] == nil { isUpdateRequested = true }
    }

    /// What is known proved wrong.
    mutating func requestUpdate() { isUpdateRequested = true }

    /// A response told of a new leader. True when it was news. See KIP-951.
    mutating func leaderChanged(_ partition: TopicPartition, to leader: BrokerID, epoch: LeaderEpoch) -> Bool {
        guard var topic = metadata.topics[partition.topic],
            let place = topic.partitions.firstIndex(where: { $0.index == partition.partition }),
            topic.partitions[place].leaderEpoch < epoch, metadata.brokers[leader] != nil
        else { return false }
        topic.partitions[place].leader = leader
        topic.partitions[place].leaderEpoch = epoch
        metadata.topics[partition.topic] = topic
        return true
    }

    mutating func brokerAppeared(_ node: BrokerNode) { metadata.brokers[node.id] = node }

    mutating func next(now: NIODeadline) -> Action {
        if isRefreshing { return .none }
        let due = isUpdateRequested ? notBefore : max(notBefore, lastRefresh + TimeAmount(settings.maxAge))
        guard due <= now else { return .wait(until: due) }
        lastUse = lastUse.filter { now - $0.value < TimeAmount(settings.maxIdle) }
        isRefreshing = true
        isUpdateRequested = false
        return .refresh(lastUse.keys.sorted())
    }

    mutating func apply(_ response: MetadataResponse, now: NIODeadline, random: UInt64) {
        isRefreshing = false
        lastRefresh = now
        var fresh = ClusterMetadata()
        fresh.clusterID = response.clusterId
        fresh.controllerID = response.controllerId
        for broker in response.brokers {
            fresh.brokers[broker.nodeId] = BrokerNode(
                id: broker.nodeId,
                host: broker.host,
                port: Int(broker.port),
                rack: broker.rack
            )
        }
        var mustAskAgain = fresh.brokers.isEmpty
        for topic in response.topics {
            guard let name = topic.name else { continue }
            let merged = merge(topic, name)
            if merged.error.isRetriable || merged.partitions.contains(where: { $0.leader == .none }) {
                mustAskAgain = true
            }
            fresh.topics[name] = merged
        }
        metadata = fresh
        if mustAskAgain { askAgain(now: now, random: random) } else { settled(now: now) }
    }

    mutating func failed(now: NIODeadline, random: UInt64) {
        isRefreshing = false
        askAgain(now: now, random: random)
    }

    private mutating func askAgain(now: NIODeadline, random: UInt64) {
        failures += 1
        isUpdateRequested = true
        notBefore = now + TimeAmount(settings.backoff.delay(failures: failures, random: random))
    }

    private mutating func settled(now: NIODeadline) {
        failures = 0
        notBefore = now + TimeAmount(settings.backoff.initial)
    }

    private func merge(_ topic: MetadataResponse.MetadataResponseTopic, _ name: TopicName) -> TopicMetadata {
        let known = metadata.topics[name]
        let isSame = known.map { $0.id == topic.topicId } ?? false
        let partitions = topic.partitions.map { partition -> PartitionMetadata in
            let told = PartitionMetadata(partition)
            guard isSame, let old = known?[told.index], told.leaderEpoch != .none, old.leaderEpoch > told.leaderEpoch
            else { return told }
            return old
        }
        return TopicMetadata(
            name: name,
            id: topic.topicId,
            error: topic.errorCode,
            isInternal: topic.isInternal,
            partitions: partitions.sorted { $0.index < $1.index }
        )
    }
}

extension PartitionMetadata {
    init(_ partition: MetadataResponse.MetadataResponsePartition) {
        self.init(
            index: partition.partitionIndex,
            error: partition.errorCode,
            leader: partition.leaderId,
            leaderEpoch: partition.leaderEpoch,
            replicas: partition.replicaNodes,
            inSyncReplicas: partition.isrNodes,
            offlineReplicas: partition.offlineReplicas
        )
    }
}
