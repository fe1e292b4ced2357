import CommitLog
import Records
import Testing

@Suite struct `Appending` {
    private let disk = MemoryFileSystem()

    @Test func `batches get consecutive offsets and the leader's epoch in their own bytes`() throws {
        let log = try TestLog.open(disk)
        #expect(try log.append(TestLog.batch(3), epoch: 5).baseOffset == 0)
        let second = try TestLog.batch(2)
        let result = try log.append(second, epoch: 6)
        #expect(result.baseOffset == 3 && result.lastOffset == 4)
        #expect(result.logAppendTime == .none)
        let batch = try RecordBatch(second)
        #expect(batch.baseOffset == 3 && batch.partitionLeaderEpoch == 6)
        #expect(log.leaderEpochs.entries.map(\.startOffset) == [0, 3])
        #expect(try log.batches().map(\.lastOffset) == [2, 4])
    }

    @Test func `several batches in one append follow each other`() throws {
        let log = try TestLog.open(disk)
        var bytes = RawBuffer()
        for count in 1...3 { bytes.append(try TestLog.batch(count)) }
        let result = try log.append(bytes.bytes())
        #expect(result.baseOffset == 0 && result.lastOffset == 5)
        #expect(try log.batches().map(\.baseOffset) == [0, 1, 3])
    }

    @Test func `what is damaged, too large or not a client's is refused, and nothing changes`() throws {
        var configuration = TestLog.configuration
        configuration.maxMessageBytes = 300
        let log = try TestLog.open(disk, configuration)
        try log.append(try TestLog.batch())
        let before = try (log.sizeInBytes, log.offsets, disk.files(in: TestLog.directory))
        let good = try TestLog.batch()

        func changed(_ position: Int, _ byte: UInt8) -> Bytes {
            var bytes = [UInt8](good)
            bytes[position] = byte
            return Bytes(bytes)
        }
        func refuse(_ bytes: Bytes, _ isExpected: (LogError) -> Bool) {
            do {
                _ = try log.appendAsLeader(bytes, leaderEpoch: 0, now: TestLog.now)
                Issue.record("accepted")
            } catch {
                #expect(isExpected(error), "\(error)")
            }
        }
        refuse(Bytes()) { if case .invalidRecord = $0 { true } else { false } }
        refuse(good[0..<60]) { if case .corruptBatch = $0 { true } else { false } }
        refuse(good[0..<good.count - 1]) { if case .corruptBatch = $0 { true } else { false } }
        refuse(changed(good.count - 1, 0xff)) { if case .corruptBatch = $0 { true } else { false } }
        refuse(changed(16, 1)) { $0 == .unsupportedFormat(magic: 1) }
        refuse(changed(8, 0x7f)) {
            if case .recordTooLarge = $0 { true } else { if case .corruptBatch = $0 { true } else { false } }
        }
        refuse(changed(8, 0xff)) { if case .corruptBatch = $0 { true } else { false } }
        refuse(changed(7, 1)) { if case .invalidRecord = $0 { true } else { false } }
        refuse(changed(26, 9)) { if case .invalidRecord = $0 { true } else { false } }
        refuse(changed(22, 0x20)) { if case .invalidRecord = $0 { true } else { false } }
        var appendTime = RecordBatchBuilder(timestampType: .logAppendTime)
        appendTime.logAppendTime = TestLog.now
        appendTime.append(timestamp: TestLog.now, key: nil, value: Bytes(utf8: "value"))
        refuse(try appendTime.build().copied()) {
            if case .rejectedRecords(let rejected) = $0 { rejected.hasInvalidTimestamp } else { false }
        }
        refuse(try TestLog.batch(valueSize: 300)) { if case .recordTooLarge(_, 300) = $0 { true } else { false } }
        refuse(try TestLog.batch(at: Timestamp(TestLog.now.rawValue + 3_600_001))) {
            if case .rejectedRecords(let rejected) = $0 { rejected.hasInvalidTimestamp } else { false }
        }
        let after = try (log.sizeInBytes, log.offsets, disk.files(in: TestLog.directory))
        #expect(before == after)
    }

    @Test func `an append larger than a segment is refused`() throws {
        let log = try TestLog.open(disk)
        do {
            try log.append(try TestLog.batch(valueSize: 2000))
            Issue.record("accepted")
        } catch LogError.recordListTooLarge(_, let limit) {
            #expect(limit == 2000)
        }
    }

    @Test func `the log's own time replaces the records' where the topic asks for it`() throws {
        var configuration = TestLog.configuration
        configuration.messageTimestampType = .logAppendTime
        let log = try TestLog.open(disk, configuration)
        let time: Timestamp = 1_800_000_000_000
        let result = try log.append(try TestLog.batch(2), now: time)
        #expect(result.logAppendTime == time)
        let batch = try #require(try log.batches().first)
        #expect(batch.timestampType == .logAppendTime)
        #expect(try batch.records().map(\.timestamp) == [time, time])
    }

