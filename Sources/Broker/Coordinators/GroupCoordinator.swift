import CommitLog
import Coordination
import KafkaProtocol
import Records
import Synchronization

/// Every group that this broker coordinates: leads a request to the partition of `__consumer_offsets` that its group
/// hashes to. Safe on any thread.
final class GroupCoordinator: Sendable {
    /// The topic that holds the groups.
    static let topic: TopicName = "__consumer_offsets"

    private struct State {
        var partitions: [PartitionIndex: GroupCoordinatorPartition] = [:]
        var partitionCount: Int32
        var isStopped = false
    }

    private let configuration: GroupConfiguration
    private let loadPieceSizeInBytes: Int
    private let environment: BrokerEnvironment
    private let metadata: MetadataController
    private let state: Mutex<State>

    init(_ core: BrokerCore) {
        configuration = GroupConfiguration(core.configuration)
        loadPieceSizeInBytes = Int(core.configuration.integer("offsets.load.buffer.size"))
        environment = core.environment
        metadata = core.metadata
        state = Mutex(
            State(partitionCount: Int32(clamping: core.configuration.integer("offsets.topic.num.partitions")))
        )
    }

    /// Where a group belongs, whoever leads that.
    func partitionIndex(of group: String) -> PartitionIndex {
        CoordinatorPartitioning.partition(of: group, partitionCount: state.withLock { $0.partitionCount })
    }

    /// The coordinator of a group. Errors: ``GroupError/notCoordinator`` when it is elsewhere, or nowhere yet;
    /// ``GroupError/coordinatorNotAvailable`` while the broker stops.
    func partition(of group: GroupID) throws(GroupError) -> GroupCoordinatorPartition {
        try state.withLock { state throws(GroupError) in
            if state.isStopped { throw .coordinatorNotAvailable }
            let index = CoordinatorPartitioning.partition(of: group.rawValue, partitionCount: state.partitionCount)
            guard let partition = state.partitions[index] else { throw .notCoordinator }
            return partition
        }
    }

    /// The coordinator of this partition of ``topic``; nil where it is elsewhere.
    func partition(at index: PartitionIndex) -> GroupCoordinatorPartition? { state.withLock { $0.partitions[index] } }

    /// All partitions coordinated here.
    var partitions: [GroupCoordinatorPartition] { state.withLock { Array($0.partitions.values) } }

    /// Lets an event happen to a group, and completes with its answer.
    func submit<Answer: Sendable>(
        to group: GroupID,
        conditions: AppendConditions = AppendConditions(),
        _ event: (inout GroupCoordinatorShard, Moment) throws(GroupError) -> GroupOutcome<Answer>,
        _ completion: @escaping @Sendable (Result<Answer, GroupError>) -> Void
    ) {
        do throws(GroupError) {
            try partition(of: group).submit(conditions: conditions, event, completion)
        } catch { completion(.failure(error)) }
    }

    /// Lets a member join.
    func join(_ group: GroupID, _ request: JoinRequest, _ completion: @escaping @Sendable (JoinReply) -> Void) {
        do throws(GroupError) {
            let newMemberID = request.memberID == "" ? makeMemberID(for: request) : request.memberID
            try partition(of: group).join(group, request, newMemberID: newMemberID, completion)
        } catch { completion(.refused(error, memberID: request.memberID)) }
    }

    /// Lets a member sync.
    func sync(_ group: GroupID, _ request: SyncRequest, _ completion: @escaping @Sendable (SyncReply) -> Void) {
        do throws(GroupError) {
            try partition(of: group).sync(group, request, completion)
        } catch { completion(.refused(error)) }
    }

    private func makeMemberID(for request: JoinRequest) -> MemberID {
        var random = environment.randomNumbers()
        return MemberIDGenerator.memberID(clientID: request.clientID, instanceID: request.instanceID, using: &random)
    }

    // MARK: Life

    /// Takes up and gives up partitions. On the control loop.
    func partitionsChanged(_ change: PartitionChange) {
        for partition in change.stopped where partition.topicPartition.topic == GroupCoordinator.topic {
            state.withLock { state -> GroupCoordinatorPartition? in
                let index = partition.topicPartition.partition
                guard state.partitions[index]?.partition === partition else { return nil }
                return state.partitions.removeValue(forKey: index)
            }?.stop()
        }
        let started = change.started.filter { $0.topicPartition.topic == GroupCoordinator.topic }.map {
            GroupCoordinatorPartition(
                partition: $0,
                configuration: configuration,
                topics: metadata.image,
                environment: environment
            )
        }
        guard !started.isEmpty else { return }
        countPartitions(metadata.image)
        state.withLock { state in
            for partition in started { state.partitions[partition.partition.topicPartition.partition] = partition }
        }
        for partition in started { GroupPartitionLoading(partition, pieceSizeInBytes: loadPieceSizeInBytes).start() }
    }

    /// Learns how many partitions the groups are spread over, which whoever made the topic decided.
    func countPartitions(_ image: MetadataImage) {
        guard let topic = image.topic(GroupCoordinator.topic) else { return }
        state.withLock { $0.partitionCount = Int32(clamping: topic.partitions.count) }
    }

    /// Has consumer groups look at their topics again. On the control loop.
    func topicsChanged(to image: MetadataImage) {
        for partition in partitions { partition.topicsChanged(to: image) }
    }

    /// What is configured for one group, of the group itself or of all.
    func settings(of group: GroupID) -> ConsumerGroupSettings {
        let overrides = metadata.image.overrides(of: .group(group))
        guard !overrides.isEmpty else { return configuration.consumerSettings }
        var settings = configuration.consumerSettings
        func override(_ name: String, _ setting: inout Duration) {
            if let milliseconds = overrides[name].flatMap({ Int64($0) }) { setting = .milliseconds(milliseconds) }
        }
        override("consumer.session.timeout.ms", &settings.sessionTimeout)
        override("consumer.heartbeat.interval.ms", &settings.heartbeatInterval)
        return settings
    }

    /// The assignors that members may name.
    var assignors: [ServerAssignor] { configuration.consumerAssignors }

    /// Forgets what groups committed for topics that are gone. On the control loop.
    func topicsDeleted(_ topics: Set<TopicName>) {
        for partition in partitions {
            partition.submit { (shard, _) throws(GroupError) in
                shard.forgetPartitions { topics.contains($0.topic) }
            } _: { _ in
                // A failed append was logged; the offsets expire with the group's retention.
            }
        }
    }

    /// Sends everybody away.
    func stop() {
        let partitions = state.withLock { state in
            state.isStopped = true
            return Array(state.partitions.values)
        }
        for partition in partitions { partition.stop() }
    }
}
