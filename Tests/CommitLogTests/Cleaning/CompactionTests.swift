import Logging
import Records
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `Compaction` {
    private func log(
        _ disk: MemoryFileSystem = MemoryFileSystem(),
        _ change: (inout LogConfiguration) -> Void = { _ in }
    )
        throws -> PartitionLog
    {
        var configuration = CompactionRun.configuration
        change(&configuration)
        return try TestLog.open(disk, configuration)
    }

    @Test func `keeps the last record of each key, at its offset, and all of the active segment`() throws {
        let log = try log()
        for round in 0..<20 {
            try log.append(try CompactionRun.batch((0..<4).map { ("k\($0)", "r\(round)") }))
        }
        let active = log.view.withLock { $0.segments.last?.baseOffset } ?? 0
        let before = try log.records()
        let end = try CompactionRun.compact(log)
        #expect(end == active)
        let dirty = before.filter { $0.offset < active }
        let latest = Dictionary(dirty.map { ($0.key, $0) }) { $1 }
        let expected = latest.values.sorted { $0.offset < $1.offset } + before.filter { $0.offset >= active }
        #expect(try log.records() == expected)
        #expect(log.logStartOffset == 0)
        #expect(log.logEndOffset == 80)
        // A reader that begins in a gap gets what comes next.
        #expect(try log.records(from: 3).first == expected.first)
    }

    @Test(arguments: [Compression.none, .gzip, .snappy, .lz4, .zstd])
    func `a batch keeps its base offset, its last offset, its codec and its sequence`(_ codec: Compression) throws {
        let log = try log()
        let batch = try CompactionRun.batch(
            [("a", "1"), ("b", "1"), ("c", "1")],
            producer: 5,
            epoch: 0,
            sequence: 0,
            compression: codec
        )
        try log.append(batch)
        try log.append(try CompactionRun.batch([("a", "2"), ("c", "2")]))
        try log.roll(now: TestLog.now)
        try CompactionRun.compact(log)
        let left = try #require(try log.batches().first)
        #expect(left.baseOffset == 0)
        #expect(left.lastOffset == 2)
        #expect(left.recordCount == 1)
        #expect(left.compression == codec)
        #expect(left.producerID == 5 && left.baseSequence == 0 && left.lastSequence == 2)
        #expect(try left.records().map(\.offset) == [1])
    }

    @Test func `a tombstone stays for delete retention ms, counted from its first compaction, which its batch notes`()
        throws
    {
        let log = try log()
        try log.append(try CompactionRun.batch([("a", "1"), ("b", "1")]))
        try log.append(try CompactionRun.batch([("a", nil), ("c", "1")]))
        try log.append(try CompactionRun.batch([("d", "1")]))
        try log.roll(now: TestLog.now)
        let first = Timestamp(TestLog.now.rawValue + 50_000)
        var end = try CompactionRun.compact(log, now: first)
        #expect(try log.records().map(\.description) == ["1 b=1", "2 a=-", "3 c=1", "4 d=1"])
        let noted = try log.batches()[1]
        #expect(noted.deleteHorizon == Timestamp(first.rawValue + 1000))
        #expect(try noted.records().map(\.timestamp) == [TestLog.now, TestLog.now])

        end = try CompactionRun.compact(log, checkpoint: end, now: Timestamp(first.rawValue + 999))
        #expect(try log.records().count == 4)
        #expect(try log.batches()[1].deleteHorizon == Timestamp(first.rawValue + 1000))

        try CompactionRun.compact(log, checkpoint: end, now: Timestamp(first.rawValue + 1000))
        #expect(try log.records().map(\.description) == ["1 b=1", "3 c=1", "4 d=1"])
    }

    @Test func `records of aborted transactions go, the marker stays until nothing else is left and its time is up`()
        throws
    {
        let log = try log()
        try log.append(try CompactionRun.batch([("a", "1")], producer: 1, epoch: 0, sequence: 0, isTransactional: true))
        try log.append(try CompactionRun.batch([("a", "x")], producer: 2, epoch: 0, sequence: 0, isTransactional: true))
        try log.append(try CompactionRun.marker(.commit(coordinatorEpoch: 3), producer: 1), origin: .coordinator)
        try log.append(try CompactionRun.batch([("b", "x")], producer: 2, epoch: 0, sequence: 1, isTransactional: true))
        try log.append(try CompactionRun.marker(.abort(coordinatorEpoch: 3), producer: 2), origin: .coordinator)
        // Producers go on, so that none of the above is their last batch.
        try log.append(try CompactionRun.batch([("c", "1")], producer: 1, epoch: 0, sequence: 1))
        try log.append(try CompactionRun.batch([("c", "2")], producer: 2, epoch: 0, sequence: 2))
        try log.roll(now: TestLog.now)
        try log.append(try CompactionRun.batch([("e", "1")]))

        var end = try CompactionRun.compact(log)
        #expect(try log.records().map(\.description) == ["0 a=1", "6 c=2", "7 e=1"])
        // Both markers are still needed: their transactions had batches when this round began.
        #expect(try log.batches().filter(\.isControl).map(\.baseOffset) == [2, 4])
        #expect(try log.abortedTransactions(from: 0, upTo: log.logEndOffset).map(\.firstOffset) == [1])

        // The commit is needed as long as its record lives; of the abort nothing is left: its time begins.
        end = try CompactionRun.compact(log, checkpoint: end)
        let markers = try log.batches().filter(\.isControl)
        #expect(markers.map(\.baseOffset) == [2, 4])
        #expect(markers.map(\.deleteHorizon) == [nil, Timestamp(TestLog.now.rawValue + 1000)])
        #expect(try log.abortedTransactions(from: 0, upTo: log.logEndOffset).isEmpty)

        try CompactionRun.compact(log, checkpoint: end, now: Timestamp(TestLog.now.rawValue + 1000))
        #expect(try log.batches().filter(\.isControl).map(\.baseOffset) == [2])
        #expect(try log.records().map(\.description) == ["0 a=1", "6 c=2", "7 e=1"])
    }

    @Test func `an open transaction stops compaction at its segment`() throws {
        let log = try log()
        for round in 0..<12 { try log.append(try CompactionRun.batch([("a", "r\(round)"), ("b", "r\(round)")])) }
        let open = log.logEndOffset
        try log.append(try CompactionRun.batch([("a", "t")], producer: 2, epoch: 0, sequence: 0, isTransactional: true))
        for round in 0..<12 { try log.append(try CompactionRun.batch([("a", "s\(round)")])) }
        try log.roll(now: TestLog.now)
        let range = try log.cleanableRange(checkpoint: nil, now: TestLog.now)
        #expect(range.firstUncleanableOffset <= open)
        let before = try log.records(from: range.firstUncleanableOffset)
        #expect(try CompactionRun.compact(log) == range.firstUncleanableOffset)
        #expect(try log.records(from: range.firstUncleanableOffset) == before)
    }

    @Test func `the last batch of a producer stays without records, and its sequence is known after a restart`() throws
    {
        let disk = MemoryFileSystem()
        var log = try log(disk)
        try log.append(try CompactionRun.batch([("a", "1"), ("a", "2")], producer: 7, epoch: 1, sequence: 0))
        try log.append(try CompactionRun.batch([("a", "3")]))
        try log.roll(now: TestLog.now)
        try log.append(try CompactionRun.batch([("b", "1")]))
        try CompactionRun.compact(log)
        let empty = try #require(try log.batches().first)
        #expect(empty.recordCount == 0 && empty.lastOffset == 1 && empty.sizeInBytes == RecordBatch.headerSize)
        #expect(empty.baseTimestamp == .none && empty.maxTimestamp == TestLog.now)
        for recovery in [LogRecovery.unclean(recoveryPoint: 0), .clean] {
            if recovery == .clean { try log.close() }
            for name in try disk.list(TestLog.directory) where name.hasSuffix(".snapshot") {
                if recovery != .clean { #expect(try disk.remove(TestLog.directory + "/" + name)) }
            }
            log = try TestLog.open(disk, CompactionRun.configuration, recovery: recovery)
            let again = try log.append(
                try CompactionRun.batch([("a", "1"), ("a", "2")], producer: 7, epoch: 1, sequence: 0)
            )
            #expect(again.isDuplicate && again.baseOffset == 0)
        }
    }

    @Test func `the last batch looked at stays without records, so that the log's offsets do not end before it`() throws
    {
        let log = try log()
        try log.append(try CompactionRun.batch([("a", "1")]))
        try log.append(try CompactionRun.batch([("b", nil)]))
        try log.roll(now: TestLog.now)
        var end = try CompactionRun.compact(log)
        end = try CompactionRun.compact(log, checkpoint: end, now: Timestamp(TestLog.now.rawValue + 2000))
        #expect(end == 2)
        let last = try #require(try log.batches().last)
        #expect(last.recordCount == 0 && last.lastOffset == 1)
    }

    @Test func `small segments become one, as large as segment bytes allows`() throws {
        let disk = MemoryFileSystem()
        let log = try log(disk) { $0.segmentBytes = 1000 }
        for round in 0..<60 { try log.append(try CompactionRun.batch([("k\(round % 50)", "r\(round)")])) }
        for round in 0..<60 { try log.append(try CompactionRun.batch([("k0", "s\(round)")])) }
        let before = log.segmentCount
        // By their sizes before: the second round joins what the first has made small.
        let end = try CompactionRun.compact(log)
        #expect(log.segmentCount == before)
        try CompactionRun.compact(log, checkpoint: end)
        #expect(log.segmentCount <= before / 2 + 1)
        let sizes = log.view.withLock { $0.segments.map(\.sizeInBytes) }
        #expect(sizes.allSatisfy { $0 <= 1000 })
        try log.removeRetiredFiles(now: TestLog.now)
        let names = try disk.list(TestLog.directory)
        #expect(names.filter { $0.hasSuffix(".log") }.count == log.segmentCount)
        #expect(!names.contains { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") || $0.hasSuffix(".deleted") })
    }

    @Test func `where the map has no room for all keys, several rounds do it`() throws {
        let log = try log()
        for round in 0..<5 {
            for key in 0..<40 { try log.append(try CompactionRun.batch([("k\(key)", "r\(round)")])) }
        }
        try log.roll(now: TestLog.now)
        let expected = try log.records().suffix(40)
        var limits = CleaningLimits()
        limits.offsetMapBytes = 16 * OffsetMap.bytesPerSlot
        var (end, rounds) = (Offset(0), 0)
        while end < log.logEndOffset, rounds < 50 {
            let next = try CompactionRun.compact(log, checkpoint: end, limits: limits)
            #expect(next > end)
            (end, rounds) = (next, rounds + 1)
        }
        #expect(rounds > 3)
        // Each round knows only its own keys: what is left may be more than one record a key, but never less.
        #expect(Set(expected).isSubset(of: Set(try log.records())))
        try CompactionRun.compact(log)
        #expect(try log.records() == Array(expected))
    }

    @Test func `reads and appends go on while segments are replaced, and old files stay for file delete delay ms`()
        throws
    {
        let disk = MemoryFileSystem()
        let log = try log(disk) { $0.fileDeleteDelayMs = 5000 }
        for round in 0..<40 { try log.append(try CompactionRun.batch([("a", "r\(round)"), ("b\(round)", "x")])) }
        let held = try log.read(from: 0, maxBytes: 1 << 20, upTo: log.logEndOffset)
        var appended = 0
        try CompactionRun.compact(log) {
            appended += 1
            try log.append(try CompactionRun.batch([("z", "\(appended)")]))
            let values = try log.records()
            #expect(values.last?.value == "\(appended)")
            #expect(values.filter { $0.value == "x" }.count == 40)
        }
        #expect(appended > 10)
        #expect(try held.bytes().count == held.sizeInBytes)
        #expect(try disk.list(TestLog.directory).contains { $0.hasSuffix(".log.deleted") })
        try log.removeRetiredFiles(now: Timestamp(TestLog.now.rawValue + 4999))
        #expect(log.hasRetiredFiles)
        try log.removeRetiredFiles(now: Timestamp(TestLog.now.rawValue + 5000))
        #expect(try !disk.list(TestLog.directory).contains { $0.hasSuffix(".deleted") })
    }

    @Test func `what retention removed while it was compacted does not come back`() throws {
        let disk = MemoryFileSystem()
        let log = try log(disk)
        for round in 0..<40 { try log.append(try CompactionRun.batch([("k\(round)", "x")])) }
        let range = try log.cleanableRange(checkpoint: nil, now: TestLog.now)
        let cleaning = try #require(LogCleaning(log, range, now: TestLog.now) { 1 })
        while try cleaning.step(maxBytes: 100) == .working {}
        try log.advanceLogStartOffset(to: 30)
        try log.removeOldSegments(now: TestLog.now)
        let before = try log.records()
        try cleaning.swap(now: TestLog.now)
        #expect(try cleaning.step(maxBytes: 100) == .done(endOffset: range.firstUncleanableOffset))
        #expect(try log.records() == before)
        #expect(try !disk.list(TestLog.directory).contains { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") })
    }

    @Test func `gaps that compaction left are no damage, also where the topic is no longer compacted`() throws {
        let disk = MemoryFileSystem()
        let log = try log(disk)
        for round in 0..<30 { try log.append(try CompactionRun.batch([("a", "r\(round)"), ("b\(round)", "x")])) }
        let end = try CompactionRun.compact(log)
        let first = try #require(log.view.withLock { $0.segments.first })
        // Make the gap surely lie between two segments: cut the first one's last batch.
        let batches = try log.batches().filter { $0.lastOffset < (log.view.withLock { $0.segments[1].baseOffset }) }
        let cut = first.sizeInBytes - (batches.last?.sizeInBytes ?? 0)
        try log.close()
        try disk.open(first.path, .readWrite).truncate(to: Int64(cut))
        let count = log.segmentCount
        var deleted = CompactionRun.configuration
        (deleted.isCompacted, deleted.isDeleted) = (false, true)
        let lost = try TestLog.open(disk.copy(), deleted, recovery: .unclean(recoveryPoint: 0))
        #expect(lost.segmentCount == 1)
        let kept = try TestLog.open(disk, deleted, recovery: .unclean(recoveryPoint: 0), compactedBelow: end)
        #expect(kept.segmentCount == count)
    }

    @Test func `a corrupt batch ends the compaction and leaves the log as it was`() throws {
        let disk = MemoryFileSystem()
        let log = try log(disk)
        for round in 0..<30 { try log.append(try CompactionRun.batch([("a", "r\(round)"), ("b\(round)", "x")])) }
        let before = try disk.files(in: TestLog.directory).filter { $0.key.hasSuffix(".log") }
        let file = try disk.open(TestLog.directory + "/00000000000000000000.log", .readWrite)
        try [UInt8]([0x55]).withUnsafeBytes { try file.write($0, at: 68) }
        let range = try log.cleanableRange(checkpoint: nil, now: TestLog.now)
        let cleaning = try #require(LogCleaning(log, range, now: TestLog.now) { 1 })
        #expect(throws: LogError.self) {
            while try cleaning.step(maxBytes: 1 << 20) == .working {}
        }
        try cleaning.abandon()
        let after = try disk.files(in: TestLog.directory)
        #expect(Set(after.keys.filter { $0.contains(".log") }) == Set(before.keys))
        #expect(!after.keys.contains { $0.hasSuffix(".cleaned") })
    }
}
