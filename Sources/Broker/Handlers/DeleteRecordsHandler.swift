import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records

/// DeleteRecords (21), versions 0 to 2.
///
/// Moves the log start offset forward; -1 stands for the high watermark (KIP-107). A topic that is compacted only is
/// refused with POLICY_VIOLATION, as are internal topics with INVALID_TOPIC_EXCEPTION.
struct DeleteRecordsHandler: ImmediateRequestHandler {
    typealias Request = DeleteRecordsRequest

    private let partitions: PartitionRegistry
    private let environment: BrokerEnvironment

    init(_ core: BrokerCore) {
        partitions = core.partitions
        environment = core.environment
    }

    func response(to request: DeleteRecordsRequest, _ context: RequestContext) -> DeleteRecordsResponse {
        DeleteRecordsResponse(
            topics: request.topics.map { topic in
                .init(
                    name: topic.name,
                    partitions: topic.partitions.map { asked in
                        do throws(APIFailure) {
                            let start = try trim(TopicPartition(topic.name, asked.partitionIndex), to: asked.offset)
                            return .init(partitionIndex: asked.partitionIndex, lowWatermark: start)
                        } catch {
                            return .init(partitionIndex: asked.partitionIndex, lowWatermark: -1, errorCode: error.code)
                        }
                    }
                )
            }
        )
    }

    private func trim(_ name: TopicPartition, to offset: Offset) throws(APIFailure) -> Offset {
        guard let partition = partitions.partition(name) else { throw APIFailure(.unknownTopicOrPartition) }
        if TopicNameRules.isInternal(name.topic) { throw APIFailure(.invalidTopicException) }
        guard partition.log.configuration.isDeleted else { throw APIFailure(.policyViolation) }
        let target = offset.rawValue == -1 ? partition.highWatermark : offset
        guard target >= .zero else { throw APIFailure(.offsetOutOfRange) }
        do throws(LogError) {
            try partition.withWriterExcluded { (log) throws(LogError) in
                if try log.advanceLogStartOffset(to: target) {
                    // Files are for the storage loop.
                    environment.storageLoop.execute { Retention.removeOldSegments(of: partition, environment) }
                }
            }
        } catch {
            if error.errorCode == .kafkaStorageError { environment.logger.error("trimming \(name): \(error)") }
            throw APIFailure(error.errorCode)
        }
        return partition.logStartOffset
    }
}
