import KafkaProtocol

/// AlterPartitionReassignments (45), versions 0 and 1.
///
/// Changes the order of a partition's replicas, or cancels a move (KIP-455). Moves to other brokers are refused: records
/// are not copied between brokers.
struct AlterPartitionReassignmentsHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(
        _ request: AlterPartitionReassignmentsRequest,
        _ context: RequestContext,
        _ reply: Reply<AlterPartitionReassignmentsResponse>
    ) {
        let wishes = request.topics.flatMap { topic in
            topic.partitions.map {
                PartitionReassignment(topic: topic.name, partition: $0.partitionIndex, replicas: $0.replicas)
            }
        }
        metadata.reassign(wishes) { results in
            var outcomes = results.makeIterator()
            let responses = request.topics.map { topic in
                AlterPartitionReassignmentsResponse.ReassignableTopicResponse(
                    name: topic.name,
                    partitions: topic.partitions.map { partition in
                        var failure: APIFailure?
                        if case .failure(let refused)? = outcomes.next() { failure = refused }
                        return .init(
                            partitionIndex: partition.partitionIndex,
                            errorCode: failure?.code ?? .none,
                            errorMessage: failure?.message
                        )
                    }
                )
            }
            reply.send(
                AlterPartitionReassignmentsResponse(
                    allowReplicationFactorChange: request.allowReplicationFactorChange,
                    errorMessage: nil,
                    responses: responses
                )
            )
        }
    }
}
