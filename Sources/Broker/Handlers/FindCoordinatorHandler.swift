import KafkaProtocol
import Records

/// FindCoordinator (10), versions 0 to 6.
///
/// Names the broker that leads the partition of `__consumer_offsets` to which the group hashes, one key up to version
/// 3, many from version 4 (KIP-699). The first question makes the topic, and is answered when it is there; Kafka
/// answers COORDINATOR_NOT_AVAILABLE meanwhile. Version 5 only adds an error of transactions (KIP-890).
///
/// Not done: transaction coordinators (COORDINATOR_NOT_AVAILABLE), share coordinators (version 6, KIP-932:
/// INVALID_REQUEST, as Kafka where they are off).
struct FindCoordinatorHandler: RequestHandler {
    private enum KeyType: Int8 {
        case group = 0
        case transaction = 1
        case share = 2
    }

    private let groups: GroupCoordinator
    private let metadata: MetadataController
    private let autoTopicCreation: AutoTopicCreation

    init(groups: GroupCoordinator, metadata: MetadataController, autoTopicCreation: AutoTopicCreation) {
        self.groups = groups
        self.metadata = metadata
        self.autoTopicCreation = autoTopicCreation
    }

    func handle(
        _ request: FindCoordinatorRequest,
        _ context: RequestContext,
        _ reply: Reply<FindCoordinatorResponse>
    ) {
        let isMissing = metadata.image.topic(GroupCoordinator.topic) == nil
        guard isMissing, KeyType(rawValue: request.keyType) == .group else {
            return reply.send(response(to: request, context))
        }
        autoTopicCreation.ensure([GroupCoordinator.topic]) { _ in
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
        case .group: groupCoordinator(of: key, context)
        case .transaction: nowhere(key, .coordinatorNotAvailable)
        case .share, nil: nowhere(key, .invalidRequest)
        }
    }

    private func groupCoordinator(of group: String, _ context: RequestContext) -> FindCoordinatorResponse.Coordinator {
        let image = metadata.image
        let place = TopicPartition(GroupCoordinator.topic, groups.partitionIndex(of: group))
        guard let leader = image.partition(place)?.leader, let broker = image.brokers[leader], !broker.isFenced,
            let endPoint = broker.endPoint(reachableBy: context)
        else { return nowhere(group, .coordinatorNotAvailable) }
        return FindCoordinatorResponse.Coordinator(
            key: group,
            nodeId: broker.id,
            host: endPoint.host,
            port: Int32(endPoint.port)
        )
    }

    private func nowhere(_ key: String, _ error: ErrorCode) -> FindCoordinatorResponse.Coordinator {
        FindCoordinatorResponse.Coordinator(key: key, nodeId: .none, host: "", port: -1, errorCode: error)
    }
}
