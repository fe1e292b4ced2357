import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records
import Transport

/// Produce (0), versions 3 to 13; told to clients from version 0 because librdkafka looks for it there.
///
/// Appends one batch to each partition and answers when as many replicas have it as `acks` asks: with one replica at
/// once, or when it is on the disk where `flush.messages` says so. acks=0 is not answered; an error then closes the connection, as with Kafka, since the client learns of it in
/// no other way. Idempotent batches are checked by the log and duplicates answered with their first offsets (KIP-98).
/// Topic ids from version 13 on (KIP-516); zstd from version 7 on (KIP-110); the current leader with
/// NOT_LEADER_OR_FOLLOWER from version 10 on (KIP-951). Internal topics are refused to all but Kafka's own admin
/// client.
///
/// A client over its quota is told for how long it has to wait (KIP-219).
///
/// A transaction's first batch for a partition waits until the transaction coordinator confirms that the partition belongs
/// to the transaction, or, from version 12 on, has added it (KIP-890); see ``TransactionGate``. Version 11 knows
/// TRANSACTION_ABORTABLE.
struct ProduceHandler: RequestHandler {
    static let advertisedVersions: ClosedRange<Int16> = 0...ProduceRequest.versions.upperBound

    private let partitions: PartitionRegistry
    private let metadata: MetadataController
    private let environment: BrokerEnvironment
    private let gate: TransactionGate
    private let quotas: ClientQuotas

    init(_ core: BrokerCore, _ gate: TransactionGate) {
        self.gate = gate
        partitions = core.partitions
        metadata = core.metadata
        environment = core.environment
        quotas = core.quotas
    }

    func handle(_ request: ProduceRequest, _ context: RequestContext, _ reply: Reply<ProduceResponse>) {
        guard let transactional = transactionalBatches(request, context) else {
            return append(request, context, TransactionGate.Verdict(), reply)
        }
        if case .anonymous = transactional {
            return answer(request, refusingAll(request, .transactionalIdAuthorizationFailed), [], context, reply)
        }
        guard case .one(let producer, let batches) = transactional else {
            return answer(request, refusingAll(request, .invalidProducerIdMapping), [], context, reply)
        }
        let admission = TransactionGate.Admission(
            transactionalID: request.transactionalId,
            producer: producer,
            ability: context.version >= 12 ? .addsByWriting : context.version >= 11 ? .addsKnowingAbortable : .adds,
            batches: batches
        )
        let loop = context.connection.eventLoop
        gate.admit(admission) { verdict in
            if loop.inEventLoop { return append(request, context, verdict, reply) }
            loop.execute { append(request, context, verdict, reply) }
        }
    }

    private func append(
        _ request: ProduceRequest,
        _ context: RequestContext,
        _ verdict: TransactionGate.Verdict,
        _ reply: Reply<ProduceResponse>
    ) {
        let now = environment.now()
        var response = ProduceResponse()
        var uncommitted: [UncommittedProduce.Part] = []
        response.responses.reserveCapacity(request.topicData.count)
        for topic in request.topicData {
            var answer = ProduceResponse.TopicProduceResponse(name: topic.name, topicId: topic.topicId)
            answer.partitionResponses.reserveCapacity(topic.partitionData.count)
            for data in topic.partitionData {
                let (partition, end, appended) = append(data, topic, request.acks, context, verdict, now)
                if let partition, partition.highWatermark < end {
                    uncommitted.append(
                        .init(
                            partition: partition,
                            end: end,
                            topic: response.responses.count,
                            index: answer.partitionResponses.count
                        )
                    )
                }
                answer.partitionResponses.append(appended)
            }
            response.responses.append(answer)
        }
        answer(request, response, uncommitted, context, reply)
    }

    private func answer(
        _ request: ProduceRequest,
        _ response: ProduceResponse,
        _ uncommitted: [UncommittedProduce.Part],
        _ context: RequestContext,
        _ reply: Reply<ProduceResponse>
    ) {
        var response = response
        response.throttleTimeMs = quotas.charge(Double(context.sizeInBytes), to: .producerByteRate, context)
        if response.throttleTimeMs > 0 {
            context.connection.pause(for: .milliseconds(Int64(response.throttleTimeMs)))
        }
        if request.acks == 0 { return finishWithoutAnswer(response, reply) }
        if context.version >= 10 { addLeaders(to: &response, context) }
        if uncommitted.isEmpty { reply.send(response) } else { UncommittedProduce.wait(uncommitted, response, reply) }
    }

