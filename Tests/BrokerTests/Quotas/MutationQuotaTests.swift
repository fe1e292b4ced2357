import KafkaProtocol
import NIOCore
import Records
import Testing
import Transport

@testable import Broker

/// `controller_mutation_rate`: who makes and deletes more partitions than allowed is refused, or slowed down. One token
/// takes 100 s here, so that no pause of the machine makes up for what is owed.
@Suite(.timeLimit(.minutes(10))) struct MutationQuotaTests {
    /// A broker whose client `greedy` owes partitions after it has made the topic `first`.
    private func broker() async throws -> TestBroker {
        let broker = try await TestBroker()
        let entry = AlterClientQuotasRequest.EntryData(
            entity: [.init(entityType: "client-id", entityName: "greedy")],
            ops: [.init(key: "controller_mutation_rate", value: 0.01)]
        )
        let set = try await broker.send(AlterClientQuotasRequest(entries: [entry]))
        #expect(set.entries.map(\.errorCode) == [ErrorCode.none])
        let made = try await broker.send(create(["first"]), clientID: "greedy")
        #expect(made.throttleTimeMs == 0 && made.topics.map(\.errorCode) == [.none])
        return broker
    }

    private func create(_ names: [TopicName]) -> CreateTopicsRequest {
        CreateTopicsRequest(topics: names.map { .init(name: $0, numPartitions: 5, replicationFactor: 1) })
    }

    private func topics(_ broker: TestBroker) async throws -> [TopicName?] {
        let connection = try await broker.connect()
        defer { connection.close() }
        let frame = try MetadataRequest(topics: nil).frame(version: 12, correlationID: 1, clientID: "other")
        let reply = try await withCheckedThrowingContinuation { continuation in
            connection.send(frame, deadline: .now() + .seconds(300)) { continuation.resume(with: $0) }
        }
        let (_, body) = try ResponseHeader.decode(reply, for: MetadataRequest.apiKey, 12)
        return try MetadataResponse.decode(body, version: 12).topics.map(\.name).sorted { ($0 ?? "") < ($1 ?? "") }
    }

    @Test func `a client over its quota makes no topics, and others do`() async throws {
        let broker = try await broker()
        #expect(try await broker.send(create(["other"]), clientID: "modest").topics.map(\.errorCode) == [.none])
        let refused = try await broker.send(create(["second"]), clientID: "greedy")
        #expect(refused.topics.map(\.errorCode) == [.throttlingQuotaExceeded])
        #expect((400_000...500_000).contains(refused.throttleTimeMs))
        #expect(try await topics(broker) == ["first", "other"])
        try await broker.stop()
    }

    @Test func `the topics of one request are counted one after another`() async throws {
        let broker = try await TestBroker()
        let entry = AlterClientQuotasRequest.EntryData(
            entity: [.init(entityType: "user", entityName: nil)],
            ops: [.init(key: "controller_mutation_rate", value: 0.01)]
        )
        _ = try await broker.send(AlterClientQuotasRequest(entries: [entry]))
        let response = try await broker.send(create(["a", "b"]))
        #expect(response.topics.map(\.errorCode) == [.none, .throttlingQuotaExceeded])
        #expect(response.throttleTimeMs > 0)
        #expect(try await topics(broker) == ["a"])
        try await broker.stop()
    }

    @Test func `a client of old is only slowed down`() async throws {
        let broker = try await broker()
        let response = try await broker.send(create(["second"]), version: 5, clientID: "greedy")
        #expect(response.topics.map(\.errorCode) == [.none] && response.throttleTimeMs > 400_000)
        #expect(try await topics(broker) == ["first", "second"])
        try await broker.stop()
    }

    @Test func `deleting and adding partitions count as well`() async throws {
        var broker = try await broker()
        let deletion = DeleteTopicsRequest(topics: [.init(name: "first")])
        let deleted = try await broker.send(deletion, clientID: "greedy")
        #expect(deleted.responses.map(\.errorCode) == [.throttlingQuotaExceeded] && deleted.throttleTimeMs > 0)
        #expect(try await topics(broker) == ["first"])
        try await broker.stop()
        broker = try await self.broker()
        let increase = CreatePartitionsRequest(topics: [.init(name: "first", count: 6, assignments: nil)])
        let increased = try await broker.send(increase, clientID: "greedy")
        #expect(increased.results.map(\.errorCode) == [.throttlingQuotaExceeded] && increased.throttleTimeMs > 0)
        try await broker.stop()
    }
}
