import KafkaProtocol
import Records
import Testing
import Transport

@testable import Broker

/// A transactional producer that speaks the requests of one flow: 1 is that of old, 2 that of KIP-890.
struct TransactionalClient {
    private(set) var broker: TestBroker
    let id: TransactionalID
    let flow: Int
    var producerID = ProducerID.none
    var epoch = ProducerEpoch.none
    var sequences: [TopicPartition: Int32] = [:]
    /// Where records and ends are sent; nil is the broker's own connection.
    var connection: (any ClientConnection)?

    /// Begins a session; the coordinator's topic is made by that.
    init(_ broker: TestBroker, _ id: TransactionalID, flow: Int, timeoutMs: Int32 = 60_000) async throws {
        self.broker = broker
        self.id = id
        self.flow = flow
        let found = try await broker.send(FindCoordinatorRequest(keyType: 1, coordinatorKeys: [id.rawValue]))
        try #require(found.coordinators.first?.errorCode == ErrorCode.none)
        while true {
            let response = try await initialise(timeoutMs: timeoutMs)
            if response.errorCode == .concurrentTransactions { continue }
            try #require(response.errorCode == .none)
            producerID = response.producerId
            epoch = response.producerEpoch
            return
        }
    }

    mutating func replaceBroker(_ other: TestBroker) { broker = other }

    func initialise(timeoutMs: Int32 = 60_000, expected: Bool = false) async throws -> InitProducerIdResponse {
        try await broker.send(
            InitProducerIdRequest(
                transactionalId: id,
                transactionTimeoutMs: timeoutMs,
                producerId: expected ? producerID : .none,
                producerEpoch: expected ? epoch : .none
            ),
            version: 5
        )
    }

    /// Writes one batch, after adding its partition in the flow of old.
    mutating func write(
        _ values: [String],
        to topic: TopicName,
        partition: PartitionIndex = 0,
        adds: Bool = true
    ) async throws -> ErrorCode {
        if flow == 1, adds {
            let code = try await add(topic, partition)
            guard code == .none else { return code }
        }
        let place = TopicPartition(topic, partition)
        var builder = RecordBatchBuilder(
            producerID: producerID,
            producerEpoch: epoch,
            baseSequence: sequences[place] ?? 0,
            isTransactional: true
        )
        for value in values { builder.append(timestamp: .now(), key: Bytes(utf8: "k"), value: Bytes(utf8: value)) }
        let response = try await send(
            ProduceRequest(
                transactionalId: id,
                acks: -1,
                timeoutMs: 1000,
                topicData: [
                    .init(
                        name: topic,
                        partitionData: [.init(index: partition, records: RecordsPayload(try builder.build()))]
                    )
                ]
            ),
            version: flow == 1 ? 11 : 12
        )
        let answer = try #require(response.responses.first?.partitionResponses.first)
        if answer.errorCode == .none { sequences[place, default: 0] += Int32(values.count) }
        return answer.errorCode
    }

    private func send<R: KafkaRequest>(_ request: R, version: Int16) async throws -> R.Response {
        guard let connection else { return try await broker.send(request, version: version) }
        let reply = try await connection.roundTrip(
            try request.frame(version: version, correlationID: 1, clientID: "producer")
        )
        let (_, body) = try ResponseHeader.decode(reply, for: R.apiKey, version)
        return try R.Response.decode(body, version: version)
    }

    func add(_ topic: TopicName, _ partition: PartitionIndex = 0) async throws -> ErrorCode {
        let response = try await broker.send(
            AddPartitionsToTxnRequest(
                v3AndBelowTransactionalId: id,
                v3AndBelowProducerId: producerID,
                v3AndBelowProducerEpoch: epoch,
                v3AndBelowTopics: [.init(name: topic, partitions: [partition])]
            ),
            version: 3
        )
        return try #require(response.resultsByTopicV3AndBelow.first?.resultsByPartition.first).partitionErrorCode
    }

    mutating func end(commits: Bool) async throws -> ErrorCode {
        let response = try await sendEnd(commits: commits)
        if response.errorCode == .none, flow == 2 {
            if response.producerId != producerID || response.producerEpoch != epoch { sequences = [:] }
            producerID = response.producerId
            epoch = response.producerEpoch
        }
        return response.errorCode
    }

