import CommitLog
import Logging
import Records

/// Appends batches of 16 KB to a partition's log, against CRC and pwrite of the same bytes.
struct AppendBenchmark: Benchmark {
    let name = "append"
    let summary = "append 16 KB batches to a log, against CRC and pwrite alone"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let batch = try SampleRecords.batch(ofBytes: 16 << 10)
        try await session.compare("append of 16 KB batches", per: "batch", budget: 1.5) { watch in
            try AppendLoop.append(batch, 4000, workspace, watch)
        } limit: { watch in
            try AppendLoop.write(batch, 4000, workspace, watch)
        }
    }
}

/// Appends the same batch again and again: to a log, or with nothing but the system's calls.
enum AppendLoop {
    static let quiet = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }

    /// To a new log, by ``PartitionLog``.
    static func append(_ batch: Bytes, _ count: Int, _ workspace: Workspace, _ watch: Stopwatch) throws -> Int {
        let folder = try workspace.folder("log")
        let log = try PartitionLog.open(
            directory: "\(folder)/topic-0",
            topicPartition: TopicPartition("topic", 0),
            fileSystem: RealFileSystem(),
            recovery: .clean,
            logger: quiet,
            now: Timestamp(SampleRecords.startTime)
        )
        watch.start()
        // The log writes its offsets into the bytes, and takes none but 0 from a client.
        let batch = batch.copied()
        for _ in 0..<count {
            RecordBatch.assign(baseOffset: 0, leaderEpoch: .none, in: batch, at: 0)
            _ = try log.appendAsLeader(batch, leaderEpoch: 0, now: Timestamp(SampleRecords.startTime))
            log.updateHighWatermark(to: log.logEndOffset)
        }
        watch.stop()
        try log.delete(unique: "benchmark")
        Workspace.remove(folder)
        return count
    }

    /// To a new file: CRC and pwrite.
    static func write(_ batch: Bytes, _ count: Int, _ workspace: Workspace, _ watch: Stopwatch) throws -> Int {
        let folder = try workspace.folder("raw")
        let file = try RealFileSystem().open("\(folder)/file", .create)
        var sum: UInt32 = 0
        watch.start()
        try batch.withUnsafeBytes { bytes in
            for index in 0..<count {
                // The CRC covers a batch from its attributes on.
                sum ^= crc32c(UnsafeRawBufferPointer(rebasing: bytes[21...]))
                try file.write(bytes, at: Int64(index * bytes.count))
            }
        }
        watch.stop()
        guard sum == 0 else { throw BenchmarkError("the CRC changed") }
        Workspace.remove(folder)
        return count
    }
}
