import CommitLog
import Logging
import Records
import Testing

/// The promise of the log: whatever happens to the machine, what was flushed is there, whole and in order.
@Suite struct `Crashes` {
    /// A batch as it was appended.
    private struct Appended {
        var baseOffset: Offset
        var nextOffset: Offset
        var bytes: Bytes
    }

    /// A random run: appends, flushes, rolls, clean stops, removal of old segments.
    private struct Run {
        static let topicID = TopicID(KafkaUUID(high: 1, low: 2))
        var random: SplitMix
        let disk: MemoryFileSystem
        /// In the order of offsets; those that a flush has acknowledged below `flushed`.
        var appended: [Appended] = []
        var flushed: Offset = 0
        var sequence: Int32 = 0
        var isOpen = false

        init(seed: UInt64, disk: MemoryFileSystem) {
            random = SplitMix(state: seed)
            self.disk = disk
        }

        var configuration: LogConfiguration {
            var configuration = TestLog.configuration
            configuration.segmentBytes = 1200
            return configuration
        }

        mutating func play(steps: Int) throws {
            // The log directory is the broker's to make.
            try disk.createDirectory("/data")
            try disk.syncDirectory("/")
            var log = try TestLog.open(disk, configuration, topicID: Self.topicID)
            flushed = log.logEndOffset
            for _ in 0..<steps {
                switch random.next() % 20 {
                case 0..<13: try append(to: log)
                case 13..<17:
                    let end = log.logEndOffset
                    try log.flush()
                    flushed = end
                case 17: try log.roll(now: TestLog.now)
                case 18:
                    try log.advanceLogStartOffset(
                        to: Offset(Int64(random.next() % UInt64(log.logEndOffset.rawValue + 1)))
                    )
                    try log.removeOldSegments(now: TestLog.now)
                default:
                    let end = log.logEndOffset
                    try log.close()
                    flushed = end
                    log = try TestLog.open(disk, configuration, logStartOffset: log.logStartOffset)
                }
            }
        }

        private mutating func append(to log: PartitionLog) throws {
            let count = Int(random.next() % 5) + 1
            let batch = try TestLog.batch(
                count,
                step: 1,
                valueSize: Int(random.next() % 120),
                producer: 7,
                epoch: 0,
                sequence: sequence
            )
            // Noted before the write: a torn write may have reached the disk whole.
            appended.removeAll { $0.baseOffset >= log.logEndOffset }
            let copy = batch.copied()
            RecordBatch.assign(baseOffset: log.logEndOffset, leaderEpoch: 3, in: copy, at: 0)
            appended.append(
                Appended(baseOffset: log.logEndOffset, nextOffset: log.logEndOffset + Int64(count), bytes: copy)
            )
            try log.append(batch, epoch: 3)
            sequence += Int32(count)
        }
    }

    @Test(arguments: [MemoryFileSystem.Loss.everything, .tail, .scattered, .nothing])
    func `at every change of a random run nothing that was flushed is lost`(_ loss: MemoryFileSystem.Loss) throws {
        let seed: UInt64 = 0x5eed_0001
        var whole = Run(seed: seed, disk: MemoryFileSystem())
        try whole.play(steps: 60)
        let changes = whole.disk.changeCount
        #expect(changes > 150)
        for kill in 0..<changes {
            let disk = MemoryFileSystem()
            disk.stop(afterOperations: kill)
            var run = Run(seed: seed, disk: disk)
            do {
                try run.play(steps: 60)
                Issue.record("the run was not stopped at change \(kill)")
            } catch {
                #expect(disk.isStopped, "seed \(seed), change \(kill): \(error)")
            }
            disk.restart(seed: seed &+ UInt64(kill), loss: loss)
            let context = "seed \(seed), killed at change \(kill), loss \(loss)"
            // With and without what the broker's checkpoint would know.
            try check(run, disk, recoveryPoint: kill % 2 == 0 ? 0 : run.flushed, context)
        }
    }

    @Test(arguments: 0..<40)
    func `random runs survive a kill anywhere, twice`(_ number: Int) throws {
        let seed = UInt64(number) &* 7919 &+ 17
        var random = SplitMix(state: seed)
        let disk = MemoryFileSystem()
        disk.stop(afterOperations: Int(random.next() % 300))
        var run = Run(seed: seed, disk: disk)
        do { try run.play(steps: 100) } catch { #expect(disk.isStopped, "seed \(seed): \(error)") }
        disk.restart(seed: seed, loss: [.tail, .scattered, .everything][number % 3])
        // The second kill strikes while the first is recovered from.
        disk.stop(afterOperations: Int(random.next() % 12))
        do {
            _ = try TestLog.open(disk, run.configuration, recovery: .unclean(recoveryPoint: 0), topicID: Run.topicID)
        } catch {
            #expect(disk.isStopped, "seed \(seed): \(error)")
        }
        disk.restart(seed: seed &+ 1, loss: [.scattered, .tail][number % 2])
        try check(run, disk, recoveryPoint: 0, "seed \(seed)")
    }

    private func check(
        _ run: Run,
        _ disk: MemoryFileSystem,
        recoveryPoint: Offset,
        _ context: String
    ) throws {
        let log = try TestLog.open(
            disk,
            run.configuration,
            recovery: .unclean(recoveryPoint: recoveryPoint),
            topicID: Run.topicID
        )
        #expect(log.logEndOffset >= run.flushed, "\(context): flushed to \(run.flushed), ends at \(log.logEndOffset)")
        // No batch is half there, offsets have no gap, and every batch is the one that was appended.
        let batches = try log.batches()
        var next = batches.first?.baseOffset ?? log.logEndOffset
        #expect(next <= log.logStartOffset, "\(context)")
        for batch in batches {
            #expect(batch.baseOffset == next, "\(context)")
            next = batch.nextOffset
            let original = run.appended.first { $0.baseOffset == batch.baseOffset }
            #expect(original?.bytes == batch.bytes, "\(context): offset \(batch.baseOffset)")
        }
        #expect(next == log.logEndOffset, "\(context)")
        // Lookups work at every offset, and the log goes on.
        for batch in batches where batch.baseOffset >= log.logStartOffset {
            let read = try log.read(from: batch.lastOffset, maxBytes: 1, upTo: log.logEndOffset)
            #expect(read.baseOffset == batch.baseOffset, "\(context)")
        }
        let state = log.producerStates[7]
        if let last = batches.last { #expect(state?.lastSequence == last.lastSequence, "\(context)") }
        let end = log.logEndOffset
        let sequence = RecordBatch.sequence(state?.lastSequence ?? -1, advancedBy: 1)
        let appended = try log.append(TestLog.batch(2, producer: 7, epoch: 0, sequence: sequence), epoch: 3)
        #expect(appended.baseOffset == end, "\(context)")
        try log.close()
        let again = try TestLog.open(disk, run.configuration)
        #expect(again.logEndOffset == end + 2, "\(context)")
    }
}

/// A small random generator with a seed: SplitMix64.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