    func sendEnd(commits: Bool) async throws -> EndTxnResponse {
        try await send(
            EndTxnRequest(transactionalId: id, producerId: producerID, producerEpoch: epoch, committed: commits),
            version: flow == 1 ? 4 : 5
        )
    }

    /// Commits offset `offset` of partition 0 of `topic` for `group`.
    func commit(_ offset: Offset, of topic: TopicName, for group: GroupID) async throws -> ErrorCode {
        if flow == 1 {
            let added = try await broker.send(
                AddOffsetsToTxnRequest(
                    transactionalId: id,
                    producerId: producerID,
                    producerEpoch: epoch,
                    groupId: group
                )
            )
            guard added.errorCode == .none else { return added.errorCode }
        }
        let response = try await broker.send(
            TxnOffsetCommitRequest(
                transactionalId: id,
                groupId: group,
                producerId: producerID,
                producerEpoch: epoch,
                topics: [.init(name: topic, partitions: [.init(partitionIndex: 0, committedOffset: offset)])]
            ),
            version: flow == 1 ? 4 : 5
        )
        return try #require(response.topics.first?.partitions.first).errorCode
    }

    func describe() async throws -> DescribeTransactionsResponse.TransactionState {
        let response = try await broker.send(DescribeTransactionsRequest(transactionalIds: [id]))
        return try #require(response.transactionStates.first)
    }
}

extension TestBroker {
    /// What a consumer of committed records sees of a partition from `offset` on, by the rules of a client.
    func fetchCommitted(_ topic: TopicName, from offset: Offset = 0) async throws -> [String] {
        var values: [String] = []
        var next = offset
        while let batches = try await fetchCommittedBatches(topic, next) {
            var aborted = batches.aborted[...]
            var abortedProducers: Set<ProducerID> = []
            for batch in batches.batches {
                while let known = aborted.first, known.firstOffset <= batch.lastOffset {
                    abortedProducers.insert(known.producerId)
                    aborted = aborted.dropFirst()
                }
                let start = next
                next = batch.nextOffset
                if batch.isControl {
                    if case .abort = try ControlRecord(batch).kind { abortedProducers.remove(batch.producerID) }
                } else if !batch.isTransactional || !abortedProducers.contains(batch.producerID) {
                    values += try batch.records().filter { $0.offset >= start }.compactMap { $0.value?.utf8 }
                }
            }
        }
        return values
    }

    /// One answer to a consumer of committed records; nil where nothing more is there.
    private func fetchCommittedBatches(
        _ topic: TopicName,
        _ offset: Offset
    ) async throws -> (batches: [RecordBatch], aborted: [FetchResponse.AbortedTransaction])? {
        let request = FetchRequest(
            maxWaitMs: 0,
            minBytes: 1,
            isolationLevel: 1,
            topics: [
                .init(topic: topic, partitions: [.init(partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20)])
            ]
        )
        let response = try await send(request, version: 12)
        let data = try #require(response.responses.first?.partitions.first)
        guard data.errorCode == .none else { throw TestFailure("\(data.errorCode)") }
        let batches = try RecordBatch.batches(in: try #require(data.records).load()).all()
        guard !batches.isEmpty else { return nil }
        return (batches, (data.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset })
    }

    func offsets(_ topic: TopicName, timestamp: Int64 = -1, isCommitted: Bool) async throws -> Offset {
        let response = try await send(
            ListOffsetsRequest(
                replicaId: -1,
                isolationLevel: isCommitted ? 1 : 0,
                topics: [.init(name: topic, partitions: [.init(partitionIndex: 0, timestamp: Timestamp(timestamp))])]
            ),
            version: 9
        )
        return try #require(response.topics.first?.partitions.first).offset
    }

    /// The offset that a group has committed for partition 0 of `topic`, or why there is none.
    func committedOffset(_ group: GroupID, _ topic: TopicName, requireStable: Bool) async throws -> Result<
        Offset, TestFailure
    > {
        let response = try await send(
            OffsetFetchRequest(
                groups: [.init(groupId: group, topics: [.init(name: topic, partitionIndexes: [0])])],
                requireStable: requireStable
            ),
            version: 9
        )
        let partition = try #require(response.groups.first?.topics.first?.partitions.first)
        return partition.errorCode == .none
            ? .success(partition.committedOffset) : .failure(TestFailure("\(partition.errorCode)"))
    }
}
