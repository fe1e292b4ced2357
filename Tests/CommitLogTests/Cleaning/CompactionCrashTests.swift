import Records
import Testing

@testable import CommitLog

/// Compaction changes a dozen files for each segment; a crash between any two must not be seen.
@Suite struct `Crashes of a compaction` {
    private static let topicID = TopicID(KafkaUUID(high: 1, low: 2))

    /// A log with overwritten keys, tombstones, transactions and a producer, flushed; then two rounds of compaction.
    private struct Run {
        let disk: MemoryFileSystem
        var flushed: [FoundRecord] = []
        var end: Offset = 0

        mutating func prepare() throws -> PartitionLog {
            try disk.createDirectory("/data")
            try disk.syncDirectory("/")
            let log = try TestLog.open(disk, CompactionRun.configuration, topicID: topicID)
            var sequence: Int32 = 0
            for round in 0..<14 {
                try log.append(
                    try CompactionRun.batch(
                        [("a\(round % 3)", "r\(round)"), ("b\(round)", round % 4 == 0 ? nil : "x")],
                        producer: 7,
                        epoch: 0,
                        sequence: sequence
                    )
                )
                sequence += 2
            }
            try log.append(
                try CompactionRun.batch([("t", "x")], producer: 8, epoch: 0, sequence: 0, isTransactional: true)
            )
            try log.append(try CompactionRun.marker(.abort(coordinatorEpoch: 0), producer: 8), origin: .coordinator)
            for round in 0..<6 { try log.append(try CompactionRun.batch([("a0", "s\(round)")])) }
            try log.flush()
            flushed = try log.records()
            end = log.logEndOffset
            return log
        }

        mutating func compact(_ log: PartitionLog) throws {
            let first = try CompactionRun.compact(log, stepBytes: 300)
            try log.removeRetiredFiles(now: TestLog.now)
            let later = Timestamp(TestLog.now.rawValue + 2000)
            try CompactionRun.compact(log, checkpoint: first, now: later, stepBytes: 300)
            try log.removeRetiredFiles(now: later)
        }
    }

    @Test(arguments: [MemoryFileSystem.Loss.everything, .tail, .scattered, .nothing])
    func `at every change of the disk the log holds the last record of each key`(_ loss: MemoryFileSystem.Loss) throws {
        var whole = Run(disk: MemoryFileSystem())
        let log = try whole.prepare()
        let start = whole.disk.changeCount
        try whole.compact(log)
        let changes = whole.disk.changeCount - start
        #expect(changes > 80)
        for kill in 0..<changes {
            var run = Run(disk: MemoryFileSystem())
            let log = try run.prepare()
            run.disk.stop(afterOperations: kill)
            #expect(throws: LogError.self) { try run.compact(log) }
            #expect(run.disk.isStopped)
            run.disk.restart(seed: UInt64(kill) &+ 77, loss: loss)
            try check(run, "killed at change \(kill) of \(changes), loss \(loss)")
        }
    }

    private func check(_ run: Run, _ context: String) throws {
        for recovery in [LogRecovery.unclean(recoveryPoint: run.end), .unclean(recoveryPoint: 0)] {
            let disk = run.disk.copy()
            let log = try TestLog.open(disk, CompactionRun.configuration, recovery: recovery, topicID: Self.topicID)
            #expect(log.logEndOffset == run.end, "\(context)")
            let found = try log.records()
            #expect(found.map(\.offset) == found.map(\.offset).sorted(), "\(context)")
            #expect(Set(found).isSubset(of: Set(run.flushed)), "\(context)")
            let committed = run.flushed.filter { $0.key != "t" }
            let latest = Dictionary(committed.map { ($0.key, $0) }) { $1 }
            for record in latest.values where record.value != nil {
                #expect(found.contains(record), "\(context): \(record) is gone")
            }
            // A tombstone may go, but not before what it deletes.
            for record in latest.values where record.value == nil && !found.contains(record) {
                #expect(!found.contains { $0.key == record.key }, "\(context): \(record) came back")
            }
            #expect(try log.abortedTransactions(from: 0, upTo: run.end).count <= 1)
            #expect(log.producerStates[7]?.lastSequence == 27, "\(context)")
            #expect(try !disk.list(TestLog.directory).contains { $0.hasSuffix(".swap") || $0.hasSuffix(".cleaned") })
            // And compaction finds its way from here.
            try CompactionRun.compact(log, now: Timestamp(TestLog.now.rawValue + 4000))
            #expect(log.logEndOffset == run.end)
        }
    }
}
