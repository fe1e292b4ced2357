import Broker
import CommitLog
import KafkaProtocol
import Records
import Transport

/// Fetches a megabyte at a time from a warm log over TCP, against sendfile in C of the same regions of the same file.
/// The same blocking client reads both.
struct FetchBenchmark: Benchmark {
    let name = "fetch"
    let summary = "fetch 1 MB from a warm log over TCP, against sendfile in C"

    private static let version: Int16 = 12
    private static let fetchBytes = 1 << 20
    private static let batchesPerFetch = 64
    private static let fetches = 64
    private static let repeats = 4

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let batch = try SampleRecords.batch(ofBytes: FetchBenchmark.fetchBytes / FetchBenchmark.batchesPerFetch)
        let recordsPerFetch = Int64(try RecordBatch(batch).recordCount) * Int64(FetchBenchmark.batchesPerFetch)
        let broker = try await EmbeddedBroker(workspace, sockets: true)
        guard let port = broker.server.port else { throw BenchmarkError("the broker has no port") }
        try await broker.createTopic("topic")
        let connection = try await broker.connect()
        let count = FetchBenchmark.batchesPerFetch * (FetchBenchmark.fetches + 1)
        try await ProduceLoop.run(batch, count, to: "topic", connection)
        connection.close()

        let requests = try (0..<FetchBenchmark.fetches).map {
            try FetchBenchmark.request(at: Offset(recordsPerFetch * Int64($0)))
        }
        let socket = try FrameSocket(port: port, answerCapacity: FetchBenchmark.fetchBytes * 2)
        let size = try socket.exchange(requests[0])
        try FetchBenchmark.check(socket.answer(size))

        let file = try RealFileSystem().open("\(broker.folder)/topic-0/00000000000000000000.log", .read)
        guard let descriptor = file.descriptor else { throw BenchmarkError("the segment has no descriptor") }
        let server = try LimitServer.sendfile(descriptor, headBytes: size - FetchBenchmark.fetchBytes)
        var limitSocket: FrameSocket? = try FrameSocket(
            port: server.port,
            answerCapacity: FetchBenchmark.fetchBytes * 2
        )
        let regions = (0..<FetchBenchmark.fetches).map { index in
            FetchBenchmark.region(batch.count * FetchBenchmark.batchesPerFetch * index)
        }
        try await session.compare("fetch of 1 MB", per: "fetch", clocks: [.wall, .process], budget: 1.5) { _ in
            try FetchBenchmark.run(requests, socket, expecting: size)
        } limit: { _ in
            guard let limitSocket else { return 0 }
            return try FetchBenchmark.run(regions, limitSocket, expecting: size)
        }
        limitSocket = nil
        server.join()
        try await broker.stop()
    }

    private static func run(_ frames: [[UInt8]], _ socket: FrameSocket, expecting size: Int) throws -> Int {
        for _ in 0..<repeats {
            for frame in frames {
                let received = try socket.exchange(frame)
                // A varint in the answer's head may differ in length.
                guard abs(received - size) < 16 else { throw BenchmarkError("\(received) bytes came, not \(size)") }
            }
        }
        return frames.count * repeats
    }

    private static func request(at offset: Offset) throws -> [UInt8] {
        var partition = FetchRequest.FetchPartition()
        partition.partition = 0
        partition.fetchOffset = offset
        partition.partitionMaxBytes = Int32(fetchBytes)
        var topic = FetchRequest.FetchTopic()
        topic.topic = "topic"
        topic.partitions = [partition]
        var request = FetchRequest()
        request.maxWaitMs = 500
        request.minBytes = 1
        request.maxBytes = Int32(fetchBytes)
        request.topics = [topic]
        return try request.frame(version: version, correlationID: 1, clientID: "benchmark").frame
    }

    private static func region(_ position: Int) -> [UInt8] {
        let numbers = [Int64(position), Int64(fetchBytes)]
        return withUnsafeBytes(of: UInt32(16).bigEndian) { Array($0) } + numbers.withUnsafeBytes { Array($0) }
    }

    private static func check(_ answer: Bytes) throws {
        let (_, body) = try ResponseHeader.decode(answer, for: .fetch, version)
        let response = try FetchResponse.decode(body, version: version)
        guard let partition = response.responses.first?.partitions.first, partition.errorCode == .none,
            partition.records?.count == fetchBytes
        else { throw BenchmarkError("the fetch was answered with \(response)") }
    }
}
