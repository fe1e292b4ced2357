import CommitLog
import Records
import Testing

@Suite struct `Reading` {
    private let disk = MemoryFileSystem()

    /// 40 batches of 3 records over several segments, a second between batches.
    private func filled() throws -> PartitionLog {
        let log = try TestLog.open(disk)
        for index in 0..<40 {
            try log.append(try TestLog.batch(3, at: Timestamp(TestLog.now.rawValue + Int64(index) * 1000), step: 10))
        }
        return log
    }

    @Test func `every offset is found, live and after opening again`() throws {
        var log = try filled()
        #expect(log.segmentCount > 3)
        for _ in 0..<2 {
            for offset in 0..<120 as Range<Int64> {
                let read = try log.read(from: Offset(offset), maxBytes: 1, upTo: log.highWatermark)
                #expect(read.baseOffset == Offset(offset / 3 * 3))
                #expect(try RecordBatch(try read.bytes()).lastOffset == Offset(offset / 3 * 3 + 2))
            }
            try log.close()
            log = try TestLog.open(disk)
        }
    }

    @Test func `a read ends at the limit, at the size asked for, and at the log's end`() throws {
        let log = try filled()
        let size = try log.batches().first?.sizeInBytes ?? 0
        #expect(try log.read(from: 0, maxBytes: 1 << 20, upTo: 6).sizeInBytes == 2 * size)
        #expect(try log.read(from: 0, maxBytes: 1 << 20, upTo: 0).parts.isEmpty)
        #expect(try log.read(from: 0, maxBytes: size + 10, upTo: 120).sizeInBytes == size + 10)
        #expect(try log.read(from: 0, maxBytes: size - 1, upTo: 120).sizeInBytes == size)
        #expect(try log.read(from: 0, maxBytes: size - 1, upTo: 120, minOneBatch: false).parts.isEmpty)
        #expect(try log.read(from: 0, maxBytes: 0, upTo: 120, minOneBatch: false).parts.isEmpty)
        #expect(try log.read(from: 120, maxBytes: 100, upTo: 120).parts.isEmpty)
        for offset in [-1, 121, .min, .max] as [Int64] {
            #expect(throws: LogError.offsetOutOfRange(requested: Offset(offset), logStartOffset: 0, logEndOffset: 120))
            {
                try log.read(from: Offset(offset), maxBytes: 100, upTo: 120)
            }
        }
    }

    @Test func `large reads are regions, which outlive their segment`() throws {
        var configuration = TestLog.configuration
        configuration.segmentBytes = 200_000
        let log = try TestLog.open(disk, configuration)
        for _ in 0..<12 { try log.append(try TestLog.batch(valueSize: 10_000)) }
        let read = try log.read(from: 0, maxBytes: 100_000, upTo: 12)
        guard case .region(let region) = read.parts.first else {
            Issue.record("no region")
            return
        }
        #expect(region.count == 100_000)
        try log.roll(now: TestLog.now)
        try log.advanceLogStartOffset(to: 12)
        try log.removeOldSegments(now: TestLog.now)
        #expect(log.segmentCount == 1)
        var batches = RecordBatch.batches(in: try region.load())
        var count = 0
        while let batch = try batches.next() {
            try batch.validateCRC()
            count += 1
        }
        #expect(count == 9)
    }

    @Test func `records are found by time, live and after opening again`() throws {
        var log = try filled()
        for _ in 0..<2 {
            for index in 0..<40 as Range<Int64> {
                let time = TestLog.now.rawValue + index * 1000
                #expect(try log.find(Timestamp(time))?.offset == Offset(index * 3))
                let later = try log.find(Timestamp(time + 11))
                #expect(
                    later
                        == OffsetAtTime(timestamp: Timestamp(time + 20), offset: Offset(index * 3 + 2), leaderEpoch: 0)
                )
            }
            #expect(try log.find(Timestamp(TestLog.now.rawValue + 39_021)) == nil)
            #expect(try log.find(0)?.offset == 0)
            #expect(try log.findLargestTimestamp()?.offset == 119)
            try log.close()
            log = try TestLog.open(disk)
        }
    }

    @Test func `the last stable offset waits for open transactions, and aborted ones are told`() throws {
        let log = try TestLog.open(disk)
        func marker(_ producer: ProducerID, abort: Bool) throws -> Bytes {
            var builder = RecordBatchBuilder(
                producerID: producer,
                producerEpoch: 0,
                isTransactional: true,
                isControl: true
            )
            builder.append(
                timestamp: TestLog.now,
                key: [0, 0, 0, abort ? 0 : 1],
                value: [0, 0, 0, 0, 0, 3]
            )
            return try builder.build()
        }
        try log.append(try TestLog.batch(2))
        try log.append(try TestLog.batch(2, producer: 1, epoch: 0, sequence: 0, isTransactional: true))
        try log.append(try TestLog.batch(1, producer: 2, epoch: 0, sequence: 0, isTransactional: true))
        #expect(log.lastStableOffset == 2)
        try log.append(try marker(1, abort: true), origin: .coordinator)
        #expect(log.lastStableOffset == 4)
        try log.append(try marker(2, abort: false), origin: .coordinator)
        #expect(log.lastStableOffset == 7)
        let expected = AbortedTransaction(producerID: 1, firstOffset: 2, lastOffset: 5, lastStableOffset: 4)
        #expect(try log.abortedTransactions(from: 0, upTo: 7) == [expected])
        #expect(try log.abortedTransactions(from: 6, upTo: 7) == [])
        #expect(try log.abortedTransactions(from: 0, upTo: 2) == [])
        try log.flush()
        disk.restart(seed: 3, loss: .everything)
        let again = try TestLog.open(disk, recovery: .unclean(recoveryPoint: 0))
        #expect(try again.abortedTransactions(from: 0, upTo: 7) == [expected])
        #expect(again.producerStates[1]?.coordinatorEpoch == 3)
        #expect(again.lastStableOffset == 7)
    }

    @Test func `reads run beside appends`() async throws {
        let log = try TestLog.open(disk)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var next = Offset.zero
                    var reads = 0
                    while next < 600 {
                        let end = log.highWatermark
                        let read = try log.read(from: next, maxBytes: 700, upTo: end)
                        var batches = RecordBatch.batches(in: try read.bytes())
                        while let batch = try batches.next() {
                            try batch.validateCRC()
                            #expect(batch.baseOffset == next)
                            next = batch.nextOffset
                        }
                        #expect(next <= end)
                        reads += 1
                        if read.parts.isEmpty { await Task.yield() }
                    }
                    return reads
                }
            }
            for _ in 0..<200 {
                try log.append(try TestLog.batch(3))
                await Task.yield()
            }
            for try await reads in group { #expect(reads > 0) }
        }
    }
}
