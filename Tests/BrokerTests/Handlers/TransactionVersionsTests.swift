import KafkaProtocol
import Records
import Testing

@testable import Broker

/// The requests of transactions in every version: they are served, and a fenced producer is told so in the words that its
/// version knows.
@Suite struct TransactionVersionsTests {
    /// A broker with a transactional id whose producer has been replaced: its id, and epoch 0, which is fenced.
    private func fenced() async throws -> (TestBroker, TransactionalClient) {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        let client = try await TransactionalClient(broker, "t", flow: 1)
        _ = try await TransactionalClient(broker, "t", flow: 1)
        return (broker, client)
    }

    @Test func `InitProducerId`() async throws {
        let (broker, client) = try await fenced()
        for version in InitProducerIdRequest.versions {
            let begun = try await broker.send(
                InitProducerIdRequest(transactionalId: "other", transactionTimeoutMs: 1000),
                version: version
            )
            #expect(begun.errorCode == .none, "version \(version)")
            #expect(begun.producerEpoch == ProducerEpoch(version), "version \(version)")
            guard version >= 3 else { continue }
            let refused = try await broker.send(
                InitProducerIdRequest(
                    transactionalId: "t",
                    transactionTimeoutMs: 1000,
                    producerId: client.producerID,
                    producerEpoch: ProducerEpoch(7)
                ),
                version: version
            )
            #expect(refused.errorCode == (version < 4 ? .invalidProducerEpoch : .producerFenced))
            #expect(refused.producerId == .none && refused.producerEpoch == .none)
        }
        for (request, code) in [
            (
                InitProducerIdRequest(transactionalId: "t", transactionTimeoutMs: 1, enable2Pc: true),
                ErrorCode.transactionalIdAuthorizationFailed
            ),
            (
                InitProducerIdRequest(transactionalId: "t", transactionTimeoutMs: 1, keepPreparedTxn: true),
                .unsupportedVersion
            ),
        ] {
            #expect(try await broker.send(request, version: 6).errorCode == code)
        }
        try await broker.stop()
    }

    @Test func `AddPartitionsToTxn`() async throws {
        let (broker, client) = try await fenced()
        for version in AddPartitionsToTxnRequest.versions {
            var request = AddPartitionsToTxnRequest()
            let topics = [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic(name: "orders", partitions: [0])]
            if version < 4 {
                request.v3AndBelowTransactionalId = "t"
                request.v3AndBelowProducerId = client.producerID
                request.v3AndBelowProducerEpoch = 0
                request.v3AndBelowTopics = topics
            } else {
                request.transactions = [false, true].map {
                    .init(
                        transactionalId: $0 ? "t" : "nobody",
                        producerId: client.producerID,
                        producerEpoch: 0,
                        verifyOnly: $0,
                        topics: topics
                    )
                }
            }
            let response = try await broker.send(request, version: version)
            let codes =
                version < 4
                ? response.resultsByTopicV3AndBelow.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
                : response.resultsByTransaction.flatMap {
                    $0.topicResults.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
                }
            let expected: [ErrorCode] =
                version < 2
                ? [.invalidProducerEpoch]
                : version < 4 ? [.producerFenced] : [.invalidProducerIdMapping, .producerFenced]
            #expect(codes == expected, "version \(version)")
        }
        try await broker.stop()
    }

