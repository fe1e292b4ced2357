import Records

/// The broker's part that serves idempotent and transactional producers.
struct TransactionComponent: BrokerComponent {
    let gate: TransactionGate
    private let coordinator: TransactionCoordinator
    private let groups: GroupCoordinator
    private let producerIDs: ProducerIDAllocator
    private let writer: TransactionMarkerWriter
    private let core: BrokerCore

    init(_ core: BrokerCore, groups: GroupCoordinator) {
        self.core = core
        self.groups = groups
        producerIDs = ProducerIDAllocator(metadata: core.metadata)
        writer = TransactionMarkerWriter(core, groups: groups)
        coordinator = TransactionCoordinator(core, producerIDs: producerIDs, writer: writer)
        gate = TransactionGate(core, coordinator)
        core.metadata.add(TransactionMetadataListener(coordinator: coordinator))
    }

    var handlers: [any RequestHandler] {
        [
            FindCoordinatorHandler(
                groups: groups,
                transactions: coordinator,
                metadata: core.metadata,
                autoTopicCreation: core.autoTopicCreation
            ),
            InitProducerIdHandler(coordinator: coordinator, producerIDs: producerIDs),
            AddPartitionsToTxnHandler(coordinator: coordinator, metadata: core.metadata),
            AddOffsetsToTxnHandler(coordinator: coordinator, groups: groups),
            EndTxnHandler(coordinator: coordinator),
            WriteTxnMarkersHandler(writer: writer),
            TxnOffsetCommitHandler(coordinator: groups, gate: gate, metadata: core.metadata),
            DescribeProducersHandler(partitions: core.partitions),
            DescribeTransactionsHandler(coordinator: coordinator),
            ListTransactionsHandler(coordinator: coordinator),
        ]
    }

    func partitionsChanged(_ change: PartitionChange) { coordinator.partitionsChanged(change) }

    func stop() { coordinator.stop() }
}

/// Tells the coordinator how its topic is laid out.
private struct TransactionMetadataListener: MetadataListener {
    let coordinator: TransactionCoordinator

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        if change.createdPartitions.contains(where: { $0.topicPartition.topic == TransactionCoordinator.topic }) {
            coordinator.countPartitions(change.after)
        }
    }
}
