import Logging
import NIOPosix
import Records
import Transport

@testable import KafkaClient

/// A client of a ``FakeBroker`` within the process, with short waits.
struct ClientBench {
    let broker: FakeBroker
    let client: KafkaClient

    init(topics: [TopicName: Int32] = [:], seed: UInt64 = 1, _ change: (inout ClientConfiguration) -> Void = { _ in }) {
        broker = FakeBroker(topics: topics)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = InProcessListener(service: broker, logger: logger)
        var configuration = ClientConfiguration(bootstrapServers: [NetworkAddress(host: "boot", port: 9092)])
        configuration.retryBackoff = .milliseconds(1)
        configuration.retryBackoffMax = .milliseconds(5)
        configuration.reconnectBackoff = .milliseconds(1)
        configuration.reconnectBackoffMax = .milliseconds(5)
        change(&configuration)
        let generator = SharedGenerator(seed: seed)
        client = KafkaClient(configuration, transport: InProcessClientTransport(listener), logger: logger) {
            generator.next()
        }
    }

    func producer(_ change: (inout ProducerConfiguration) -> Void = { _ in }) throws -> Producer {
        var configuration = ProducerConfiguration()
        configuration.retryBackoff = .milliseconds(1)
        configuration.retryBackoffMax = .milliseconds(5)
        configuration.linger = .zero
        change(&configuration)
        return try Producer(client, configuration)
    }
}
