import CommitLog
import Records
import Synchronization
import Testing

/// After an unclean stop a log that ends at its recovery point is taken as it is.
@Suite struct `Intact segments` {
    /// A disk with a flushed log, whose largest timestamp stands before its last index entry, and that log's end.
    private func flushedLog() throws -> (MemoryFileSystem, Offset) {
        let disk = MemoryFileSystem()
        let log = try TestLog.open(disk)
        for index in 0..<20 {
            let time = TestLog.now.rawValue + (index == 7 ? 1000 : Int64(index))
            try log.append(try TestLog.batch(at: Timestamp(time), producer: 9, epoch: 0, sequence: Int32(index)))
        }
        try log.flush()
        return (disk, log.logEndOffset)
    }

    private func reopen(_ disk: MemoryFileSystem, at recoveryPoint: Offset) throws -> PartitionLog {
        try TestLog.open(disk, recovery: .unclean(recoveryPoint: recoveryPoint))
    }

    @Test func `no segment is touched when a log ends at its recovery point`() throws {
        let (disk, end) = try flushedLog()
        let before = try disk.files(in: TestLog.directory)
        let changed = Mutex<Set<String>>([])
        disk.injectFaults { change in
            changed.withLock { _ = $0.insert(change.path) }
            return nil
        }
        let log = try reopen(disk, at: end)
        // What producers did since the last snapshot is read from the log and kept as another one.
        #expect(changed.withLock { $0 } == ["\(TestLog.directory)/00000000000000000020.snapshot"])
        let after = try disk.files(in: TestLog.directory)
        #expect(after.filter { before[$0.key] != nil } == before)
        #expect(log.logEndOffset == end)
        #expect(log.recoveryPoint == end)
        #expect(try log.batches().count == 20)
        #expect(log.producerStates[9]?.batches.last?.lastSequence == 19)
        #expect(try log.findLargestTimestamp()?.offset == 7)
        try log.append(try TestLog.batch(producer: 9, epoch: 0, sequence: 20))
        #expect(log.logEndOffset == end + 1)
    }

    @Test func `an empty log is taken as it is`() throws {
        let disk = MemoryFileSystem()
        _ = try TestLog.open(disk)
        let changes = Mutex(0)
        disk.injectFaults { _ in
            changes.withLock { $0 += 1 }
            return nil
        }
        let log = try reopen(disk, at: 0)
        #expect(log.logEndOffset == 0)
        #expect(changes.withLock { $0 } == 0)
    }

    @Test func `bytes after the recovery point are looked over`() throws {
        let (disk, end) = try flushedLog()
        let path = "\(TestLog.directory)/00000000000000000000.log"
        let size = try #require(try disk.contents(of: path)).count
        let file = try disk.open(path, .readWrite)
        try Array(repeating: UInt8(7), count: 10).withUnsafeBytes { try file.write($0, at: Int64(size)) }
        #expect(try reopen(disk, at: end).logEndOffset == end)
        #expect(try disk.contents(of: path)?.count == size)
    }

    @Test(arguments: ["index", "timeindex"])
    func `an index with room for more entries is built anew`(kind: String) throws {
        let (disk, end) = try flushedLog()
        let path = "\(TestLog.directory)/00000000000000000000.\(kind)"
        let file = try disk.open(path, .readWrite)
        try file.truncate(to: 24_000)
        let log = try reopen(disk, at: end)
        #expect(log.logEndOffset == end)
        #expect(try #require(try disk.contents(of: path)).count < 24_000)
        #expect(try log.findLargestTimestamp()?.offset == 7)
    }

    @Test func `index entries beyond the recovery point are built anew`() throws {
        let (disk, end) = try flushedLog()
        let path = "\(TestLog.directory)/00000000000000000000.index"
        let file = try disk.open(path, .readWrite)
        let size = try #require(try disk.contents(of: path)).count
        try ([0, 0, 0, 20, 0, 0, 0, 200] as [UInt8]).withUnsafeBytes { try file.write($0, at: Int64(size)) }
        #expect(try reopen(disk, at: end).logEndOffset == end)
        #expect(try disk.contents(of: path)?.count == size)
    }
}
