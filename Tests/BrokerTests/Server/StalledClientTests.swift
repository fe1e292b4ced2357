import Foundation
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import Records
import Testing
import Transport

@testable import Broker

/// Clients that stop reading or writing keep nobody else waiting, and lose nothing by it. Over sockets.
@Suite(.timeLimit(.minutes(10))) struct StalledClientTests {
    private static let fetchesOfEach = 64
    private static let batchSize = 1 << 20

    @Test func `stalled readers and writers change nothing for the others`() async throws {
        try await withBroker { port in
            let client = try await SocketClient(port)
            try await client.createTopic("big")
            try await client.createTopic("orders")
            let value = String(repeating: "x", count: StalledClientTests.batchSize)
            #expect(try await client.produce(value, to: "big") == 0)

            // Several for each of the broker's event loops. Readers ask for 64 MiB each; writers announce 64 MiB.
            var readers: [StalledPeer] = []
            for _ in 0..<8 {
                let reader = try await StalledPeer(port)
                for id in 1...StalledClientTests.fetchesOfEach {
                    reader.send(try client.fetchFrame("big", id: Int32(id)))
                }
                readers.append(reader)
            }
            var writers: [StalledPeer] = []
            for part in [[0x04, 0, 0, 0, 0, 0, 0, 12], [0x04, 0], [0, 0, 0, 40, 0, 1]] as [[UInt8]] {
                for _ in 0..<8 {
                    let writer = try await StalledPeer(port)
                    writer.send(part)
                    writers.append(writer)
                }
            }

            for n in 0..<100 {
                #expect(try await client.produce("order \(n)", to: "orders") == Int64(n))
                #expect(try await client.fetch("orders", from: Int64(n)) == ["order \(n)"])
            }

            // One of them reads on, and has everything it asked for, in order.
            let ids = try await readers[0].readAnswers(StalledClientTests.fetchesOfEach)
            #expect(ids == Array(1...Int32(StalledClientTests.fetchesOfEach)))
            for peer in readers + writers { peer.close() }
            client.close()
        }
    }

    private func withBroker(_ body: (Int) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-stalled-\(UUID())")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let properties = [
            "log.dirs": folder.path, "listeners": "PLAINTEXT://127.0.0.1:0", "message.max.bytes": "2097152",
        ]
        let broker = BrokerServer(
            try BrokerConfiguration(properties: properties),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await broker.start()
        do {
            try await body(try #require(broker.port))
        } catch {
            try await broker.stop()
            throw error
        }
        try await broker.stop()
    }
}

/// A socket that sends what it is told to, and reads nothing until it is asked to.
private final class StalledPeer: Sendable {
    private let channel: any Channel

    init(_ port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 4096)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// The correlation ids of the next answers.
    func readAnswers(_ count: Int) async throws -> [Int32] {
        let answers = channel.eventLoop.makePromise(of: [Int32].self)
        try await channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.addHandler(AnswerReader(count, answers))
        }.get()
        try await channel.setOption(.autoRead, value: true).get()
        return try await answers.futureResult.get()
    }

    func close() { channel.close(promise: nil) }
}

/// Cuts the answers apart and keeps their correlation ids.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let count: Int
    private let answers: EventLoopPromise<[Int32]>
    private var ids: [Int32] = []
    private var gathered = ByteBuffer()

    init(_ count: Int, _ answers: EventLoopPromise<[Int32]>) {
        self.count = count
        self.answers = answers
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        gathered.writeImmutableBuffer(unwrapInboundIn(data))
        while let length = gathered.getInteger(at: gathered.readerIndex, as: Int32.self),
            let id = gathered.getInteger(at: gathered.readerIndex + 4, as: Int32.self),
            gathered.readableBytes >= 4 + Int(length)
        {
            gathered.moveReaderIndex(forwardBy: 4 + Int(length))
            ids.append(id)
        }
        gathered.discardReadBytes()
        if ids.count >= count { answers.succeed(ids) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answers.fail(TestFailure("the broker closed the connection after \(ids.count) answers"))
    }
}

/// A well-behaved client over a socket of its own.
private final class SocketClient: Sendable {
    private let connection: any ClientConnection

    init(_ port: Int) async throws {
        connection = try await TCPClientTransport().connect(
            to: NetworkAddress(host: "127.0.0.1", port: port),
            timeout: .seconds(60),
            on: nil,
            onClose: { _ in }
        ).get()
    }

    func close() { connection.close() }

    private func send<R: KafkaRequest>(_ request: R, version: Int16) async throws -> R.Response {
        let frame = try request.frame(version: version, correlationID: 1, clientID: "test")
        let reply = try await connection.roundTrip(frame)
        let (_, body) = try ResponseHeader.decode(reply, for: R.apiKey, version)
        return try R.Response.decode(body, version: version)
    }

    func createTopic(_ name: TopicName) async throws {
        let request = CreateTopicsRequest(topics: [.init(name: name, numPartitions: 1, replicationFactor: 1)])
        let result = try await send(request, version: 7).topics.first
        guard result?.errorCode == ErrorCode.none else { throw TestFailure("the topic was not made: \(result as Any)") }
    }

    /// Answers the record's offset.
    func produce(_ value: String, to topic: TopicName) async throws -> Int64? {
        let records = RecordsPayload(try batch([value]))
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 1000,
            topicData: [.init(name: topic, partitionData: [.init(index: 0, records: records)])]
        )
        let result = try await send(request, version: 12).responses.first?.partitionResponses.first
        guard result?.errorCode == ErrorCode.none else { throw TestFailure("not produced: \(result as Any)") }
        return result?.baseOffset.rawValue
    }

    func fetch(_ topic: TopicName, from offset: Int64) async throws -> [String] {
        let data = try await send(request(topic, offset), version: 12).responses.first?.partitions.first
        guard let records = data?.records else { throw TestFailure("the fetch answer has no records: \(data as Any)") }
        return try RecordBatch.batches(in: try records.load()).all().flatMap { try $0.records() }
            .compactMap { $0.value?.utf8 }
    }

    private func request(_ topic: TopicName, _ offset: Int64) -> FetchRequest {
        FetchRequest(
            maxWaitMs: 0,
            minBytes: 1,
            topics: [
                .init(
                    topic: topic,
                    partitions: [.init(partition: 0, fetchOffset: Offset(offset), partitionMaxBytes: 1 << 20)]
                )
            ]
        )
    }

    /// A whole frame that asks for the topic's first batch.
    func fetchFrame(_ topic: TopicName, id: Int32) throws -> [UInt8] {
        let parts = try request(topic, 0).frame(version: 12, correlationID: id, clientID: "test")
        var body: [UInt8] = []
        for case .bytes(let bytes) in parts { bytes.withUnsafeBytes { body.append(contentsOf: $0) } }
        return withUnsafeBytes(of: Int32(body.count).bigEndian) { Array($0) } + body
    }
}
