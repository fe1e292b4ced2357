import Broker
import Foundation
import KafkaProtocol
import Logging
import Records
import Synchronization
import Testing
import Transport

@testable import KafkaClient

/// A fresh broker within the process, with a client that is ready to use.
struct ConsumerHarness {
    let client: KafkaClient
    let admin: AdminClient
    let producer: Producer

    /// Runs `body` and takes everything down.
    static func run(_ body: (ConsumerHarness) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-consumer-\(UUID())")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let properties = [
            "log.dirs": folder.path, "listeners": "PLAINTEXT://127.0.0.1:0",
            "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "1",
            "offsets.topic.replication.factor": "1",
        ]
        let broker = BrokerServer(
            try BrokerConfiguration(properties: properties),
            access: .processOnly,
            logger: logger
        )
        try await broker.start()
        let transport = try #require(broker.inProcessTransport)
        let client = KafkaClient(
            ClientConfiguration(bootstrapServers: [NetworkAddress(host: "localhost", port: 9092)]),
            transport: transport,
            logger: logger
        )
        let producer = try Producer(client)
        let harness = ConsumerHarness(client: client, admin: AdminClient(client), producer: producer)
        let result: Result<Void, any Error>
        do {
            try await body(harness)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await producer.close()
        await client.close()
        try await broker.stop()
        try result.get()
    }

    /// Makes a topic.
    func topic(_ name: TopicName, partitions: Int32 = 1) async throws {
        let created = try await admin.createTopics([NewTopic(name, partitions: partitions, replicationFactor: 1)])
        _ = try created[name]?.get()
    }

    /// Writes the numbers as values, one batch each where `isBatched` is false.
    func write(_ numbers: Range<Int>, to partition: TopicPartition, isBatched: Bool = true) async throws {
        for number in numbers {
            try Array("\(number)".utf8).withUnsafeBytes { value in
                try producer.enqueue(
                    topic: partition.topic,
                    partition: partition.partition,
                    timestamp: Timestamp(Int64(number)),
                    key: nil,
                    value: value
                )
            }
            if !isBatched { try await producer.flush() }
        }
        try await producer.flush()
    }

    func consumer(
        group: GroupID? = nil,
        _ strategies: [AssignmentStrategy] = [.range],
        _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) throws -> Consumer {
        var configuration = ConsumerConfiguration(groupID: group)
        configuration.autoOffsetReset = .earliest
        configuration.assignmentStrategies = strategies
        configuration.heartbeatInterval = .milliseconds(20)
        configuration.retryBackoff = .milliseconds(5)
        configuration.fetchMaxWait = .milliseconds(50)
        change(&configuration)
        return try Consumer(client, configuration)
    }
}

extension Consumer {
    /// Polls until there are so many values, in order of arrival.
    func values(_ count: Int) async throws -> [Int] {
        var values: [Int] = []
        while values.count < count {
            for fetched in try await poll(timeout: .seconds(300)) { values += try fetched.values() }
        }
        return values
    }

    /// Polls until `condition` holds.
    func poll(until condition: () -> Bool) async throws {
        while !condition() { _ = try await poll(timeout: .milliseconds(10)) }
    }
}

extension FetchedPartition {
    func values() throws -> [Int] {
        try records().compactMap { $0.value.flatMap { $0.utf8 }.flatMap { Int($0) } }
    }
}

/// Writes down what it is told.
final class RecordingListener: RebalanceListener {
    enum Event: Equatable {
        case revoked([TopicPartition])
        case assigned([TopicPartition])
        case lost([TopicPartition])
    }

    private let log = Mutex<[Event]>([])

    var events: [Event] { log.withLock { $0 } }

    func partitionsRevoked(_ partitions: Set<TopicPartition>) {
        log.withLock { $0.append(.revoked(partitions.sorted())) }
    }
    func partitionsAssigned(_ partitions: Set<TopicPartition>) {
        log.withLock { $0.append(.assigned(partitions.sorted())) }
    }
    func partitionsLost(_ partitions: Set<TopicPartition>) { log.withLock { $0.append(.lost(partitions.sorted())) } }
}
