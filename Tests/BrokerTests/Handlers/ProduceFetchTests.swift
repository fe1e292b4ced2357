import CommitLog
import KafkaProtocol
import NIOCore
import Records
import Testing
import Transport

@testable import Broker

@Suite struct ProduceFetchTests {
    @Test func `a waiting fetch is answered by the append that it waits for`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        async let fetched = broker.fetch("orders", maxWaitMs: 20_000)
        // The fetch cannot be overtaken on its own connection: produce on another one.
        let producer = try await broker.connect()
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 1000,
            topicData: [
                .init(name: "orders", partitionData: [.init(index: 0, records: RecordsPayload(try batch(["a"])))])
            ]
        )
        producer.send(try request.frame(version: 9, correlationID: 1, clientID: nil), deadline: nil) { _ in }
        #expect(try await fetched == ["a"])
        try await broker.stop()
    }

    @Test func `a fetch whose time is up is answered empty`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        #expect(try await broker.fetch("orders", maxWaitMs: 20).isEmpty)
        try await broker.stop()
    }

    @Test func `stopping the broker answers waiting fetches`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let topic = FetchRequest.FetchTopic(
            topic: "orders",
            partitions: [.init(partition: 0, fetchOffset: 0, partitionMaxBytes: 100)]
        )
        let fetch = FetchRequest(maxWaitMs: 60_000, minBytes: 1, topics: [topic])
        let (replies, promise) = AsyncStream<Result<Bytes, TransportError>>.makeStream()
        broker.connection.send(try fetch.frame(version: 12, correlationID: 1, clientID: nil), deadline: nil) {
            promise.yield($0)
        }
        // Another connection's loop turns after the fetch was handed over, so the stop finds it waiting or refuses it.
        while broker.server.waitingFetchCount == 0 { await Task.yield() }
        try await broker.server.stop()
        for await reply in replies {
            let (_, body) = try ResponseHeader.decode(try reply.get(), for: .fetch, 12)
            #expect(
                try FetchResponse.decode(body, version: 12).responses.first?.partitions.first?.errorCode
                    == ErrorCode.none
            )
            break
        }
    }

    @Test func `an offset beyond the log is out of range`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        await #expect(throws: TestFailure.self) { try await broker.fetch("orders", from: 7) }
        try await broker.stop()
    }

    @Test func `a large batch is answered whole though it exceeds the limits, a second one is not`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let large = String(repeating: "x", count: 5000)
        _ = try await broker.produce([large], to: "orders")
        _ = try await broker.produce([large], to: "orders")
        let request = FetchRequest(
            maxWaitMs: 0,
            minBytes: 1,
            maxBytes: 100,
            topics: [.init(topic: "orders", partitions: [.init(partition: 0, fetchOffset: 0, partitionMaxBytes: 100)])]
        )
        let data = try #require(try await broker.send(request, version: 12).responses.first?.partitions.first)
        #expect(try RecordBatch.batches(in: try #require(data.records).load()).all().count == 1)
        try await broker.stop()
    }

    @Test(arguments: [
        (ErrorCode.invalidRequiredAcks, Int16(2)), (.none, 0), (.none, 1), (.none, -1),
    ])
    func `acks are 0, 1 or -1`(code: ErrorCode, acks: Int16) async throws {
        guard acks != 0 else { return }
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        #expect(try await broker.produce(["a"], to: "orders", acks: acks).errorCode == code)
        #expect(try await broker.fetch("orders").count == (code == .none ? 1 : 0))
        try await broker.stop()
    }

    @Test func `a batch with a wrong CRC is refused and changes nothing`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var bytes = Array(try batch(["a"]))
        bytes[bytes.count - 1] ^= 1
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 1000,
            topicData: [.init(name: "orders", partitionData: [.init(index: 0, records: RecordsPayload(Bytes(bytes)))])]
        )
        let response = try await broker.send(request, version: 9)
        #expect(response.responses.first?.partitionResponses.first?.errorCode == .corruptMessage)
        #expect(response.responses.first?.partitionResponses.first?.baseOffset == -1)
        #expect(try await broker.fetch("orders").isEmpty)
        try await broker.stop()
    }

    @Test func `a duplicate of an idempotent batch is answered with its first offset`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var builder = RecordBatchBuilder(producerID: 5, producerEpoch: 0, baseSequence: 0)
        builder.append(timestamp: 1, key: nil, value: Bytes(utf8: "once"))
        let bytes = try builder.build()
        for _ in 0..<2 {
            let request = ProduceRequest(
                acks: -1,
                timeoutMs: 1000,
                topicData: [
                    .init(name: "orders", partitionData: [.init(index: 0, records: RecordsPayload(bytes.copied()))])
                ]
            )
            let answer = try await broker.send(request, version: 9).responses.first?.partitionResponses.first
            #expect(answer?.errorCode == ErrorCode.none && answer?.baseOffset == 0)
        }
        #expect(try await broker.fetch("orders") == ["once"])
        try await broker.stop()
    }

    @Test func `an error of acks=0 closes the connection, since the client learns of it in no other way`() async throws
    {
        let broker = try await TestBroker()
        let connection = try await broker.connect()
        let request = ProduceRequest(
            acks: 0,
            timeoutMs: 1000,
            topicData: [
                .init(name: "missing", partitionData: [.init(index: 0, records: RecordsPayload(try batch(["a"])))])
            ]
        )
        connection.sendOneWay(try request.frame(version: 9, correlationID: 1, clientID: nil))
        let frame = try ApiVersionsRequest().frame(version: 0, correlationID: 2, clientID: nil)
        let outcome = await withCheckedContinuation { continuation in
            connection.send(frame, deadline: nil) { continuation.resume(returning: $0) }
        }
        #expect(throws: TransportError.self) { try outcome.get() }
        try await broker.stop()
    }

    @Test func `a missing topic is made by a question for it, where the client allows that`() async throws {
        let broker = try await TestBroker(disk: MemoryFileSystem(), ["num.partitions": "4"])
        let refused = try await broker.send(
            MetadataRequest(topics: [.init(name: "new")], allowAutoTopicCreation: false),
            version: 9
        )
        #expect(refused.topics.first?.errorCode == .unknownTopicOrPartition)
        let made = try await broker.send(
            MetadataRequest(topics: [.init(name: "new")], allowAutoTopicCreation: true),
            version: 9
        )
        #expect(made.topics.first?.errorCode == ErrorCode.none)
        #expect(made.topics.first?.partitions.count == 4)
        try await broker.stop()
    }
}
