import Records

/// The broker's part that serves idempotent producers.
struct TransactionComponent: BrokerComponent {
    private let producerIDs: ProducerIDAllocator
    private let configuration: BrokerConfiguration

    init(_ core: BrokerCore) {
        producerIDs = ProducerIDAllocator(metadata: core.metadata)
        configuration = core.configuration
    }

    var handlers: [any RequestHandler] {
        [
            InitProducerIdHandler(
                producerIDs: producerIDs,
                maximumTransactionTimeout: configuration.milliseconds("transaction.max.timeout.ms")
            )
        ]
    }

    func partitionsChanged(_ change: PartitionChange) {}

    func stop() {}
}
