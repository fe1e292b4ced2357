import Broker
import Foundation
import KafkaClient
import Logging
import Records
import Streams
import Transport

/// A broker in a folder of its own, and what a test does with it beside running applications.
struct TestCluster {
    /// The way to the broker.
    enum Medium: CaseIterable, Sendable {
        case tcp
        case inProcess
    }

    let folder: String
    let client: KafkaClient
    let admin: AdminClient
    let producer: Producer
    let bootstrapServer: String
    let transport: any ClientTransport

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a fresh broker, and takes it down.
    static func with(_ medium: Medium = .inProcess, _ body: (TestCluster) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-streams-\(UUID())")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let properties = [
            "log.dirs": folder.appending(path: "broker").path, "listeners": "PLAINTEXT://127.0.0.1:0",
            "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "1",
            "auto.create.topics.enable": "false", "log.initial.task.delay.ms": "86400000",
        ]
        let broker = BrokerServer(try BrokerConfiguration(properties: properties), logger: quiet)
        try await broker.start()
        do {
            let cluster = try TestCluster(folder.path, broker, medium)
            do {
                try await body(cluster)
            } catch {
                await cluster.close()
                throw error
            }
            await cluster.close()
        } catch {
            try await broker.stop()
            throw error
        }
        try await broker.stop()
    }

    private init(_ folder: String, _ broker: BrokerServer, _ medium: Medium) throws {
        guard let port = broker.port, let inProcess = broker.inProcessTransport else { throw CancellationError() }
        self.folder = folder
        bootstrapServer = "127.0.0.1:\(port)"
        transport = medium == .tcp ? TCPClientTransport() : inProcess
        let address = NetworkAddress(host: "127.0.0.1", port: port)
        client = KafkaClient(
            ClientConfiguration(bootstrapServers: [address]),
            transport: transport,
            logger: TestCluster.quiet
        )
        admin = AdminClient(client)
        producer = try Producer(client)
    }

    private func close() async {
        await producer.close()
        await client.close()
    }

    // MARK: Topics and records

    func create(_ topics: [TopicName: Int32]) async throws {
        let new = topics.map { NewTopic($0.key, partitions: $0.value) }
        for result in try await admin.createTopics(new).values { _ = try result.get() }
    }

    func produce(_ topic: TopicName, _ records: [(String, String)], at time: Int64? = nil) async throws {
        for (number, (key, value)) in records.enumerated() {
            let timestamp = time.map { Timestamp($0 + Int64(number)) }
            try await producer.send(
                ProducerRecord(topic: topic, timestamp: timestamp, key: Bytes(utf8: key), value: Bytes(utf8: value))
            )
        }
    }

    /// Reads a topic from its start until `isDone` of all that was read, in the order of timestamps by partition.
    func read(
        _ topic: TopicName,
        until isDone: ([ConsumerRecord]) throws -> Bool
    ) async throws -> [ConsumerRecord] {
        let count = try await client.metadata(for: [topic]).topics[topic]?.partitions.count ?? 0
        var configuration = ConsumerConfiguration()
        configuration.autoOffsetReset = .earliest
        let consumer = try Consumer(client, configuration)
        try consumer.assign(Set((0..<count).map { TopicPartition(topic, PartitionIndex(Int32($0))) }))
        var records: [ConsumerRecord] = []
        while try !isDone(records) {
            try Task.checkCancellation()
            for fetched in try await consumer.poll(timeout: .seconds(1)) { records += try fetched.records() }
        }
        try await consumer.close()
        return records
    }

    /// `key:value` of so many records of a topic, sorted.
    func texts(_ topic: TopicName, _ count: Int) async throws -> [String] {
        try await read(topic) { $0.count >= count }.map { "\(text($0.key)):\(text($0.value))" }.sorted()
    }

    /// The last count of each key of a topic of counts, as soon as they add up to `total`.
    func counts(_ topic: TopicName, total: Int64) async throws -> [String: Int64] {
        func last(_ records: [ConsumerRecord]) throws -> [String: Int64] {
            var counts: [String: Int64] = [:]
            for record in records { counts[text(record.key)] = try Int64.serde.value(of: record.value) }
            return counts
        }
        return try last(try await read(topic) { try last($0).values.reduce(0, +) >= total })
    }

    private func text(_ bytes: Bytes?) -> String {
        bytes.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } } ?? "null"
    }

    // MARK: Applications

    func configuration(_ applicationID: String, state: String = "state") -> StreamsConfiguration {
        var configuration = StreamsConfiguration(applicationID: applicationID, bootstrapServers: [bootstrapServer])
        configuration.stateDirectory = "\(folder)/\(state)"
        configuration.clientProperties["producer.linger.ms"] = "0"
        // Members hear of rebalances by heartbeat.
        configuration.clientProperties["consumer.heartbeat.interval.ms"] = "100"
        return configuration
    }

    func streams(_ topology: Topology, _ configuration: StreamsConfiguration) throws -> KafkaStreams {
        try KafkaStreams(topology, configuration, transport: transport, logger: TestCluster.quiet)
    }

    /// Runs an application for as long as `body` takes, and closes it.
    func run(
        _ topology: Topology,
        _ configuration: StreamsConfiguration,
        _ body: (KafkaStreams) async throws -> Void
    ) async throws {
        let streams = try streams(topology, configuration)
        do {
            try await streams.start()
            try await body(streams)
        } catch {
            await streams.close()
            throw streams.failure ?? error
        }
        await streams.close()
    }
}

extension KafkaStreams {
    /// Waits until the metrics are as wanted; throws what ended the instance before.
    func wait(until isDone: (StreamsMetrics) -> Bool) async throws {
        for await metrics in metricsUpdates where isDone(metrics) { return }
        throw failure ?? CancellationError()
    }

    /// Waits for the end.
    func waitForEnd() async {
        for await state in states where state.isTerminal { return }
    }
}
