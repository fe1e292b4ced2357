import Coordination
import KafkaProtocol
import Records

/// OffsetDelete (47), version 0.
///
/// Forgets what a group committed, for topics that none of its members subscribes to (KIP-496).
struct OffsetDeleteHandler: RequestHandler {
    typealias Topic = OffsetDeleteResponse.OffsetDeleteResponseTopic
    typealias Partition = OffsetDeleteResponse.OffsetDeleteResponsePartition

    let coordinator: GroupCoordinator
    let metadata: MetadataController

    func handle(_ request: OffsetDeleteRequest, _ context: RequestContext, _ reply: Reply<OffsetDeleteResponse>) {
        let image = metadata.image
        let places = request.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.name, $0.partitionIndex) }
        }
        let known = places.filter { image.partition($0) != nil }
        guard !known.isEmpty else { return reply.send(OffsetDeleteHandler.response(request, [:])) }
        coordinator.submit(to: request.groupId) { (shard, _) throws(GroupError) in
            try shard.deleteOffsets(request.groupId, known)
        } _: { result in
            switch result {
            case .failure(let error): reply.send(OffsetDeleteResponse(errorCode: error.errorCode))
            case .success(let errors):
                let codes = Dictionary(zip(known, errors.map(ErrorCode.init)), uniquingKeysWith: { first, _ in first })
                reply.send(OffsetDeleteHandler.response(request, codes))
            }
        }
    }

    private static func response(
        _ request: OffsetDeleteRequest,
        _ codes: [TopicPartition: ErrorCode]
    ) -> OffsetDeleteResponse {
        OffsetDeleteResponse(
            topics: request.topics.map { topic in
                Topic(
                    name: topic.name,
                    partitions: topic.partitions.map { partition in
                        let place = TopicPartition(topic.name, partition.partitionIndex)
                        return Partition(
                            partitionIndex: partition.partitionIndex,
                            errorCode: codes[place] ?? .unknownTopicOrPartition
                        )
                    }
                )
            }
        )
    }
}
