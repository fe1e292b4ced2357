import KafkaProtocol
import Records

/// FindCoordinator (10), versions 0 to 6.
///
/// Names the broker that leads the partition of `__consumer_offsets` to which the group hashes, or the partition of
/// `__transaction_state` to which the transactional id does (version 1 on), one key up to version 3, many from version 4
/// (KIP-699). The first question makes the topic, and is answered when it is there; Kafka answers
/// COORDINATOR_NOT_AVAILABLE meanwhile. Version 5 only adds an error of transactions (KIP-890).
///
/// Not done: share coordinators (version 6, KIP-932: INVALID_REQUEST, as Kafka where they are off).
struct FindCoordinatorHandler: RequestHandler {
    private enum KeyType: Int8 {
        case group = 0
        case transaction = 1
        case share = 2

        /// The topic whose partitions coordinate; nil where nobody does.
        var topic: TopicName? {
            switch self {
            case .group: GroupCoordinator.topic
            case .transaction: TransactionCoordinator.topic
            case .share: nil
            }
        }
    }

    private let groups: GroupCoordinator
    private let transactions: TransactionCoordinator
    private let metadata: MetadataController
    private let autoTopicCreation: AutoTopicCreation

    init(
        groups: GroupCoordinator,
        transactions: TransactionCoordinator,
        metadata: MetadataController,
        autoTopicCreation: AutoTopicCreation
    ) {
        self.groups = groups
        self.transactions = transactions
        self.metadata = metadata
        self.autoTopicCreation = autoTopicCreation
    }

    func handle(
        _ request: FindCoordinatorRequest,
        _ context: RequestContext,
        _ reply: Reply<FindCoordinatorResponse>
    ) {
        guard let topic = KeyType(rawValue: request.keyType)?.topic, metadata.image.topic(topic) == nil else {
            return reply.send(response(to: request, context))
        }
        autoTopicCreation.ensure([topic]) { _ in
            // Where it could not be made, the answer is that no coordinator is available.
            reply.send(response(to: request, context))
        }
    }

    private func response(to request: FindCoordinatorRequest, _ context: RequestContext) -> FindCoordinatorResponse {
        if context.version >= 4 {
            return FindCoordinatorResponse(
                coordinators: request.coordinatorKeys.map { coordinator(of: $0, request.keyType, context) }
            )
        }
        let found = coordinator(of: request.key, request.keyType, context)
        return FindCoordinatorResponse(
            errorCode: found.errorCode,
            errorMessage: found.errorCode == .none ? "NONE" : found.errorCode.message,
            nodeId: found.nodeId,
            host: found.host,
            port: found.port
        )
    }

    private func coordinator(
        of key: String,
        _ keyType: Int8,
        _ context: RequestContext
    ) -> FindCoordinatorResponse.Coordinator {
        switch KeyType(rawValue: keyType) {
        case .group:
            leader(of: TopicPartition(GroupCoordinator.topic, groups.partitionIndex(of: key)), key, context)
        case .transaction:
            leader(of: TopicPartition(TransactionCoordinator.topic, transactions.partitionIndex(of: key)), key, context)
        case .share, nil: nowhere(key, .invalidRequest)
        }
    }

    private func leader(
        of place: TopicPartition,
        _ key: String,
        _ context: RequestContext
    ) -> FindCoordinatorResponse.Coordinator {
        let image = metadata.image
        guard let leader = image.partition(place)?.leader, let broker = image.brokers[leader], !broker.isFenced,
            let endPoint = broker.endPoint(reachableBy: context)
        else { return nowhere(key, .coordinatorNotAvailable) }
        return FindCoordinatorResponse.Coordinator(
            key: key,
            nodeId: broker.id,
            host: endPoint.host,
            port: Int32(endPoint.port)
        )
    }

    private func nowhere(_ key: String, _ error: ErrorCode) -> FindCoordinatorResponse.Coordinator {
        FindCoordinatorResponse.Coordinator(key: key, nodeId: .none, host: "", port: -1, errorCode: error)
    }
}
