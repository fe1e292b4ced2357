import CommitLog
import Records
import Testing

/// Partitions that Apache Kafka wrote: we read them, and from the same batches we write the same bytes.
@Suite struct `Golden files` {
    private static let recordedAt: Timestamp = 1_795_228_622_000

    private func configuration(_ name: String) -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 16384
        configuration.segmentIndexBytes = 1 << 20
        configuration.messageTimestampAfterMaxMs = .max
        configuration.producerIDExpirationMs = 2_147_483_647
        if name == "appendtime-0" { configuration.messageTimestampType = .logAppendTime }
        return configuration
    }

    private func open(_ name: String, _ disk: MemoryFileSystem, topicID: TopicID = .none) throws -> PartitionLog {
        let partition = try #require(PartitionDirectoryName(name)).topicPartition
        let log = try PartitionLog.open(
            directory: "/" + name,
            topicPartition: partition,
            topicID: topicID,
            fileSystem: disk,
            configuration: configuration(name),
            recovery: .clean,
            logger: LoggedLines().logger,
            now: Self.recordedAt
        )
        log.updateHighWatermark(to: log.logEndOffset)
        return log
    }

    @Test(arguments: ["idem-0", "plain-0", "txn-0", "appendtime-0", "empty-0"])
    func `a folder that Kafka closed opens, and nothing in it changes`(_ name: String) throws {
        let disk = MemoryFileSystem()
        try TestData.install(name, on: disk)
        let log = try open(name, disk)
        let ends: [String: Offset] = ["idem-0": 310, "plain-0": 360, "txn-0": 118, "appendtime-0": 150, "empty-0": 0]
        #expect(log.logEndOffset == ends[name])
        #expect(log.logStartOffset == 0)
        #expect(log.lastStableOffset == (name == "txn-0" ? 108 : log.logEndOffset))
        let batches = try log.batches()
        #expect(batches.last?.nextOffset ?? 0 == log.logEndOffset)
        log.assign(2)
        try log.close()
        let left = try disk.files(in: "/" + name)
        // Kafka removes the snapshot of the stop before the last one when it opens a log.
        let stray = TestData.epochZeroEnd[name].map { "00000000000000000\($0).snapshot" } ?? ""
        let expected = try TestData.partition(name).filter { $0.key != stray || $0.key.contains("150") }
        #expect(left.keys.sorted() == expected.keys.sorted())
        for (file, contents) in expected { #expect(left[file] == contents, "\(file)") }
    }

    @Test(arguments: ["idem-0", "plain-0", "txn-0", "appendtime-0"])
    func `the same batches appended give the same bytes in every file`(_ name: String) throws {
        let original = MemoryFileSystem()
        try TestData.install(name, on: original)
        let source = try open(name, original)
        let stop = try #require(TestData.epochZeroEnd[name])

        let disk = MemoryFileSystem()
        var log = try open(name, disk, topicID: source.topicID)
        log.assign(0)
        for batch in try source.batches() {
            // Kafka was stopped and started here.
            if batch.baseOffset == stop { log = try reopen(log, name, disk) }
            let isAppendTime = batch.timestampType == .logAppendTime
            let copy = batch.bytes.copied()
            RecordBatch.assign(baseOffset: 0, leaderEpoch: .none, in: copy, at: 0)
            if isAppendTime { try RecordBatch(copy).setMaxTimestampInPlace(1, type: .createTime) }
            let appended = try log.append(
                copy,
                epoch: batch.partitionLeaderEpoch,
                now: batch.maxTimestamp,
                origin: batch.isControl ? .coordinator : .client
            )
            #expect(appended.baseOffset == batch.baseOffset)
        }
        if log.logEndOffset == stop { log = try reopen(log, name, disk) }
        try log.close()

        let written = try disk.files(in: "/" + name)
        let expected = try TestData.partition(name)
        #expect(written.keys.sorted() == expected.keys.sorted())
        for (file, contents) in expected { #expect(written[file] == contents, "\(file)") }
    }

    private func reopen(_ log: PartitionLog, _ name: String, _ disk: MemoryFileSystem) throws -> PartitionLog {
        try log.close()
        let next = try open(name, disk)
        next.assign(2)
        return next
    }

    @Test(arguments: ["idem-0", "plain-0", "txn-0", "appendtime-0"])
    func `recovery of the whole folder builds the same indexes`(_ name: String) throws {
        let disk = MemoryFileSystem()
        try TestData.install(name, on: disk)
        let expected = try TestData.partition(name)
        for file in expected.keys where file.hasSuffix("index") { _ = try disk.remove("/\(name)/\(file)") }
        let partition = try #require(PartitionDirectoryName(name)).topicPartition
        let lines = LoggedLines()
        let log = try PartitionLog.open(
            directory: "/" + name,
            topicPartition: partition,
            fileSystem: disk,
            configuration: configuration(name),
            recovery: .unclean(recoveryPoint: 0),
            logger: lines.logger,
            now: TestLog.now
        )
        try log.close()
        let written = try disk.files(in: "/" + name)
        // Recovery counts the bytes between index entries from the segment's start; reopening a log counts anew.
        for (file, contents) in expected where file.hasSuffix(".log") || file.hasSuffix(".txnindex") {
            #expect(written[file] == contents, "\(file)")
        }
        for (file, contents) in expected where file.hasSuffix("00000.index") || file.hasSuffix("00000.timeindex") {
            #expect(written[file] == contents, "\(file)")
        }
        #expect(lines.all == [])
    }

    @Test func `aborted transactions are found as Kafka wrote them`() throws {
        let disk = MemoryFileSystem()
        try TestData.install("txn-0", on: disk)
        let log = try open("txn-0", disk)
        let aborted = try log.abortedTransactions(from: 0, upTo: log.lastStableOffset)
        #expect(aborted.count == 6)
        #expect(try log.abortedTransactions(from: 0, upTo: 1).count <= aborted.count)
        #expect(log.producerStates.values.filter { $0.transactionFirstOffset != nil }.count == 1)
    }

    @Test func `offsets are found by time`() throws {
        let disk = MemoryFileSystem()
        try TestData.install("idem-0", on: disk)
        let log = try open("idem-0", disk)
        // Records are a second apart; the one at offset n has 1,700,000,000,000 + n s.
        for offset in [0, 1, 127, 128, 129, 249, 250, 259, 260, 309] as [Int64] {
            let time = Timestamp(1_700_000_000_000 + offset * 1000)
            #expect(try log.find(time)?.offset == Offset(offset))
            #expect(try log.find(Timestamp(time.rawValue - 999))?.offset == Offset(offset))
        }
        #expect(try log.find(1_700_000_309_001) == nil)
        #expect(try log.findLargestTimestamp()?.offset == 309)
        #expect(log.end(of: 0)?.endOffset == 250)
        #expect(log.end(of: 2)?.endOffset == 310)
    }
}