    @Test func `AddOffsetsToTxn, EndTxn and TxnOffsetCommit`() async throws {
        let (broker, client) = try await fenced()
        for version in AddOffsetsToTxnRequest.versions {
            let response = try await broker.send(
                AddOffsetsToTxnRequest(
                    transactionalId: "t",
                    producerId: client.producerID,
                    producerEpoch: 0,
                    groupId: "g"
                ),
                version: version
            )
            #expect(response.errorCode == (version < 2 ? .invalidProducerEpoch : .producerFenced), "\(version)")
        }
        for version in EndTxnRequest.versions {
            let response = try await broker.send(
                EndTxnRequest(transactionalId: "t", producerId: client.producerID, producerEpoch: 0, committed: true),
                version: version
            )
            #expect(response.errorCode == (version < 2 ? .invalidProducerEpoch : .producerFenced), "\(version)")
            #expect(response.producerId == .none && response.producerEpoch == .none)
        }
        for version in TxnOffsetCommitRequest.versions {
            let response = try await broker.send(
                TxnOffsetCommitRequest(
                    transactionalId: "t",
                    groupId: "g",
                    producerId: client.producerID,
                    producerEpoch: 0,
                    topics: [
                        .init(name: "orders", partitions: [.init(partitionIndex: 0, committedOffset: 1)]),
                        .init(name: "missing", partitions: [.init(partitionIndex: 0, committedOffset: 1)]),
                    ]
                ),
                version: version
            )
            let codes = response.topics.flatMap { $0.partitions.map(\.errorCode) }
            #expect(codes == [.invalidProducerEpoch, .unknownTopicOrPartition], "version \(version)")
        }
        #expect(try await broker.committedOffset("g", "orders", requireStable: true).get() == -1)
        try await broker.stop()
    }

    @Test func `a member of the group commits within a transaction only in its generation`() async throws {
        let broker = try await TestBroker(["group.initial.rebalance.delay.ms": "0"])
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        let client = try await TransactionalClient(broker, "t", flow: 2)
        func commit(_ member: MemberID, _ generation: Int32, version: Int16) async throws -> ErrorCode? {
            try await broker.send(
                TxnOffsetCommitRequest(
                    transactionalId: "t",
                    groupId: "g",
                    producerId: client.producerID,
                    producerEpoch: client.epoch,
                    generationId: generation,
                    memberId: member,
                    topics: [.init(name: "orders", partitions: [.init(partitionIndex: 0, committedOffset: 1)])]
                ),
                version: version
            ).topics.first?.partitions.first?.errorCode
        }
        #expect(try await commit("gone", 3, version: 5) == .illegalGeneration)
        let protocols = [JoinGroupRequest.JoinGroupRequestProtocol(name: "range", metadata: Bytes(utf8: "m"))]
        func join(_ member: MemberID) async throws -> JoinGroupResponse {
            try await broker.send(
                JoinGroupRequest(
                    groupId: "g",
                    sessionTimeoutMs: 10_000,
                    rebalanceTimeoutMs: 10_000,
                    memberId: member,
                    protocolType: "consumer",
                    protocols: protocols
                )
            )
        }
        let member = try await join(try await join("").memberId)
        #expect(member.errorCode == .none)
        #expect(try await commit("stranger", member.generationId, version: 5) == .unknownMemberId)
        #expect(try await commit(member.memberId, member.generationId + 1, version: 5) == .illegalGeneration)
        #expect(try await commit(member.memberId, member.generationId, version: 5) == ErrorCode.none)
        // Who names nobody may commit for the group: a producer that does not consume in it.
        #expect(try await commit("", -1, version: 5) == ErrorCode.none)
        try await broker.stop()
    }

    @Test func `lists, descriptions, markers and features`() async throws {
        let (broker, client) = try await fenced()
        for version in ListTransactionsRequest.versions {
            let response = try await broker.send(ListTransactionsRequest(), version: version)
            #expect(response.transactionStates.map(\.transactionalId) == ["t"], "version \(version)")
        }
        for version in WriteTxnMarkersRequest.versions {
            let marker = WriteTxnMarkersRequest.WritableTxnMarker(
                producerId: client.producerID,
                producerEpoch: 0,
                topics: [.init(name: "orders", partitionIndexes: [0, 5])]
            )
            let response = try await broker.send(WriteTxnMarkersRequest(markers: [marker]), version: version)
            let codes = response.markers.flatMap { $0.topics.flatMap { $0.partitions.map(\.errorCode) } }
            #expect(codes == [.none, .unknownTopicOrPartition], "version \(version)")
        }
        for version in UpdateFeaturesRequest.versions {
            let response = try await broker.send(
                UpdateFeaturesRequest(featureUpdates: [.init(feature: "transaction.version", maxVersionLevel: 2)]),
                version: version
            )
            #expect(response.errorCode == .none)
            #expect(response.results.map(\.feature) == (version < 2 ? ["transaction.version"] : []))
        }
        try await broker.stop()
    }
}
