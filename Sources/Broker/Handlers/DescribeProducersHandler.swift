import CommitLog
import KafkaProtocol
import Records

/// DescribeProducers (61), version 0.
///
/// What partitions know of idempotent producers, by which an operator finds a transaction that hangs (KIP-664).
struct DescribeProducersHandler: ImmediateRequestHandler {
    typealias Request = DescribeProducersRequest

    let partitions: PartitionRegistry

    func response(to request: DescribeProducersRequest, _ context: RequestContext) -> DescribeProducersResponse {
        DescribeProducersResponse(
            topics: request.topics.map { topic in
                DescribeProducersResponse.TopicResponse(
                    name: topic.name,
                    partitions: topic.partitionIndexes.map { describe(TopicPartition(topic.name, $0)) }
                )
            }
        )
    }

    private func describe(_ topicPartition: TopicPartition) -> DescribeProducersResponse.PartitionResponse {
        var answer = DescribeProducersResponse.PartitionResponse(partitionIndex: topicPartition.partition)
        if let flaw = TopicNameRules.complaint(about: topicPartition.topic) {
            answer.errorCode = .invalidTopicException
            answer.errorMessage = flaw
            return answer
        }
        guard let partition = partitions.partition(topicPartition) else {
            answer.errorCode = .unknownTopicOrPartition
            answer.errorMessage = ErrorCode.unknownTopicOrPartition.message
            return answer
        }
        answer.activeProducers = partition.log.producerStates.values.sorted { $0.producerID < $1.producerID }.map {
            DescribeProducersResponse.ProducerState(
                producerId: $0.producerID,
                producerEpoch: Int32($0.epoch.rawValue),
                lastSequence: $0.lastSequence,
                lastTimestamp: $0.lastTimestamp,
                coordinatorEpoch: $0.coordinatorEpoch,
                currentTxnStartOffset: $0.transactionFirstOffset ?? -1
            )
        }
        return answer
    }
}
