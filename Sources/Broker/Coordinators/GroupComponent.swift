import Records

/// The broker's part that serves groups: the coordinator and the handlers of its APIs.
struct GroupComponent: BrokerComponent {
    let coordinator: GroupCoordinator
    private let core: BrokerCore

    init(_ core: BrokerCore) {
        self.core = core
        coordinator = GroupCoordinator(core)
        core.metadata.add(GroupMetadataListener(coordinator: coordinator))
    }

    var handlers: [any RequestHandler] {
        [
            JoinGroupHandler(coordinator: coordinator),
            SyncGroupHandler(coordinator: coordinator),
            HeartbeatHandler(coordinator: coordinator),
            LeaveGroupHandler(coordinator: coordinator),
            OffsetCommitHandler(coordinator: coordinator, metadata: core.metadata),
            OffsetFetchHandler(coordinator: coordinator, metadata: core.metadata),
            DescribeGroupsHandler(coordinator: coordinator),
            ListGroupsHandler(coordinator: coordinator),
            DeleteGroupsHandler(coordinator: coordinator),
            ConsumerGroupHeartbeatHandler(coordinator: coordinator, environment: core.environment),
            ConsumerGroupDescribeHandler(coordinator: coordinator, metadata: core.metadata),
            OffsetDeleteHandler(coordinator: coordinator, metadata: core.metadata),
        ]
    }

    func partitionsChanged(_ change: PartitionChange) { coordinator.partitionsChanged(change) }

    func stop() { coordinator.stop() }
}

/// Tells the coordinator how its topic is laid out, and which topics are gone.
private struct GroupMetadataListener: MetadataListener {
    let coordinator: GroupCoordinator

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        if change.createdPartitions.contains(where: { $0.topicPartition.topic == GroupCoordinator.topic }) {
            coordinator.countPartitions(change.after)
        }
        if !change.createdPartitions.isEmpty || !change.removedTopics.isEmpty {
            coordinator.topicsChanged(to: change.after)
        }
        let gone = Set(change.removedTopics.map(\.name)).filter { change.after.topic($0) == nil }
        if !gone.isEmpty { coordinator.topicsDeleted(gone) }
    }
}
