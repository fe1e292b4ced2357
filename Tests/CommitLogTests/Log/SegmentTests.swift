import CommitLog
import Records
import Testing

/// When segments begin, and when they go.
@Suite struct `Segments` {
    private let disk = MemoryFileSystem()
    private let day: Int64 = 24 * 3600 * 1000

    private func names(_ suffix: String) throws -> [String] {
        try disk.list(TestLog.directory).filter { $0.hasSuffix(suffix) }
    }

    @Test func `a segment ends when the next batch would not fit`() throws {
        let log = try TestLog.open(disk)
        let size = try TestLog.batch().count
        for _ in 0..<(2000 / size) { try log.append(try TestLog.batch()) }
        #expect(log.segmentCount == 1)
        #expect(try log.append(TestLog.batch()).flush == .soon)
        #expect(log.segmentCount == 2)
        #expect(try names(".log").count == 2)
        #expect(try names(".snapshot").count == 1)
    }

    @Test func `a segment ends by its records' times`() throws {
        var configuration = TestLog.configuration
        configuration.segmentMs = day
        let log = try TestLog.open(disk, configuration)
        let start = TestLog.now.rawValue - 10 * day
        try log.append(try TestLog.batch(at: Timestamp(start)))
        try log.append(try TestLog.batch(at: Timestamp(start + day)), now: Timestamp(TestLog.now.rawValue + 5 * day))
        #expect(log.segmentCount == 1)
        try log.append(try TestLog.batch(at: Timestamp(start + day + 1)))
        #expect(log.segmentCount == 2)
    }

    @Test func `jitter ends a segment earlier`() throws {
        var configuration = TestLog.configuration
        configuration.segmentMs = day
        configuration.segmentJitterMs = 1000
        let log = try PartitionLog.open(
            directory: TestLog.directory,
            topicPartition: TestLog.partition,
            fileSystem: disk,
            configuration: configuration,
            recovery: .clean,
            logger: LoggedLines().logger,
            now: TestLog.now,
            random: { 3500 }
        )
        let start = TestLog.now.rawValue - 10 * day
        try log.append(try TestLog.batch(at: Timestamp(start)))
        try log.append(try TestLog.batch(at: Timestamp(start + day - 500)))
        #expect(log.segmentCount == 1)
        try log.append(try TestLog.batch(at: Timestamp(start + day - 499)))
        #expect(log.segmentCount == 2)
    }

    @Test func `a segment ends when an index is full`() throws {
        var configuration = TestLog.configuration
        configuration.segmentBytes = 1 << 20
        configuration.indexIntervalBytes = 0
        configuration.segmentIndexBytes = 80
        let log = try TestLog.open(disk, configuration)
        for index in 0..<30 { try log.append(try TestLog.batch(at: Timestamp(TestLog.now.rawValue + Int64(index)))) }
        #expect(log.segmentCount > 3)
        #expect(try log.batches().count == 30)
    }

    @Test func `old segments go by size`() throws {
        var configuration = TestLog.configuration
        configuration.retentionMs = -1
        configuration.retentionBytes = 3000
        let log = try TestLog.open(disk, configuration)
        for _ in 0..<100 { try log.append(try TestLog.batch()) }
        let removed = try log.removeOldSegments(now: TestLog.now)
        #expect(removed > 0)
        #expect(log.sizeInBytes >= 3000 && log.sizeInBytes < 5000)
        #expect(log.logStartOffset > 0)
        #expect(try log.batches().first?.baseOffset == log.logStartOffset)
        // Whoever reads them may finish: the files go file.delete.delay.ms later.
        #expect(try names(".log.deleted").count == removed)
        try log.removeRetiredFiles(now: Timestamp(TestLog.now.rawValue + 59_999))
        #expect(try names(".log.deleted").count == removed)
        try log.removeRetiredFiles(now: Timestamp(TestLog.now.rawValue + 60_000))
        #expect(try names(".deleted").isEmpty)
        #expect(throws: LogError.self) { try log.read(from: 0, maxBytes: 10, upTo: 100) }
        #expect(log.leaderEpochs.entries.map(\.startOffset) == [log.logStartOffset])
    }

