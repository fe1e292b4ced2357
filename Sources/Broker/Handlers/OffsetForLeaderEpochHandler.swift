import CommitLog
import KafkaProtocol
import Records

/// OffsetForLeaderEpoch (23), versions 2 to 4.
///
/// Tells where a leader epoch ended, so that a consumer notices that the log it read was cut (KIP-320). An epoch that
/// the log does not know is answered with -1.
struct OffsetForLeaderEpochHandler: ImmediateRequestHandler {
    typealias Request = OffsetForLeaderEpochRequest

    private let partitions: PartitionRegistry

    init(partitions: PartitionRegistry) { self.partitions = partitions }

    func response(to request: OffsetForLeaderEpochRequest, _ context: RequestContext) -> OffsetForLeaderEpochResponse {
        OffsetForLeaderEpochResponse(
            topics: request.topics.map { topic in
                .init(topic: topic.topic, partitions: topic.partitions.map { answer($0, topic.topic) })
            }
        )
    }

    private func answer(
        _ asked: OffsetForLeaderEpochRequest.OffsetForLeaderPartition,
        _ topic: TopicName
    ) -> OffsetForLeaderEpochResponse.EpochEndOffset {
        guard let partition = partitions.partition(TopicPartition(topic, asked.partition)) else {
            return .init(errorCode: .unknownTopicOrPartition, partition: asked.partition)
        }
        do throws(PartitionError) {
            try partition.checkLeaderEpoch(asked.currentLeaderEpoch)
        } catch { return .init(errorCode: error.errorCode, partition: asked.partition) }
        // The epoch that we lead with ends where the log does, also before its first record.
        if asked.leaderEpoch == partition.leaderEpoch {
            return .init(
                partition: asked.partition,
                leaderEpoch: asked.leaderEpoch,
                endOffset: partition.logEndOffset
            )
        }
        guard let end = partition.log.end(of: asked.leaderEpoch) else { return .init(partition: asked.partition) }
        return .init(partition: asked.partition, leaderEpoch: end.epoch, endOffset: end.endOffset)
    }
}
