import CommitLog
import KafkaProtocol
import Logging
import Records

/// Reads what one fetch asks for, within its limits.
struct FetchReader: Sendable {
    private let partitions: PartitionRegistry
    private let metadata: MetadataController
    private let maxBytes: Int
    private let logger: Logger

    init(_ core: BrokerCore) {
        partitions = core.partitions
        metadata = core.metadata
        maxBytes = Int(core.configuration.integer("fetch.max.bytes"))
        logger = core.environment.logger
    }

    func read(_ request: FetchRequest, _ context: RequestContext) -> FetchResult {
        var result = FetchResult()
        var remaining = min(maxBytes, Int(request.maxBytes))
        let replicaID = context.version >= 15 ? request.replicaState.replicaId : request.replicaId
        result.response.responses.reserveCapacity(request.topics.count)
        for topic in request.topics {
            var answer = FetchResponse.FetchableTopicResponse(topic: topic.topic, topicId: topic.topicId)
            answer.partitions.reserveCapacity(topic.partitions.count)
            for asked in topic.partitions {
                var data = FetchResponse.PartitionData(
                    partitionIndex: asked.partition,
                    highWatermark: -1,
                    abortedTransactions: nil,
                    records: RecordsPayload()
                )
                do throws(PartitionError) {
                    guard replicaID < 0 else { throw .notLeader }
                    let partition = try find(topic, asked.partition, context, &data)
                    if let partition {
                        let size = try read(
                            asked,
                            partition,
                            request.isolationLevel == 1,
                            remaining,
                            result.sizeInBytes == 0,
                            &data
                        )
                        remaining = max(0, remaining - size)
                        result.sizeInBytes += size
                        result.partitions.append((partition, data.highWatermark))
                    }
                } catch {
                    data.errorCode = error.errorCode
                    if error.isOurs { logger.error("reading \(topic.topic)-\(asked.partition): \(error)") }
                }
                if data.errorCode != .none { result.hasErrors = true }
                answer.partitions.append(data)
            }
            result.response.responses.append(answer)
        }
        if result.hasErrors, context.version >= 16 { addLeaders(to: &result.response, context) }
        return result
    }

    private func find(
        _ topic: FetchRequest.FetchTopic,
        _ index: PartitionIndex,
        _ context: RequestContext,
        _ data: inout FetchResponse.PartitionData
    ) throws(PartitionError) -> Partition? {
        if context.version >= 13 {
            if let partition = partitions.partition(topic.topicId, index) { return partition }
            data.errorCode = metadata.image.topic(topic.topicId) == nil ? .unknownTopicId : .unknownTopicOrPartition
        } else {
            if let partition = partitions.partition(TopicPartition(topic.topic, index)) { return partition }
            data.errorCode = .unknownTopicOrPartition
        }
        return nil
    }

    /// Fills `data` and answers how many bytes of records are in it.
    private func read(
        _ asked: FetchRequest.FetchPartition,
        _ partition: Partition,
        _ isCommitted: Bool,
        _ remaining: Int,
        _ isFirst: Bool,
        _ data: inout FetchResponse.PartitionData
    ) throws(PartitionError) -> Int {
        try partition.checkLeaderEpoch(asked.currentLeaderEpoch)
        let offsets = partition.log.offsets
        let limit = isCommitted ? offsets.lastStableOffset : offsets.highWatermark
        let read: LogRead
        do throws(LogError) {
            read = try partition.log.read(
                from: asked.fetchOffset,
                maxBytes: min(remaining, max(0, Int(asked.partitionMaxBytes))),
                upTo: limit,
                minOneBatch: isFirst
            )
            if isCommitted {
                data.abortedTransactions = try aborted(
                    partition.log,
                    from: asked.fetchOffset,
                    limit,
                    isEmpty: read.sizeInBytes == 0
                )
            }
        } catch { throw .log(error) }
        data.highWatermark = offsets.highWatermark
        data.lastStableOffset = offsets.lastStableOffset
        data.logStartOffset = offsets.logStartOffset
        data.records = RecordsPayload(parts: read.parts)
        return read.sizeInBytes
    }

    private func aborted(
        _ log: PartitionLog,
        from start: Offset,
        _ limit: Offset,
        isEmpty: Bool
    ) throws(LogError) -> [FetchResponse.AbortedTransaction] {
        guard !isEmpty else { return [] }
        return try log.abortedTransactions(from: start, upTo: limit).map {
            FetchResponse.AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
        }
    }

    private func addLeaders(to response: inout FetchResponse, _ context: RequestContext) {
        let image = metadata.image
        var leaders: Set<BrokerID> = []
        for topic in response.responses.indices {
            let name = image.topic(response.responses[topic].topicId)?.name ?? response.responses[topic].topic
            for index in response.responses[topic].partitions.indices {
                let data = response.responses[topic].partitions[index]
                guard data.errorCode == .notLeaderOrFollower || data.errorCode == .fencedLeaderEpoch,
                    let assignment = image.partition(TopicPartition(name, data.partitionIndex))
                else { continue }
                response.responses[topic].partitions[index].currentLeader = .init(
                    leaderId: assignment.leader,
                    leaderEpoch: assignment.leaderEpoch
                )
                leaders.insert(assignment.leader)
            }
        }
        response.nodeEndpoints = leaders.sorted().compactMap { id in
            guard let broker = image.brokers[id], let endPoint = broker.endPoint(reachableBy: context) else {
                return nil
            }
            return .init(nodeId: id, host: endPoint.host, port: Int32(endPoint.port), rack: broker.rack)
        }
    }
}

/// What a fetch found.
struct FetchResult: Sendable {
    var response = FetchResponse()
    var sizeInBytes = 0
    var hasErrors = false
    /// The partitions that were read, with their high watermark when they were.
    var partitions: [(partition: Partition, highWatermark: Offset)] = []

    /// Whether there is nothing to wait for, or no wish to wait.
    func mustAnswer(_ request: FetchRequest) -> Bool {
        hasErrors || request.maxWaitMs <= 0 || partitions.isEmpty || sizeInBytes >= Int(request.minBytes)
    }
}
