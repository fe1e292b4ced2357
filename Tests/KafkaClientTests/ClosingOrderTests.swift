import Broker
import CommitLog
import KafkaProtocol
import Logging
import Records
import Testing
import Transport

@testable import KafkaClient

/// A client and the broker of its own process may be taken down in either order.
@Suite(.timeLimit(.minutes(10))) struct ClosingOrderTests {
    private let broker: BrokerServer
    private let client: KafkaClient

    init() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        broker = BrokerServer(
            try BrokerConfiguration(properties: ["log.dirs": "/data", "group.initial.rebalance.delay.ms": "0"]),
            access: .processOnly,
            fileSystem: MemoryFileSystem(),
            logger: logger
        )
        try await broker.start()
        client = KafkaClient(
            try ClientConfiguration(properties: [
                "bootstrap.servers": "broker:9092", "request.timeout.ms": "500", "default.api.timeout.ms": "1000",
            ]),
            transport: try #require(broker.inProcessTransport),
            logger: logger
        )
    }

    @Test func `a client closes after its broker`() async throws {
        _ = try await client.send(ListGroupsRequest())
        try await broker.stop()
        await client.close()
        await client.close()
        await #expect(throws: KafkaError.self) { try await client.send(ListGroupsRequest()) }
    }

    @Test func `calls to a broker that is gone fail when their time is up`() async throws {
        _ = try await client.send(ListGroupsRequest())
        try await broker.stop()
        await #expect(throws: KafkaError.self) { try await client.send(ListGroupsRequest()) }
        await client.close()
    }

    @Test func `a call that waits when the client closes is told so`() async throws {
        _ = try await client.send(ListGroupsRequest())
        try await broker.stop()
        let call = Task { try await client.send(ListGroupsRequest(), timeout: .seconds(600)) }
        await client.close()
        await #expect(throws: KafkaError.self) { try await call.value }
    }

    @Test func `a producer closes after its broker`() async throws {
        let properties = ["request.timeout.ms": "200", "delivery.timeout.ms": "400", "linger.ms": "0"]
        _ = try await AdminClient(client).createTopics([NewTopic("t", partitions: 1)])
        let producer = try Producer(client, try ProducerConfiguration(properties: properties))
        _ = try await producer.send(ProducerRecord(topic: "t", partition: 0, value: [1]))
        try await broker.stop()
        await #expect(throws: KafkaError.self) {
            try await producer.send(ProducerRecord(topic: "t", partition: 0, value: [2]))
        }
        await producer.close()
        await client.close()
    }
}
