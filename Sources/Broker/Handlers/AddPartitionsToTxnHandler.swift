import Coordination
import KafkaProtocol
import Records

/// AddPartitionsToTxn (24), versions 0 to 5.
///
/// Up to version 3 a producer adds partitions to its transaction. From version 4 on brokers send transactions of many
/// producers, to add partitions or to verify that they are added; version 5 knows TRANSACTION_ABORTABLE (KIP-890).
/// Where one partition does not exist, none is added, and the others are told OPERATION_NOT_ATTEMPTED. PRODUCER_FENCED
/// is INVALID_PRODUCER_EPOCH before version 2 (KIP-588).
struct AddPartitionsToTxnHandler: RequestHandler {
    let coordinator: TransactionCoordinator
    let metadata: MetadataController

    private typealias Topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic
    private typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
    private typealias Result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult

    /// One producer's part of a request.
    private struct Part: Sendable {
        let id: TransactionalID
        let producer: ProducerIdentity
        let verifies: Bool
        let version: TransactionVersion
        let topics: [Topic]

        var partitions: Set<TopicPartition> {
            Set(topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0) } })
        }

        func results(_ code: (TopicPartition) -> ErrorCode) -> [TopicResult] {
            topics.map { topic in
                TopicResult(
                    name: topic.name,
                    resultsByPartition: topic.partitions.map {
                        .init(partitionIndex: $0, partitionErrorCode: code(TopicPartition(topic.name, $0)))
                    }
                )
            }
        }
    }

    func handle(
        _ request: AddPartitionsToTxnRequest,
        _ context: RequestContext,
        _ reply: Reply<AddPartitionsToTxnResponse>
    ) {
        guard context.version >= 4 else {
            let part = Part(
                id: request.v3AndBelowTransactionalId,
                producer: ProducerIdentity(request.v3AndBelowProducerId, request.v3AndBelowProducerEpoch),
                verifies: false,
                version: .v0,
                topics: request.v3AndBelowTopics
            )
            return handle(part, context) { reply.send(AddPartitionsToTxnResponse(resultsByTopicV3AndBelow: $0)) }
        }
        let parts = request.transactions.map {
            Part(
                id: $0.transactionalId,
                producer: ProducerIdentity($0.producerId, $0.producerEpoch),
                verifies: $0.verifyOnly,
                version: .v2,
                topics: $0.topics
            )
        }
        guard !parts.isEmpty else { return reply.send(AddPartitionsToTxnResponse()) }
        let gathering = Gathering<Result>(count: parts.count) { results in
            reply.send(AddPartitionsToTxnResponse(resultsByTransaction: results))
        }
        for (index, part) in parts.enumerated() {
            handle(part, context) { gathering.put(Result(transactionalId: part.id, topicResults: $0), at: index) }
        }
    }

    private func handle(
        _ part: Part,
        _ context: RequestContext,
        _ completion: @escaping @Sendable ([TopicResult]) -> Void
    ) {
        let partitions = part.partitions
        let image = metadata.image
        let missing = partitions.filter { image.partition($0) == nil }
        guard missing.isEmpty else {
            return completion(part.results { missing.contains($0) ? .unknownTopicOrPartition : .operationNotAttempted })
        }
        @Sendable func refuse(_ error: TransactionError) {
            let code = error.errorCode(knowsFenced: context.version >= 2)
            completion(part.results { _ in code })
        }
        guard part.verifies else {
            coordinator.submit(to: part.id) { (shard, context) throws(TransactionError) in
                try shard.addPartitions(part.id, part.producer, partitions, part.version, at: context.moment)
            } _: { result in
                switch result {
                case .success: completion(part.results { _ in .none })
                case .failure(let error): refuse(error)
                }
            }
            return
        }
        coordinator.submit(to: part.id) { (shard, _) throws(TransactionError) in
            try shard.verifyPartitions(part.id, part.producer, partitions)
        } _: { result in
            switch result {
            case .success(let errors): completion(part.results { errors[$0]?.errorCode ?? .none })
            case .failure(let error): refuse(error)
            }
        }
    }
}
