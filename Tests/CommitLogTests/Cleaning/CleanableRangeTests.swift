import Records
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `What compaction may look at` {
    private let start = TestLog.now.rawValue

    /// Ten batches a second apart, one a segment.
    private func log(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> PartitionLog {
        var configuration = CompactionRun.configuration
        configuration.segmentBytes = 100
        change(&configuration)
        let log = try TestLog.open(MemoryFileSystem(), configuration)
        for second in 0..<10 {
            try log.append(try CompactionRun.batch([("k", "v")], at: Timestamp(start + Int64(second) * 1000)))
        }
        return log
    }

    private func range(_ log: PartitionLog, _ checkpoint: Offset?, after milliseconds: Int64) throws -> CleanableRange {
        try log.cleanableRange(checkpoint: checkpoint, now: Timestamp(start + milliseconds))
    }

    @Test func `all but the active segment, of which what is below the checkpoint counts as clean`() throws {
        let log = try log()
        let size = try #require(log.view.withLock { $0.segments.first?.sizeInBytes })
        let fresh = try range(log, nil, after: 0)
        #expect(fresh.firstDirtyOffset == 0 && fresh.firstUncleanableOffset == 9)
        #expect(fresh.cleanBytes == 0 && fresh.cleanableBytes == Int64(9 * size))
        let later = try range(log, 6, after: 0)
        #expect(later.cleanBytes == Int64(6 * size) && later.cleanableBytes == Int64(3 * size))
        #expect(abs(later.dirtyRatio - 1.0 / 3) < 0.001)
        #expect(later.isDue(ratio: 0.3) && !later.isDue(ratio: 0.4))
        let done = try range(log, 9, after: 0)
        #expect(done.cleanableBytes == 0 && !done.isDue(ratio: 0))
    }

    @Test func `nothing younger than min compaction lag ms`() throws {
        let log = try log { $0.minCompactionLagMs = 3500 }
        #expect(try range(log, nil, after: 9000).firstUncleanableOffset == 6)
        #expect(try range(log, nil, after: 3000).firstUncleanableOffset == 0)
        #expect(try range(log, nil, after: 60_000).firstUncleanableOffset == 9)
    }

    @Test func `a record that waits for longer than max compaction lag ms makes it due whatever the ratio`() throws {
        let log = try log { $0.maxCompactionLagMs = 5000 }
        let early = try range(log, 8, after: 13_000)
        #expect(!early.isOverdue && !early.isDue(ratio: 0.9))
        let late = try range(log, 8, after: 13_001)
        #expect(late.isOverdue && late.isDue(ratio: 0.9))
    }

    @Test func `max compaction lag ms completes segments as segment ms does`() throws {
        let log = try log {
            $0.segmentBytes = 1 << 20
            $0.maxCompactionLagMs = 2500
        }
        // Rolled at 3, 6 and 9 seconds.
        #expect(log.segmentCount == 4)
    }

    @Test func `a checkpoint that does not fit the log is not believed`() throws {
        let log = try log()
        #expect(try range(log, 500, after: 0).contradictsCheckpoint)
        #expect(try range(log, 500, after: 0).firstDirtyOffset == 0)
        try log.advanceLogStartOffset(to: 4)
        let below = try range(log, 2, after: 0)
        #expect(below.contradictsCheckpoint && below.firstDirtyOffset == 4)
    }
}
