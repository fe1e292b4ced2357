import KafkaProtocol
import Records
import Testing

@testable import Broker

/// Quotas as clients feel them: throttle times, fetches without data, and the most exact entity.
@Suite(.timeLimit(.minutes(10))) struct ClientQuotaTests {
    private typealias Entity = [(type: String, name: String?)]

    private func set(_ key: String, _ value: Double, for entity: Entity, _ broker: TestBroker) async throws {
        let entry = AlterClientQuotasRequest.EntryData(
            entity: entity.map { .init(entityType: $0.type, entityName: $0.name) },
            ops: [.init(key: key, value: value)]
        )
        let response = try await broker.send(AlterClientQuotasRequest(entries: [entry]))
        #expect(response.entries.map(\.errorCode) == [ErrorCode.none])
    }

    private func produce(_ size: Int, as clientID: String, _ broker: TestBroker) async throws -> Int32 {
        let records = RecordsPayload(try batch([String(repeating: "x", count: size)]))
        let topic = ProduceRequest.TopicProduceData(name: "t", partitionData: [.init(index: 0, records: records)])
        let request = ProduceRequest(acks: -1, timeoutMs: 1000, topicData: [topic])
        let response = try await broker.send(request, version: 12, clientID: clientID)
        #expect(response.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
        return response.throttleTimeMs
    }

    private func fetch(
        as clientID: String,
        session: (id: Int32, epoch: Int32) = (0, -1),
        _ broker: TestBroker
    ) async throws -> FetchResponse {
        let partition = FetchRequest.FetchPartition(partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20)
        let request = FetchRequest(
            maxWaitMs: 0,
            minBytes: 0,
            sessionId: session.id,
            sessionEpoch: session.epoch,
            topics: session.epoch > 0 ? [] : [.init(topic: "t", partitions: [partition])]
        )
        return try await broker.send(request, version: 12, clientID: clientID)
    }

    @Test func `a producer over its quota is told how long to wait, and others are not`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        try await set("producer_byte_rate", 10_000, for: [("client-id", "greedy")], broker)
        // Ten windows of 10,000 bytes may go at once.
        #expect(try await produce(50_000, as: "greedy", broker) == 0)
        #expect(try await produce(900_000, as: "modest", broker) == 0)
        // Now it is 55 s worth in ten, so 45 s too much, less what has passed since.
        let delay = try await produce(500_000, as: "greedy", broker)
        #expect((1...46_000).contains(delay))
        try await broker.stop()
    }

    @Test func `a consumer over its quota gets no data, and its session goes on`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        _ = try await broker.produce([String(repeating: "x", count: 60_000)], to: "t")
        // One answer of 60,000 bytes fits into ten windows, the next does not.
        try await set("consumer_byte_rate", 10_000, for: [("client-id", nil)], broker)
        let first = try await fetch(as: "c", session: (0, 0), broker)
        #expect(first.throttleTimeMs == 0 && first.sessionId != 0)
        #expect(first.responses.first?.partitions.first?.records?.isEmpty == false)
        let second = try await fetch(as: "c", session: (first.sessionId, 1), broker)
        #expect(second.throttleTimeMs > 0 && second.errorCode == .none && second.sessionId == first.sessionId)
        #expect(second.responses.isEmpty)
        // What was not given does not count: without a quota the session gives it.
        try await set("consumer_byte_rate", 1e9, for: [("client-id", nil)], broker)
        let third = try await fetch(as: "c", session: (first.sessionId, 2), broker)
        #expect(third.responses.first?.partitions.first?.records?.isEmpty == false)
        // Each client id has a rate of its own under the default.
        #expect(try await fetch(as: "d", broker).throttleTimeMs == 0)
        try await broker.stop()
    }

    @Test func `a consumer that asks for more than its quota allows gets what it allows`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        for _ in 0..<30 { _ = try await broker.produce([String(repeating: "x", count: 9000)], to: "t") }
        // 270,000 bytes are there, and 1 MB is asked for; ten windows allow 100,000.
        try await set("consumer_byte_rate", 10_000, for: [("client-id", nil)], broker)
        let response = try await fetch(as: "c", broker)
        let size = response.responses.first?.partitions.first?.records?.count ?? 0
        #expect(response.throttleTimeMs == 0 && (80_000...100_000).contains(size))
        try await broker.stop()
    }

    @Test func `a batch that is larger than the quota ever allows goes to a consumer that has rested`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        _ = try await broker.produce([String(repeating: "x", count: 60_000)], to: "t")
        try await set("consumer_byte_rate", 1000, for: [("client-id", nil)], broker)
        let first = try await fetch(as: "c", broker)
        #expect(first.throttleTimeMs == 0 && first.responses.first?.partitions.first?.records?.isEmpty == false)
        let second = try await fetch(as: "c", broker)
        #expect(second.throttleTimeMs > 0 && second.responses.first?.partitions.first?.records?.isEmpty != false)
        try await broker.stop()
    }

    @Test func `the most exact entity wins, and the default of users stands before client ids`() {
        func entity(_ names: [ClientQuotaEntity.Kind: String?]) -> ClientQuotaEntity {
            var entity = ClientQuotaEntity()
            entity.names = names
            return entity
        }
        var quotas: [ClientQuotaEntity: [String: Double]] = [:]
        let entities: [[ClientQuotaEntity.Kind: String?]] = [
            [.clientID: nil], [.clientID: "c"], [.user: nil],
            [.user: nil, .clientID: nil], [.user: nil, .clientID: "c"], [.user: "u"],
            [.user: "u", .clientID: nil], [.user: "u", .clientID: "c"],
        ]
        #expect(QuotaTable(quotas).isEmpty)
        for (index, names) in entities.enumerated() {
            quotas[entity(names)] = ["producer_byte_rate": Double(index + 1)]
            let table = QuotaTable(quotas)
            let found = table.limit(.producerByteRate, user: "u", clientID: "c")
            #expect(found?.limit == Double(index + 1))
            let holder = QuotaTable.Holder(
                user: names[.user] == nil ? nil : "u",
                clientID: names[.clientID] == nil ? nil : "c"
            )
            #expect(found?.holder == holder)
            #expect(table.limit(.consumerByteRate, user: "u", clientID: "c") == nil)
            #expect(!table.isEmpty)
        }
    }
}
