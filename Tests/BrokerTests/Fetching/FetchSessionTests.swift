import KafkaProtocol
import Records
import Testing

@testable import Broker

@Suite struct FetchSessionTests {
    private func fetch(
        _ id: TopicID,
        _ partitions: [(index: Int32, offset: Int64)],
        session: Int32,
        epoch: Int32,
        wait: Int32 = 0
    ) -> FetchRequest {
        var request = FetchRequest(maxWaitMs: wait, minBytes: 1, sessionId: session, sessionEpoch: epoch)
        if !partitions.isEmpty {
            request.topics = [
                .init(
                    topicId: id,
                    partitions: partitions.map {
                        .init(
                            partition: PartitionIndex($0.index),
                            fetchOffset: Offset($0.offset),
                            partitionMaxBytes: 1 << 20
                        )
                    }
                )
            ]
        }
        return request
    }

    private func partitions(_ response: FetchResponse) -> [Int32] {
        response.responses.flatMap { $0.partitions.map(\.partitionIndex.rawValue) }
    }

    @Test func `a session goes from full fetch to what is new, and survives another connection`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("topic", partitions: 3)
        let full = try await broker.send(fetch(id, [(0, 0), (1, 0), (2, 0)], session: 0, epoch: 0))
        #expect(full.sessionId > 0)
        #expect(partitions(full) == [0, 1, 2])
        let quiet = try await broker.send(fetch(id, [], session: full.sessionId, epoch: 1))
        #expect(quiet.sessionId == full.sessionId && quiet.errorCode == .none && partitions(quiet).isEmpty)

        async let waiting = broker.send(fetch(id, [], session: full.sessionId, epoch: 2, wait: 20_000))
        _ = try await broker.produce(["a"], to: "topic")
        let woken = try await waiting
        #expect(partitions(woken) == [0])
        #expect((woken.responses.first?.partitions.first?.records?.count ?? 0) > 0)

        let stale = try await broker.send(fetch(id, [], session: full.sessionId, epoch: 2))
        #expect(stale.errorCode == .invalidFetchSessionEpoch && stale.sessionId == 0)
        let unknown = try await broker.send(fetch(id, [], session: full.sessionId &+ 1, epoch: 3))
        #expect(unknown.errorCode == .fetchSessionIdNotFound)
        try await broker.stop()
    }

    @Test func `a topic that is deleted and made again is another one`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("topic", partitions: 1)
        let full = try await broker.send(fetch(id, [(0, 0)], session: 0, epoch: 0))
        _ = try await broker.send(DeleteTopicsRequest(topics: [.init(name: "topic")]))
        _ = try await broker.createTopic("topic", partitions: 1)
        let gone = try await broker.send(fetch(id, [], session: full.sessionId, epoch: 1))
        #expect(gone.responses.first?.partitions.first?.errorCode == .unknownTopicId)
        try await broker.stop()
    }

    @Test func `without slots every answer is a full one`() async throws {
        let broker = try await TestBroker(["max.incremental.fetch.session.cache.slots": "0"])
        let id = try await broker.createTopic("topic", partitions: 1)
        let full = try await broker.send(fetch(id, [(0, 0)], session: 0, epoch: 0))
        #expect(full.sessionId == 0 && partitions(full) == [0])
        try await broker.stop()
    }
}
