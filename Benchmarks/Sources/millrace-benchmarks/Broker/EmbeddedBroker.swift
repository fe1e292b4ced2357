import Broker
import CommitLog
import KafkaClient
import Records
import Transport

/// A broker in this process, with a client of its own.
final class EmbeddedBroker {
    let server: BrokerServer
    let client: KafkaClient
    let transport: any ClientTransport
    let folder: String

    /// - Parameter sockets: Whether it also listens on a port of 127.0.0.1.
    /// - Parameter overrides: Properties beside those that every benchmark has.
    init(_ workspace: Workspace, sockets: Bool = false, _ overrides: [String: String] = [:]) async throws {
        folder = try workspace.folder("broker")
        let properties = [
            "log.dirs": folder, "listeners": "PLAINTEXT://127.0.0.1:0", "num.partitions": "1",
            "offsets.topic.num.partitions": "1", "log.retention.ms": "-1", "group.initial.rebalance.delay.ms": "0",
        ]
        server = BrokerServer(
            try BrokerConfiguration(properties: properties.merging(overrides) { $1 }),
            access: sockets ? .socketsAndProcess : .processOnly,
            logger: AppendLoop.quiet
        )
        try await server.start()
        guard let transport = server.inProcessTransport else { throw BenchmarkError("the broker did not start") }
        self.transport = transport
        client = KafkaClient(
            ClientConfiguration(bootstrapServers: [EmbeddedBroker.address]),
            transport: transport,
            logger: AppendLoop.quiet
        )
    }

    static let address = NetworkAddress(host: "127.0.0.1", port: 9092)

    func connect() async throws -> any ClientConnection { try await transport.connect(to: EmbeddedBroker.address) }

    func createTopic(_ name: TopicName, partitions: Int32 = 1, configs: [String: String] = [:]) async throws {
        var topic = NewTopic(name, partitions: partitions)
        topic.configs = configs
        let results = try await AdminClient(client).createTopics([topic])
        _ = try results[name]?.get()
    }

    func stop() async throws {
        await client.close()
        try await server.stop()
    }
}
