import CommitLog
import Records
import Testing

/// Whatever stands in the directory, the log opens and says what it did, or refuses and says why. It never traps.
@Suite struct `Hostile files` {
    private func filledDisk() throws -> MemoryFileSystem {
        let disk = MemoryFileSystem()
        let log = try TestLog.open(disk, topicID: TopicID(KafkaUUID(high: 5, low: 6)))
        for index in 0..<60 {
            try log.append(
                try TestLog.batch(2, step: 5, producer: 9, epoch: 0, sequence: Int32(index * 2)),
                epoch: LeaderEpoch(Int32(index / 25))
            )
        }
        try log.close()
        return disk
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `garbage in any file, in any place`(_ seed: UInt64) throws {
        let original = try filledDisk()
        var random = SplitMix(state: seed)
        for name in try original.list(TestLog.directory) {
            for _ in 0..<12 {
                let disk = original.copy()
                let path = TestLog.directory + "/" + name
                var contents = [UInt8](try #require(try disk.contents(of: path)))
                switch random.next() % 4 {
                case 0:
                    let count = Int(random.next() % 100)
                    contents = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                case 1: contents.removeLast(Int(random.next() % UInt64(contents.count + 1)))
                case 2: contents += (0..<50).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                default:
                    for _ in 0..<3 where !contents.isEmpty {
                        contents[Int(random.next() % UInt64(contents.count))] = UInt8(truncatingIfNeeded: random.next())
                    }
                }
                try disk.put(Bytes(contents), at: path)
                let recovery: LogRecovery = random.next() % 2 == 0 ? .clean : .unclean(recoveryPoint: 0)
                exercise(disk, recovery)
            }
        }
    }

    /// Every operation ends, with a result or a ``LogError``.
    private func exercise(_ disk: MemoryFileSystem, _ recovery: LogRecovery) {
        do throws(LogError) {
            let log = try TestLog.open(disk, recovery: recovery)
            for offset in stride(from: log.logStartOffset.rawValue, to: min(log.logEndOffset.rawValue, 130), by: 7) {
                do throws(LogError) {
                    _ = try log.read(from: Offset(offset), maxBytes: 500, upTo: log.logEndOffset)
                    _ = try log.find(Timestamp(TestLog.now.rawValue + offset))
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
            _ = try log.findLargestTimestamp()
            _ = try log.abortedTransactions(from: 0, upTo: log.logEndOffset)
            log.expireProducers(now: .none)
            try log.flush()
            try log.close()
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test func `a torn tail is cut, and the log says where and why`() throws {
        let disk = try filledDisk()
        let last = try #require(try disk.list(TestLog.directory).filter { $0.hasSuffix(".log") }.max())
        let path = TestLog.directory + "/" + last
        let contents = try #require(try disk.contents(of: path))
        var torn = RawBuffer()
        torn.append(contents)
        torn.append(try TestLog.batch()[0..<70])
        try disk.put(torn.bytes(), at: path)
        let lines = LoggedLines()
        let log = try TestLog.open(disk, recovery: .unclean(recoveryPoint: 0), lines: lines)
        #expect(log.logEndOffset == 120)
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("cut 70 bytes off \(path) at byte \(contents.count): ") == true)
        #expect(try disk.contents(of: path) == contents)
        #expect(try log.batches().count == 60)
    }

    @Test func `a segment that does not continue the log is removed after a crash`() throws {
        let disk = try filledDisk()
        let logs = try disk.list(TestLog.directory).filter { $0.hasSuffix(".log") }.sorted()
        let middle = TestLog.directory + "/" + logs[1]
        try disk.put(try #require(try disk.contents(of: middle))[0..<200], at: middle)
        let lines = LoggedLines()
        let log = try TestLog.open(disk, recovery: .unclean(recoveryPoint: 0), lines: lines)
        #expect(log.segmentCount == 2)
        #expect(lines.all.contains { $0.contains("removed") && $0.contains(logs[2]) })
        #expect(try log.batches().last?.nextOffset == log.logEndOffset)
    }

    @Test func `indexes that are gone are built again`() throws {
        let disk = try filledDisk()
        let before = try disk.files(in: TestLog.directory)
        for name in before.keys where name.hasSuffix("index") {
            #expect(try disk.remove(TestLog.directory + "/" + name))
        }
        let log = try TestLog.open(disk)
        #expect(try log.batches().count == 60)
        try log.close()
        #expect(try disk.files(in: TestLog.directory).keys.sorted() == before.keys.sorted())
    }

    @Test func `an index that points anywhere only costs time`() throws {
        let disk = try filledDisk()
        for name in try disk.list(TestLog.directory) where name.hasSuffix(".index") {
            let path = TestLog.directory + "/" + name
            let count = try #require(try disk.contents(of: path)).count
            // Ascending offsets, all at position 99.
            let entry = [0, 0, 0, 0, 0, 0, 0, 99] as [UInt8]
            var contents = [UInt8]()
            for slot in 0..<count / 8 { contents += entry.enumerated().map { $0 == 3 ? UInt8(slot) : $1 } }
            try disk.put(Bytes(contents), at: path)
        }
        let log = try TestLog.open(disk)
        for offset in 0..<120 as Range<Int64> {
            #expect(try log.read(from: Offset(offset), maxBytes: 1, upTo: 120).baseOffset == Offset(offset / 2 * 2))
        }
    }

    @Test func `what unfinished operations leave is put right`() throws {
        let disk = try filledDisk()
        let first = TestLog.directory + "/00000000000000000000"
        let contents = try #require(try disk.contents(of: first + ".log"))
        let junk = Bytes([1, 2, 3])
        try disk.put(junk, at: TestLog.directory + "/00000000000000000500.log.deleted")
        try disk.put(junk, at: TestLog.directory + "/00000000000000000500.index.deleted")
        try disk.put(junk, at: TestLog.directory + "/00000000000000000007.log.cleaned")
        try disk.put(junk, at: TestLog.directory + "/leader-epoch-checkpoint.tmp")
        try disk.put(junk, at: TestLog.directory + "/00000000000000000900.timeindex")
        // A finished compaction of the first segment: its first batch is gone.
        let head = try RecordBatch(contents).sizeInBytes
        try disk.put(contents[head...], at: first + ".log.swap")
        let log = try TestLog.open(disk)
        #expect(try log.batches().count == 59)
        #expect(try log.read(from: 0, maxBytes: 1, upTo: 120).baseOffset == 2)
        let names = try disk.list(TestLog.directory)
        for suffix in [".deleted", ".cleaned", ".swap", ".tmp"] { #expect(!names.contains { $0.hasSuffix(suffix) }) }
        #expect(!names.contains("00000000000000000900.timeindex"))
    }

    @Test func `checkpoints that are damaged are refused with file and line`() throws {
        let disk = MemoryFileSystem()
        let file = OffsetCheckpointFile(OffsetCheckpointFile.recoveryPointName, in: "/data", fileSystem: disk)
        try disk.createDirectory("/data")
        #expect(try file.read() == [:])
        let path = "/data/recovery-point-offset-checkpoint"
        for (text, reason) in [
            ("1\n0\n", "version 1 is not known, expected 0"), ("0\n2\na 0 1\n", "2 entries announced, 1 found"),
            ("0\n1\na 0\n", "line 3 has 2 fields, expected 3"),
            ("0\n1\na x 1\n", "'a x 1' is not topic, partition and offset"),
            ("x", "no version and entry count in the first two lines"),
        ] {
            try disk.put(Bytes(utf8: text), at: path)
            #expect(throws: LogError.corruptFile(path: path, reason: reason)) { try file.read() }
        }
    }
}