    private func append(
        _ data: ProduceRequest.PartitionProduceData,
        _ topic: ProduceRequest.TopicProduceData,
        _ acks: Int16,
        _ context: RequestContext,
        _ verdict: TransactionGate.Verdict,
        _ now: Timestamp
    ) -> (Partition?, Offset, ProduceResponse.PartitionProduceResponse) {
        do throws(APIFailure) {
            guard (-1...1).contains(acks) else { throw APIFailure(.invalidRequiredAcks) }
            let partition = try find(topic, data.index, context)
            let batches = try validBatch(data.records, context.version)
            if let code = verdict.refusals[partition.topicPartition] { throw refusal(code, context.version) }
            do throws(PartitionError) {
                let result = try partition.append(
                    batches,
                    origin: .client,
                    now: now,
                    conditions: AppendConditions(verification: verdict.guards[partition.topicPartition])
                )
                let answer = ProduceResponse.PartitionProduceResponse(
                    index: data.index,
                    baseOffset: result.baseOffset,
                    logAppendTimeMs: result.logAppendTime,
                    logStartOffset: result.logStartOffset
                )
                return (partition, result.lastOffset + 1, answer)
            } catch {
                if error.isOurs {
                    environment.logger.error("appending to \(partition.topicPartition): \(error.message ?? "\(error)")")
                }
                let answer = ProduceResponse.PartitionProduceResponse(
                    index: data.index,
                    errorCode: error.errorCode,
                    baseOffset: -1,
                    recordErrors: error.rejectedRecords.map {
                        .init(batchIndex: $0.index, batchIndexErrorMessage: $0.message)
                    },
                    errorMessage: error.message
                )
                return (nil, .zero, answer)
            }
        } catch {
            let answer = ProduceResponse.PartitionProduceResponse(
                index: data.index,
                errorCode: error.code,
                baseOffset: -1,
                errorMessage: error.message
            )
            return (nil, .zero, answer)
        }
    }

    private func find(
        _ topic: ProduceRequest.TopicProduceData,
        _ index: PartitionIndex,
        _ context: RequestContext
    ) throws(APIFailure) -> Partition {
        guard let partition = partition(topic, index, context) else {
            let isUnknownID = context.version >= 13 && metadata.image.topic(topic.topicId) == nil
            throw APIFailure(isUnknownID ? .unknownTopicId : .unknownTopicOrPartition)
        }
        let name = partition.topicPartition.topic
        if TopicNameRules.isInternal(name), context.clientID != "__admin_client" {
            throw APIFailure(.invalidTopicException, "Cannot append to internal topic \(name)")
        }
        return partition
    }

    func partition(
        _ topic: ProduceRequest.TopicProduceData,
        _ index: PartitionIndex,
        _ context: RequestContext
    ) -> Partition? {
        context.version >= 13
            ? partitions.partition(topic.topicId, index) : partitions.partition(TopicPartition(topic.name, index))
    }

    /// One batch of magic 2, in memory of its own frame. What follows it is left out where it is no whole batch.
    private func validBatch(_ records: RecordsPayload?, _ version: Int16) throws(APIFailure) -> Bytes {
        func refusal(_ reason: String) -> APIFailure {
            APIFailure(.invalidRecord, "Produce requests with version \(version) \(reason)")
        }
        guard let bytes = records?.bytes, try holdsBatch(bytes) else {
            throw refusal("must have at least one record batch per partition")
        }
        if bytes[16] < 2 { throw refusal("are only allowed to contain record batches with magic version 2") }
        let first: RecordBatch
        do throws(RecordsError) { first = try RecordBatch(bytes) } catch {
            throw APIFailure(.corruptMessage, "\(error)")
        }
        if first.sizeInBytes < bytes.count, try holdsBatch(bytes[first.sizeInBytes...]) {
            throw refusal("are only allowed to contain exactly one record batch per partition")
        }
        guard version >= 7 || first.compression != .zstd else {
            throw APIFailure(
                .unsupportedCompressionType,
                "Produce requests with version \(version) are not allowed to use ZStandard compression"
            )
        }
        return first.bytes
    }

    /// Whether a whole batch of any format begins here. Errors: CORRUPT_MESSAGE where no batch has such a beginning.
    private func holdsBatch(_ bytes: Bytes) throws(APIFailure) -> Bool {
        // Offset and size, and the least that the records of the first format have.
        let (overhead, least, magicAt) = (12, 14, 16)
        guard bytes.count >= overhead else { return false }
        let size = (8..<overhead).reduce(Int32(0)) { $0 << 8 | Int32(bytes[$1]) }
        guard size >= least else {
            throw APIFailure(.corruptMessage, "Record size \(size) is less than the minimum record overhead (\(least))")
        }
        guard bytes.count > magicAt else { return false }
        guard bytes[magicAt] <= 2 else {
            throw APIFailure(.corruptMessage, "Invalid magic found in record: \(Int8(bitPattern: bytes[magicAt]))")
        }
        return bytes.count - overhead >= Int(size)
    }

    private func finishWithoutAnswer(_ response: ProduceResponse, _ reply: Reply<ProduceResponse>) {
        for topic in response.responses {
            for partition in topic.partitionResponses where partition.errorCode != .none {
                return reply.close(
                    reason: "produce with acks=0 to \(topic.name)-\(partition.index) failed: \(partition.errorCode)"
                )
            }
        }
        reply.sendNothing()
    }

    private func addLeaders(to response: inout ProduceResponse, _ context: RequestContext) {
        var leaders: Set<BrokerID> = []
        let image = metadata.image
        for topic in response.responses.indices {
            let name = image.topic(response.responses[topic].topicId)?.name ?? response.responses[topic].name
            for index in response.responses[topic].partitionResponses.indices {
                let partition = response.responses[topic].partitionResponses[index]
                guard partition.errorCode == .notLeaderOrFollower,
                    let assignment = image.partition(TopicPartition(name, partition.index))
                else { continue }
                response.responses[topic].partitionResponses[index].currentLeader = .init(
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
