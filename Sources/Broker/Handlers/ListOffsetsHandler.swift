import CommitLog
import KafkaProtocol
import Logging
import Records

/// ListOffsets (2), versions 1 to 11.
///
/// Finds the first record at or after a timestamp, or an end of the partition: -1 latest, -2 earliest, -3 the record of
/// the largest timestamp (version 7, KIP-734), -4 earliest local (version 8, KIP-405), -5 latest tiered (version 9,
/// KIP-1005) and -6 earliest pending upload (version 11, KIP-1023), which do not exist without tiered storage.
/// Consumers see up to the high watermark, or the last stable offset where they read committed records.
struct ListOffsetsHandler: ImmediateRequestHandler {
    typealias Request = ListOffsetsRequest

    private let partitions: PartitionRegistry
    private let logger: Logger

    init(_ core: BrokerCore) {
        partitions = core.partitions
        logger = core.environment.logger
    }

    func response(to request: ListOffsetsRequest, _ context: RequestContext) -> ListOffsetsResponse {
        var seen: Set<TopicPartition> = []
        var twice: Set<TopicPartition> = []
        for topic in request.topics {
            for partition in topic.partitions {
                let name = TopicPartition(topic.name, partition.partitionIndex)
                if !seen.insert(name).inserted { twice.insert(name) }
            }
        }
        return ListOffsetsResponse(
            topics: request.topics.map { topic in
                ListOffsetsResponse.ListOffsetsTopicResponse(
                    name: topic.name,
                    partitions: topic.partitions.map { asked in
                        let name = TopicPartition(topic.name, asked.partitionIndex)
                        if twice.contains(name) { return answer(asked, .invalidRequest) }
                        return answer(asked, name, request, context.version)
                    }
                )
            }
        )
    }

    private typealias Asked = ListOffsetsRequest.ListOffsetsPartition
    private typealias Answer = ListOffsetsResponse.ListOffsetsPartitionResponse

    private func answer(_ asked: Asked, _ code: ErrorCode) -> Answer {
        Answer(partitionIndex: asked.partitionIndex, errorCode: code)
    }

    private func answer(_ asked: Asked, _ name: TopicPartition, _ request: ListOffsetsRequest, _ version: Int16)
        -> Answer
    {
        guard let partition = partitions.partition(name) else { return answer(asked, .unknownTopicOrPartition) }
        guard isKnown(asked.timestamp, version) else { return answer(asked, .unsupportedVersion) }
        do throws(PartitionError) {
            try partition.checkLeaderEpoch(asked.currentLeaderEpoch)
            let offsets = partition.log.offsets
            // -1 is a consumer; -2 a tool that looks behind the high watermark.
            let end =
                request.replicaId != .none
                ? offsets.logEndOffset
                : request.isolationLevel == 1 ? offsets.lastStableOffset : offsets.highWatermark
            guard let found = try find(asked.timestamp, partition, end) else { return answer(asked, .none) }
            return Answer(
                partitionIndex: asked.partitionIndex,
                timestamp: found.timestamp,
                offset: found.offset,
                leaderEpoch: version >= 4 ? found.epoch : .none
            )
        } catch {
            if error.isOurs { logger.error("looking up an offset of \(name): \(error)") }
            return answer(asked, error.errorCode)
        }
    }

    private typealias Found = (offset: Offset, timestamp: Timestamp, epoch: LeaderEpoch)

    private func find(_ timestamp: Timestamp, _ partition: Partition, _ end: Offset) throws(PartitionError) -> Found? {
        switch timestamp.rawValue {
        case -1: return (end, .none, partition.leaderEpoch)
        case -2, -4: return (partition.logStartOffset, .none, epoch(of: partition.logStartOffset, partition))
        case -5, -6: return nil
        default:
            let found: OffsetAtTime?
            do throws(LogError) {
                found =
                    timestamp.rawValue == -3
                    ? try partition.log.findLargestTimestamp() : try partition.log.find(timestamp)
            } catch { throw .log(error) }
            guard let found, found.offset < end else { return nil }
            return (found.offset, found.timestamp, found.leaderEpoch)
        }
    }

    private func epoch(of offset: Offset, _ partition: Partition) -> LeaderEpoch {
        partition.log.leaderEpochs.epoch(at: offset) ?? .none
    }

    private func isKnown(_ timestamp: Timestamp, _ version: Int16) -> Bool {
        switch timestamp.rawValue {
        case 0..., -1, -2: true
        case -3: version >= 7
        case -4: version >= 8
        case -5: version >= 9
        case -6: version >= 11
        default: false
        }
    }
}
