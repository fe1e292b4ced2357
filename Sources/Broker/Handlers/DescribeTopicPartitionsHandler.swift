import KafkaProtocol
import Records

/// DescribeTopicPartitions (75), version 0.
///
/// Topics by name, or all, page by page in the order of their names, with eligible leader replicas (KIP-966). A page
/// holds at most `max.request.partition.size.limit` partitions; the cursor says where the next one begins.
struct DescribeTopicPartitionsHandler: ImmediateRequestHandler {
    typealias Request = DescribeTopicPartitionsRequest

    private let metadata: MetadataController
    private let limit: Int

    init(metadata: MetadataController, configuration: BrokerConfiguration) {
        self.metadata = metadata
        limit = Int(configuration.integer("max.request.partition.size.limit"))
    }

    func response(
        to request: DescribeTopicPartitionsRequest,
        _ context: RequestContext
    ) -> DescribeTopicPartitionsResponse {
        guard isValid(request) else {
            return DescribeTopicPartitionsResponse(
                topics: request.topics.map { .init(errorCode: .invalidRequest, name: $0.name) }
            )
        }
        let image = metadata.image
        let asked = request.topics.isEmpty ? image.topics.keys.sorted() : Set(request.topics.map(\.name)).sorted()
        var remaining = max(1, min(limit, Int(request.responsePartitionLimit)))
        var response = DescribeTopicPartitionsResponse()
        for name in asked {
            var first = 0
            if let cursor = request.cursor {
                if name < cursor.topicName { continue }
                if name == cursor.topicName { first = max(0, Int(cursor.partitionIndex.rawValue)) }
            }
            guard let topic = image.topic(name) else {
                let code: ErrorCode =
                    TopicNameRules.complaint(about: name) == nil
                    ? .unknownTopicOrPartition : .invalidTopicException
                if !request.topics.isEmpty { response.topics.append(.init(errorCode: code, name: name)) }
                continue
            }
            guard remaining > 0 else {
                response.nextCursor = .init(topicName: name, partitionIndex: PartitionIndex(Int32(clamping: first)))
                break
            }
            let end = min(topic.partitions.count, first + remaining)
            response.topics.append(describe(topic, first..<max(first, end), image))
            remaining -= max(0, end - first)
            if end < topic.partitions.count {
                response.nextCursor = .init(topicName: name, partitionIndex: PartitionIndex(Int32(clamping: end)))
                break
            }
        }
        return response
    }

    /// A cursor must be of a topic that is asked for, and of a partition that can exist.
    private func isValid(_ request: DescribeTopicPartitionsRequest) -> Bool {
        guard let cursor = request.cursor else { return true }
        let isAsked = request.topics.isEmpty || request.topics.contains { $0.name == cursor.topicName }
        return isAsked && cursor.partitionIndex >= 0
    }

    private func describe(
        _ topic: MetadataImage.Topic,
        _ range: Range<Int>,
        _ image: MetadataImage
    ) -> DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
        .init(
            name: topic.name,
            topicId: topic.id,
            isInternal: TopicNameRules.isInternal(topic.name),
            partitions: range.filter { topic.partitions.indices.contains($0) }.map { index in
                let partition = topic.partitions[index]
                return .init(
                    errorCode: partition.leader == .none ? .leaderNotAvailable : .none,
                    partitionIndex: PartitionIndex(Int32(clamping: index)),
                    leaderId: partition.leader,
                    leaderEpoch: partition.leaderEpoch,
                    replicaNodes: partition.replicas,
                    isrNodes: partition.isr,
                    eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
                    lastKnownElr: partition.lastKnownEligibleLeaderReplicas,
                    offlineReplicas: partition.replicas.filter { image.brokers[$0]?.isFenced ?? true }
                )
            },
            topicAuthorizedOperations: AuthorizedOperations.topic
        )
    }
}