    @Test func `old segments go by time, the last one too, but not above the high watermark`() throws {
        var configuration = TestLog.configuration
        configuration.retentionMs = day
        let log = try TestLog.open(disk, configuration)
        for _ in 0..<100 { try log.append(try TestLog.batch()) }
        log.updateHighWatermark(to: 50)
        #expect(try log.removeOldSegments(now: Timestamp(TestLog.now.rawValue + day)) == 0)
        try log.removeOldSegments(now: Timestamp(TestLog.now.rawValue + day + 1))
        #expect(log.logStartOffset <= 50 && log.logStartOffset > 0)
        log.updateHighWatermark(to: 100)
        try log.removeOldSegments(now: Timestamp(TestLog.now.rawValue + day + 1))
        #expect(log.logStartOffset == 100 && log.logEndOffset == 100)
        #expect(log.segmentCount == 1)
        #expect(try log.append(TestLog.batch()).baseOffset == 100)
        try log.close()
        #expect(try TestLog.open(disk, configuration).logStartOffset == 100)
    }

    @Test func `the log's start moves within the high watermark only`() throws {
        let log = try TestLog.open(disk)
        for _ in 0..<100 { try log.append(try TestLog.batch()) }
        #expect(throws: LogError.self) { try log.advanceLogStartOffset(to: 101) }
        #expect(try log.advanceLogStartOffset(to: 60))
        #expect(try !log.advanceLogStartOffset(to: 50))
        try log.removeOldSegments(now: TestLog.now)
        #expect(log.logStartOffset == 60)
        #expect(try log.batches().first?.baseOffset == 60)
        try log.close()
        let again = try TestLog.open(disk, logStartOffset: 60)
        #expect(again.logStartOffset == 60)
        // A start beyond the end: the log begins anew there.
        try again.close()
        let lines = LoggedLines()
        let moved = try TestLog.open(disk, logStartOffset: 500, lines: lines)
        #expect(moved.logStartOffset == 500 && moved.logEndOffset == 500)
        #expect(lines.all.contains { $0.contains("before its start at 500") })
    }

    @Test func `truncation cuts segments, indexes, epochs and producers`() throws {
        let log = try TestLog.open(disk)
        for index in 0..<100 {
            let epoch = LeaderEpoch(Int32(index / 30))
            try log.append(try TestLog.batch(producer: 3, epoch: 0, sequence: Int32(index)), epoch: epoch)
        }
        #expect(try log.truncate(to: 45, now: TestLog.now))
        #expect(log.logEndOffset == 45 && log.highWatermark == 45)
        #expect(log.leaderEpochs.entries.map(\.epoch) == [0, 1])
        #expect(log.producerStates[3]?.lastSequence == 44)
        #expect(try log.batches().count == 45)
        #expect(try log.append(TestLog.batch(producer: 3, epoch: 0, sequence: 45)).baseOffset == 45)
        try log.close()
        #expect(try TestLog.open(disk).batches().count == 46)
    }

    @Test func `a deleted log leaves nothing`() throws {
        let log = try TestLog.open(disk)
        try log.append(try TestLog.batch())
        try log.delete(unique: "0123456789abcdef0123456789abcdef")
        #expect(try disk.list("/data").isEmpty)
        #expect(throws: LogError.self) { try log.append(try TestLog.batch()) }
    }

    @Test func `a directory of another topic is refused`() throws {
        let mine = TopicID(KafkaUUID(high: 5, low: 6))
        let other = TopicID(KafkaUUID(high: 7, low: 8))
        try TestLog.open(disk, topicID: mine).close()
        #expect(try TestLog.open(disk).topicID == mine)
        #expect(
            throws: LogError.inconsistentTopicID(
                path: TestLog.directory + "/partition.metadata",
                expected: other,
                found: mine
            )
        ) { _ = try TestLog.open(disk, topicID: other) }
    }
}
