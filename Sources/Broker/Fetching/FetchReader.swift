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

    func read(_ job: FetchJob) -> FetchResult {
        var result = FetchResult()
        var remaining = min(maxBytes, job.maxBytes)
        result.answers.reserveCapacity(job.targets.count)
        for target in job.targets {
            var data = FetchResponse.PartitionData(
                partitionIndex: target.asked.partition,
                highWatermark: -1,
                abortedTransactions: nil,
                records: RecordsPayload()
            )
            do throws(PartitionError) {
                guard !job.isFromFollower else { throw .notLeader }
                if let partition = find(target, job.context, &data) {
                    let size = try read(
                        target.asked,
                        partition,
                        job.request.isolationLevel == 1,
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
                if error.isOurs { logger.error("reading \(target.topic)-\(target.asked.partition): \(error)") }
            }
            if data.errorCode != .none || data.isDiverging { result.mustTell = true }
            result.answers.append(FetchAnswer(topic: target.topic, topicID: target.topicID, data: data))
        }
        return result
    }

    private func find(
        _ target: FetchTarget,
        _ context: RequestContext,
        _ data: inout FetchResponse.PartitionData
    ) -> Partition? {
        let index = target.asked.partition
        if context.version >= 13 {
            if let partition = partitions.partition(target.topicID, index) { return partition }
            data.errorCode = metadata.image.topic(target.topicID) == nil ? .unknownTopicId : .unknownTopicOrPartition
        } else {
            if let partition = partitions.partition(TopicPartition(target.topic, index)) { return partition }
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
        if let divergence = try divergence(asked, partition) {
            data.highWatermark = offsets.highWatermark
            data.lastStableOffset = offsets.lastStableOffset
            data.logStartOffset = offsets.logStartOffset
            data.divergingEpoch = divergence
            return 0
        }
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
                data.abortedTransactions = try aborted(partition.log, from: asked.fetchOffset, read)
            }
        } catch { throw .log(error) }
        data.highWatermark = offsets.highWatermark
        data.lastStableOffset = offsets.lastStableOffset
        data.logStartOffset = offsets.logStartOffset
        data.records = RecordsPayload(parts: read.parts)
        return read.sizeInBytes
    }

    /// Where the reader's log and ours part, when what it read last is not in ours (KIP-595).
    private func divergence(
        _ asked: FetchRequest.FetchPartition,
        _ partition: Partition
    ) throws(PartitionError) -> FetchResponse.EpochEndOffset? {
        guard asked.lastFetchedEpoch != .none else { return nil }
        let isCurrent = asked.lastFetchedEpoch == partition.leaderEpoch
        guard
            let end = isCurrent
                ? (asked.lastFetchedEpoch, partition.logEndOffset) : partition.log.end(of: asked.lastFetchedEpoch)
        else {
            let offsets = partition.log.offsets
            throw .log(
                .offsetOutOfRange(
                    requested: asked.fetchOffset,
                    logStartOffset: offsets.logStartOffset,
                    logEndOffset: offsets.logEndOffset
                )
            )
        }
        guard end.0 < asked.lastFetchedEpoch || end.1 < asked.fetchOffset else { return nil }
        return .init(epoch: end.0, endOffset: end.1)
    }

    private func aborted(
        _ log: PartitionLog,
        from start: Offset,
        _ read: LogRead
    ) throws(LogError) -> [FetchResponse.AbortedTransaction] {
        guard read.sizeInBytes > 0 else { return [] }
        return try log.abortedTransactions(from: start, upTo: read.endBound).map {
            FetchResponse.AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
        }
    }

    /// Tells who leads the partitions that this broker does not, so that the client need not ask (KIP-951).
    func addLeaders(to response: inout FetchResponse, _ context: RequestContext) {
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

/// One fetch: what it asks for, with what its session adds.
struct FetchJob: Sendable {
    let request: FetchRequest
    let context: RequestContext
    let kind: FetchSessionKind
    let targets: [FetchTarget]
    /// What the request asks for, or what the client's quota allows at once if that is less.
    let maxBytes: Int
    /// How much makes an answer before the time is up: never more than there may be in it.
    let minBytes: Int

    init(
        request: FetchRequest,
        context: RequestContext,
        kind: FetchSessionKind,
        targets: [FetchTarget],
        allowedBytes: Int?
    ) {
        self.request = request
        self.context = context
        self.kind = kind
        self.targets = targets
        maxBytes = min(Int(request.maxBytes), allowedBytes ?? .max)
        minBytes = min(Int(request.minBytes), maxBytes)
    }

    var isFromFollower: Bool { request.isFromFollower(context.version) }
}

/// What a fetch found.
struct FetchResult: Sendable {
    /// One for each target, in their order.
    var answers: [FetchAnswer] = []
    var sizeInBytes = 0
    /// Whether there is news that must not wait: an error, or a log that parted from the reader's.
    var mustTell = false
    /// The partitions that were read, with the high watermark of the read.
    var partitions: [(partition: Partition, highWatermark: Offset)] = []

    /// Whether there is nothing to wait for, or no wish to wait.
    func mustAnswer(_ job: FetchJob) -> Bool {
        mustTell || job.request.maxWaitMs <= 0 || partitions.isEmpty || sizeInBytes >= job.minBytes
    }
}
