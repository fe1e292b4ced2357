import Broker
import CommitLog
import KafkaProtocol
import Records
import Transport

/// The 99th percentile of a produce while 1 GB is compacted beside it, against the same without.
struct CompactionBenchmark: Benchmark {
    let name = "compaction"
    let summary = "p99 of a produce while 1 GB is compacted, against the same without"

    private let bytes = 1 << 30
    private let recordsPerBatch = 900
    private let distinctBatches = 64

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try await EmbeddedBroker(workspace, sockets: true, ["log.cleaner.backoff.ms": "50"])
        guard let port = broker.server.port else { throw BenchmarkError("the broker has no port") }
        try await broker.createTopic("measured")
        try await broker.createTopic("compacted", configs: ["segment.bytes": "134217728"])
        try await load(broker)
        let socket = try FrameSocket(port: port, answerCapacity: 1 << 16)
        let frame = try measuredFrame()
        // As long without as with.
        var quiet: [Double] = []
        for _ in 0..<20_000 { quiet.append(try roundTrip(frame, socket)) }
        let compact = IncrementalAlterConfigsRequest(resources: [
            .init(
                resourceType: 2,
                resourceName: "compacted",
                configs: [.init(name: "cleanup.policy", configOperation: 0, value: "compact")]
            )
        ])
        try socket.exchange(try compact.frame(version: 1, correlationID: 1, clientID: "benchmark").frame)
        let begun = Clock.wall.now
        var busy: [Double] = []
        while try cleanedOffset(broker.folder) == 0 {
            for _ in 0..<200 { busy.append(try roundTrip(frame, socket)) }
            guard Clock.wall.now - begun < 300e9 else { throw BenchmarkError("1 GB was not compacted in 5 minutes") }
        }
        printError("  compacted in \(((Clock.wall.now - begun) / 1e9).formatted(digits: 1)) s, \(busy.count) produces")
        for (what, share) in [("p99", 0.99), ("p50", 0.5)] {
            session.add(
                Figure(
                    benchmark: name,
                    what: "\(what) of a produce of 1 kB while 1 GB is compacted",
                    unit: "ns/produce",
                    clock: Clock.wall.rawValue,
                    ours: busy.percentile(share),
                    limit: quiet.percentile(share),
                    budget: what == "p99" ? 2 : nil
                )
            )
        }
        try await broker.stop()
    }

    private func roundTrip(_ frame: [UInt8], _ socket: FrameSocket) throws -> Double {
        let start = Clock.wall.now
        try socket.exchange(frame)
        return Clock.wall.now - start
    }

    private func measuredFrame() throws -> [UInt8] {
        let records = RecordsPayload(try SampleRecords.record(valueSize: 1000))
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 30_000,
            topicData: [.init(name: "measured", partitionData: [.init(index: 0, records: records)])]
        )
        return try request.frame(version: 9, correlationID: 1, clientID: "benchmark").frame
    }

    /// Fills the topic: each key comes up again and again.
    private func load(_ broker: EmbeddedBroker) async throws {
        let connection = try await broker.connect()
        var sent = 0
        while sent < bytes {
            for number in 0..<distinctBatches where sent < bytes {
                var builder = RecordBatchBuilder()
                for index in 0..<recordsPerBatch {
                    let key = Bytes(utf8: "key-\(number)-\(index)")
                    builder.append(timestamp: .now(), key: key, value: Bytes((0..<1100).map { UInt8($0 & 0x7f) }))
                }
                let batch = try builder.build()
                try await ProduceLoop.run(batch, 1, to: "compacted", connection)
                sent += batch.count
            }
        }
        connection.close()
    }

    private func cleanedOffset(_ folder: String) throws -> Int64 {
        let file = OffsetCheckpointFile(OffsetCheckpointFile.cleanerName, in: folder, fileSystem: RealFileSystem())
        return try file.read()[TopicPartition("compacted", 0)]?.rawValue ?? 0
    }
}

extension [Double] {
    /// The value below which `share` of all lie.
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return sorted[Swift.min(count - 1, Int(Double(count) * share))]
    }
}