    @Test func `records without keys do not enter a compacted topic`() throws {
        var configuration = TestLog.configuration
        configuration.isCompacted = true
        let log = try TestLog.open(disk, configuration)
        do {
            try log.append(try TestLog.batch(key: nil))
            Issue.record("accepted")
        } catch LogError.rejectedRecords(let rejected) {
            #expect(rejected.entries.map(\.index) == [0] && !rejected.hasInvalidTimestamp)
        }
        try log.append(try TestLog.batch())
        #expect(log.logEndOffset == 1)
    }

    @Test(arguments: [Compression.gzip, .lz4, .zstd])
    func `a small batch that decompresses to very much is refused where its records are looked at`(
        _ codec: Compression
    ) throws {
        var configuration = LogConfiguration()
        configuration.isCompacted = true
        let log = try TestLog.open(disk, configuration)
        try log.append(try TestLog.batch(valueSize: 8_000_000, compression: codec))
        do {
            try log.append(try TestLog.batch(valueSize: 17_000_000, compression: codec))
            Issue.record("accepted")
        } catch LogError.invalidRecord(let reason) {
            #expect(reason.contains("bytes come out"), "\(reason)")
        }
        #expect(log.logEndOffset == 1)
    }

    @Test func `of very many rejected records a part is told`() throws {
        var configuration = LogConfiguration()
        configuration.isCompacted = true
        let log = try TestLog.open(disk, configuration)
        do {
            try log.append(try TestLog.batch(20_000, key: nil))
            Issue.record("accepted")
        } catch LogError.rejectedRecords(let rejected) {
            #expect(rejected.entries.count == 16_384 && rejected.entries.last?.index == 16_383)
        }
    }

    @Test(arguments: [Compression.none, .gzip, .snappy, .lz4, .zstd])
    func `the topic's codec replaces the producer's`(_ codec: Compression) throws {
        var configuration = TestLog.configuration
        configuration.compression = codec
        let log = try TestLog.open(disk, configuration)
        let original = try TestLog.batch(5, step: 3, producer: 4, epoch: 1, sequence: 9, compression: .lz4)
        let records = try RecordBatch(original).records()
        try log.append(original)
        let batch = try #require(try log.batches().first)
        #expect(batch.compression == codec)
        #expect(batch.producerID == 4 && batch.producerEpoch == 1 && batch.baseSequence == 9)
        #expect(try batch.records() == records)
        #expect(try log.append(TestLog.batch(5, step: 3, producer: 4, epoch: 1, sequence: 9)).isDuplicate)
    }

    @Test func `a full disk refuses writes, serves reads, and takes writes again when there is space`() throws {
        let log = try TestLog.open(disk)
        for _ in 0..<5 { try log.append(try TestLog.batch()) }
        disk.limitCapacity(to: 0)
        for _ in 0..<3 {
            do {
                try log.append(try TestLog.batch())
                Issue.record("accepted")
            } catch LogError.storage(let error) {
                #expect(error.description.contains("No space left on device"))
            }
        }
        #expect(try log.batches().count == 5)
        disk.limitCapacity(to: nil)
        #expect(try log.append(TestLog.batch()).baseOffset == 5)
        try log.close()
        #expect(try TestLog.open(disk).batches().count == 6)
    }

    @Test func `after a failed sync nothing more is written`() throws {
        let log = try TestLog.open(disk)
        try log.append(try TestLog.batch())
        disk.injectFaults { $0.operation == "sync" ? 5 : nil }
        #expect(throws: LogError.self) { try log.flush() }
        disk.injectFaults(nil)
        #expect(!log.isWritable)
        #expect(log.recoveryPoint == 0)
        #expect(throws: LogError.self) { try log.flush() }
        #expect(throws: LogError.self) { try log.append(try TestLog.batch()) }
        #expect(throws: LogError.self) { try log.close() }
        #expect(try log.batches().count == 1)
    }

    @Test func `a follower takes offsets and epochs as they come, and refuses what does not continue its log`() throws {
        let leader = try TestLog.open(disk)
        for epoch in 0..<3 { try leader.append(try TestLog.batch(2), epoch: LeaderEpoch(Int32(epoch))) }
        let follower = try TestLog.open(disk, directory: "/data/copy-0")
        for batch in try leader.batches() { _ = try follower.appendAsFollower(batch.bytes, now: TestLog.now) }
        #expect(follower.logEndOffset == 6)
        #expect(follower.leaderEpochs == leader.leaderEpochs)
        let last = try #require(try leader.batches().last)
        #expect(throws: LogError.self) { try follower.appendAsFollower(last.bytes, now: TestLog.now) }
        try follower.truncate(to: 3, now: TestLog.now)
        // Offset 3 lies within a batch, which goes as a whole.
        #expect(follower.logEndOffset == 2)
        #expect(follower.leaderEpochs.entries.map(\.epoch) == [0])
    }
}
