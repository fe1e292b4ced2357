import KafkaProtocol
import Records
import Testing
import Transport

@testable import Broker

/// A stop answers who waits, and waits for nobody.
@Suite(.timeLimit(.minutes(10))) struct StopTests {
    /// Longer than the suite's limit: a stop that waited for it would not end.
    private static let graceful = Duration.seconds(3600)

    @Test func `a stop answers members that wait in JoinGroup`() async throws {
        let broker = try await GroupTestBroker.start(["group.initial.rebalance.delay.ms": "60000"])
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        let given = try await client.join()
        async let joining = client.join(given.memberId)
        // Requests of one connection are taken in order; this one is answered before the join that waits.
        let other = try await broker.connect()
        while try await other.groupState() != "PreparingRebalance" {}
        try await broker.server.stop(gracePeriod: StopTests.graceful)
        #expect(try await joining.errorCode == .notCoordinator)
    }

    @Test func `a stop answers fetches that wait, also for no partition at all`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let topic = FetchRequest.FetchTopic(
            topic: "orders",
            partitions: [.init(partition: 0, fetchOffset: 0, partitionMaxBytes: 100)]
        )
        let fetches = [[topic], []].map { FetchRequest(maxWaitMs: 600_000, minBytes: 1, topics: $0) }
        var replies: [Task<Bytes, any Error>] = []
        for fetch in fetches {
            let connection = try await broker.connect()
            let frame = try fetch.frame(version: 12, correlationID: 1, clientID: nil)
            replies.append(Task { try await connection.roundTrip(frame) })
        }
        while broker.server.waitingFetchCount == 0 { await Task.yield() }
        try await broker.server.stop(gracePeriod: StopTests.graceful)
        for reply in replies {
            // The one that waits for nothing may come too late to be taken; then its connection is closed.
            guard case .success(let frame) = await reply.result else {
                #expect(reply != replies[0])
                continue
            }
            let (_, body) = try ResponseHeader.decode(frame, for: .fetch, 12)
            #expect(try FetchResponse.decode(body, version: 12).errorCode == .none)
        }
    }

    @Test func `a stop does not wait for clients that are idle or were dropped`() async throws {
        let broker = try await GroupTestBroker.start()
        for _ in 0..<20 { _ = try await broker.connect().findCoordinator() }
        let idle = try await broker.connect()
        try await broker.server.stop(gracePeriod: StopTests.graceful)
        await #expect(throws: TransportError.self) { try await idle.findCoordinator() }
        #expect(!idle.connection.isOpen)
        await #expect(throws: TransportError.self) { try await broker.connect() }
    }
}

extension GroupTestClient {
    fileprivate func groupState() async throws -> String? {
        try await send(DescribeGroupsRequest(groups: ["g"]), version: 5).groups.first?.groupState
    }
}
