import Broker
import Foundation
import KafkaProtocol
import Logging
import Records
import Testing
import Transport

@testable import KafkaClient

/// The client against the broker of this package, over a socket and within the process.
@Suite(.timeLimit(.minutes(10))) struct BrokerIntegrationTests {
    enum Medium: CaseIterable {
        case tcp
        case inProcess
    }

    /// Runs `body` with a client of a fresh broker, and takes both down.
    private func withClient(_ medium: Medium, _ body: (KafkaClient) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-client-\(UUID())")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let properties = ["log.dirs": folder.path, "listeners": "PLAINTEXT://127.0.0.1:0"]
        let broker = BrokerServer(try BrokerConfiguration(properties: properties), logger: logger)
        try await broker.start()
        let port = try #require(broker.port)
        let inProcess = try #require(broker.inProcessTransport)
        let transport: any ClientTransport = medium == .tcp ? TCPClientTransport() : inProcess
        let address = NetworkAddress(host: "127.0.0.1", port: port)
        let client = KafkaClient(
            ClientConfiguration(bootstrapServers: [address]),
            transport: transport,
            logger: logger
        )
        do {
            try await body(client)
        } catch {
            await client.close()
            try await broker.stop()
            throw error
        }
        await client.close()
        try await broker.stop()
    }

    @Test(arguments: Medium.allCases)
    func `topics are created, described, listed and deleted`(medium: Medium) async throws {
        try await withClient(medium) { client in
            let admin = AdminClient(client)
            let created = try await admin.createTopics([NewTopic("orders", partitions: 3, replicationFactor: 1)])
            #expect(try created["orders"]?.get().numPartitions == 3)
            let again = try await admin.createTopics([NewTopic("orders", partitions: 3)])
            #expect(throws: KafkaError.self) { try again["orders"]?.get() }
            #expect(try await admin.listTopics().map(\.name) == ["orders"])
            let described = try await admin.describeTopics(["orders", "nowhere"])
            #expect(try described["orders"]?.get().partitions.count == 3)
            #expect(throws: KafkaError.self) { try described["nowhere"]?.get() }
            let deleted = try await admin.deleteTopics(["orders"])
            try deleted["orders"]?.get()
            #expect(try await admin.listTopics().isEmpty)
        }
    }

    @Test(arguments: Medium.allCases)
    func `the cluster and configs are described`(medium: Medium) async throws {
        try await withClient(medium) { client in
            let admin = AdminClient(client)
            let cluster = try await admin.describeCluster()
            #expect(cluster.brokers.count == 1)
            #expect(cluster.clusterID?.isEmpty == false)
            _ = try await admin.createTopics([NewTopic("t", partitions: 1, configs: ["retention.ms": "1000"])])
            let resource = ConfigResource(.topic, "t")
            let configs = try await admin.describeConfigs([resource])[resource]?.get()
            #expect(configs?.first { $0.name == "retention.ms" }?.value == "1000")
        }
    }

    @Test(arguments: Medium.allCases)
    func `what is produced is in the log`(medium: Medium) async throws {
        try await withClient(medium) { client in
            let admin = AdminClient(client)
            _ = try await admin.createTopics([NewTopic("t", partitions: 2)])
            let producer = try Producer(client)
            for number in 0..<1000 {
                try Array("\(number)".utf8).withUnsafeBytes { value in
                    try producer.enqueue(
                        topic: "t",
                        partition: PartitionIndex(Int32(number % 2)),
                        timestamp: Timestamp(Int64(number)),
                        key: nil,
                        value: value
                    )
                }
            }
            try await producer.flush()
            let ends = try await admin.listOffsets([
                TopicPartition("t", 0): .latest, TopicPartition("t", 1): .latest,
            ])
            #expect(try ends.values.map { try $0.get().offset } == [500, 500])
            let found = try await admin.listOffsets([TopicPartition("t", 1): .timestamp(Timestamp(501))])
            #expect(try found[TopicPartition("t", 1)]?.get().offset == 250)
            let metadata = try await producer.send(ProducerRecord(topic: "t", partition: 0, value: [1]))
            #expect(metadata.offset == 500)
            await producer.close()
        }
    }
}
