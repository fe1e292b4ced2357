import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization
import Transport

@testable import Broker

/// A broker over a simulated disk and the in-process transport, and one client connection to it.
final class TestBroker: Sendable {
    let server: BrokerServer
    let connection: any ClientConnection
    private let nextCorrelationID = Mutex<Int32>(1)

    /// Starts a broker on `disk`. `properties` override those of a small one-node broker.
    init(disk: any FileSystem = MemoryFileSystem(), _ properties: [String: String] = [:]) async throws {
        // Records of these tests are from 1970: retention must not come by, however slow the machine is.
        let quiet = ["log.dirs": "/data", "node.id": "1", "log.initial.task.delay.ms": "86400000"]
        let merged = quiet.merging(properties) { _, override in override }
        server = BrokerServer(
            try BrokerConfiguration(properties: merged),
            access: .processOnly,
            fileSystem: disk,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.start()
        guard let transport = server.inProcessTransport else { throw TestFailure("the broker does not run") }
        connection = try await transport.connect(
            to: NetworkAddress(host: "broker", port: 9092),
            timeout: .seconds(300),
            on: nil,
            onClose: { _ in }
        ).get()
    }

    /// Sends a request and waits for its answer.
    func send<R: KafkaRequest>(_ request: R, version: Int16? = nil, clientID: String = "test") async throws
        -> R.Response
    {
        let version = version ?? R.versions.upperBound
        let reply = try await sendFrame(
            try request.frame(version: version, correlationID: takeCorrelationID(), clientID: clientID)
        )
        let (_, body) = try ResponseHeader.decode(reply, for: R.apiKey, version)
        return try R.Response.decode(body, version: version)
    }

    /// Sends a frame as it is and waits for the frame that answers it.
    func sendFrame(_ parts: [BytesPart]) async throws -> Bytes {
        try await withCheckedThrowingContinuation { continuation in
            connection.send(parts, deadline: .now() + .seconds(300)) { continuation.resume(with: $0) }
        }
    }

    /// Another connection to the same broker.
    func connect() async throws -> any ClientConnection {
        guard let transport = server.inProcessTransport else { throw TestFailure("the broker does not run") }
        return try await transport.connect(
            to: NetworkAddress(host: "broker", port: 9092),
            timeout: .seconds(300),
            on: nil,
            onClose: { _ in }
        ).get()
    }

    func stop() async throws {
        connection.close()
        try await server.stop()
    }

    private func takeCorrelationID() -> Int32 {
        nextCorrelationID.withLock { id in
            defer { id += 1 }
            return id
        }
    }

    // MARK: What tests often ask for

    /// Makes a topic. Answers its id.
    @discardableResult
    func createTopic(
        _ name: TopicName,
        partitions: Int32 = 1,
        configs: [String: String] = [:]
    ) async throws -> TopicID {
        let topic = CreateTopicsRequest.CreatableTopic(
            name: name,
            numPartitions: partitions,
            replicationFactor: 1,
            configs: configs.map { .init(name: $0.key, value: $0.value) }
        )
        let response = try await send(CreateTopicsRequest(topics: [topic]))
        guard let result = response.topics.first, result.errorCode == .none else {
            throw TestFailure("the topic was not made: \(response)")
        }
        return result.topicId
    }

    /// Appends one batch of `values`.
    func produce(
        _ values: [String],
        to topic: TopicName,
        acks: Int16 = -1,
        version: Int16 = 12
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        let request = ProduceRequest(
            acks: acks,
            timeoutMs: 1000,
            topicData: [
                .init(name: topic, partitionData: [.init(index: 0, records: RecordsPayload(try batch(values)))])
            ]
        )
        guard let result = try await send(request, version: version).responses.first?.partitionResponses.first else {
            throw TestFailure("the produce answer has no partition")
        }
        return result
    }

    /// The values of the partition's records from `offset` on.
    func fetch(_ topic: TopicName, from offset: Offset = 0, maxWaitMs: Int32 = 0) async throws -> [String] {
        let request = FetchRequest(
            maxWaitMs: maxWaitMs,
            minBytes: 1,
            topics: [
                .init(topic: topic, partitions: [.init(partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20)])
            ]
        )
        let response = try await send(request, version: 12)
        guard let data = response.responses.first?.partitions.first, let records = data.records else {
            throw TestFailure("the fetch answer has no partition")
        }
        guard data.errorCode == .none else { throw TestFailure("\(data.errorCode)") }
        return try RecordBatch.batches(in: try records.load()).all().flatMap { try $0.records() }
            .filter { $0.offset >= offset }.compactMap { $0.value?.utf8 }
    }
}

/// One batch of `values` without keys.
func batch(_ values: [String], timestamp: Timestamp = 1000) throws -> Bytes {
    var builder = RecordBatchBuilder()
    for value in values { builder.append(timestamp: timestamp, key: nil, value: Bytes(utf8: value)) }
    return try builder.build()
}

/// A test cannot go on.
struct TestFailure: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
