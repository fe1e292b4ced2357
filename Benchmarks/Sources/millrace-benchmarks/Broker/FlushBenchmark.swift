import Broker
import CommitLog
import KafkaClient
import Records
import Transport

/// 64 producers to a topic with `flush.messages=1` and to one without: with group commit they share the disk's work.
///
/// Each has five requests on the way, which is the default of Kafka's producers (`max.in.flight.requests.per.connection`).
/// For comparison also one: then a producer does nothing while the disk works on its record.
struct FlushBenchmark: Benchmark {
    let name = "flush"
    let summary = "64 producers with flush.messages=1 against 64 without"

    private let producers = 64
    private let requestsPerProducer = 300

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try await EmbeddedBroker(workspace)
        try await broker.createTopic("flushed", configs: ["flush.messages": "1"])
        try await broker.createTopic("unflushed")
        var connections: [any ClientConnection] = []
        for _ in 0..<producers { connections.append(try await broker.connect()) }
        let batch = try SampleRecords.record(valueSize: 1000)
        for (inFlight, budget) in [(5, 2), (1, nil)] as [(Int, Double?)] {
            try await session.compare(
                "record of 1 kB, 64 producers, \(inFlight) in flight each, flush.messages=1",
                per: "record",
                clocks: [.wall, .process],
                budget: budget
            ) { _ in
                try await produce(batch, to: "flushed", connections, inFlight)
            } limit: { _ in
                try await produce(batch, to: "unflushed", connections, inFlight)
            }
        }
        for connection in connections { connection.close() }
        try await broker.stop()
    }

    private func produce(
        _ batch: Bytes,
        to topic: TopicName,
        _ connections: [any ClientConnection],
        _ inFlight: Int
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for connection in connections {
                tasks.addTask {
                    try await ProduceLoop.run(batch, requestsPerProducer, to: topic, connection, inFlight: inFlight)
                }
            }
            try await tasks.waitForAll()
        }
        return connections.count * requestsPerProducer
    }
}
