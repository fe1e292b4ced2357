import CommitLog
import Records
import Testing

/// A transaction's first batch needs the coordinator's word, given under a guard. See KIP-890.
@Suite struct `Verification of transactions` {
    private let disk = MemoryFileSystem()

    private func open() throws -> PartitionLog {
        var configuration = TestLog.configuration
        configuration.verifiesTransactions = true
        return try TestLog.open(disk, configuration)
    }

    private func batch(_ sequence: Int32, epoch: ProducerEpoch = 0) throws -> Bytes {
        var builder = RecordBatchBuilder(
            producerID: 7,
            producerEpoch: epoch,
            baseSequence: sequence,
            isTransactional: true
        )
        builder.append(timestamp: TestLog.now, key: Bytes(utf8: "k"), value: Bytes(utf8: "v"))
        return try builder.build()
    }

    private func append(
        _ log: PartitionLog,
        _ sequence: Int32,
        epoch: ProducerEpoch = 0,
        _ verification: VerificationGuard? = nil
    ) throws -> AppendResult {
        let result = try log.appendAsLeader(
            try batch(sequence, epoch: epoch),
            leaderEpoch: 0,
            now: TestLog.now,
            conditions: AppendConditions(verification: verification)
        )
        log.updateHighWatermark(to: log.logEndOffset)
        return result
    }

    private func mark(
        _ log: PartitionLog,
        epoch: ProducerEpoch = 0,
        aborts: Bool = false,
        isStrict: Bool = false
    ) throws {
        let kind: ControlRecord.Kind = aborts ? .abort(coordinatorEpoch: 0) : .commit(coordinatorEpoch: 0)
        let marker = try ControlRecord(kind).batch(
            baseOffset: 0,
            timestamp: TestLog.now,
            partitionLeaderEpoch: .none,
            producerID: 7,
            producerEpoch: epoch
        )
        _ = try log.appendAsLeader(
            marker,
            leaderEpoch: 0,
            now: TestLog.now,
            origin: .coordinator,
            conditions: AppendConditions(isMarkerEpochStrict: isStrict)
        )
        log.updateHighWatermark(to: log.logEndOffset)
    }

    private func begin(
        _ log: PartitionLog,
        _ sequence: Int32 = 0,
        epoch: ProducerEpoch = 0,
        startsAtZero: Bool = false
    ) -> VerificationGuard? {
        log.beginVerification(
            of: 7,
            epoch: epoch,
            baseSequence: sequence,
            startsAtZero: startsAtZero,
            now: TestLog.now
        )
    }

    private func expectNoOngoing(_ log: PartitionLog, _ body: () throws -> Void) {
        #expect(
            throws: LogError.invalidTransactionState(reason: "Record was not part of an ongoing transaction"),
            performing: body
        )
    }

    @Test func `the first batch needs a guard, those after it do not`() throws {
        let log = try open()
        expectNoOngoing(log) { _ = try append(log, 0) }
        let verification = try #require(begin(log))
        expectNoOngoing(log) { _ = try append(log, 0) }
        _ = try append(log, 0, verification)
        #expect(begin(log, 1) == nil)
        _ = try append(log, 1)
        #expect(log.lastStableOffset == 0)
        try mark(log)
        expectNoOngoing(log) { _ = try append(log, 2) }
        expectNoOngoing(log) { _ = try append(log, 2, verification) }
        #expect(log.lastStableOffset == log.logEndOffset)
    }

    @Test func `a marker between the coordinator's word and the append makes the guard void`() throws {
        let log = try open()
        let verification = try #require(begin(log))
        try mark(log)
        expectNoOngoing(log) { _ = try append(log, 0, verification) }
        let next = try #require(begin(log))
        #expect(next != verification)
        _ = try append(log, 0, next)
    }

    @Test func `a higher sequence waits for one that is still to be verified`() throws {
        let log = try open()
        let verification = try #require(begin(log, 4))
        #expect(begin(log, 2) == verification)
        do {
            _ = try append(log, 4, verification)
            Issue.record("sequence 4 was accepted before 2")
        } catch LogError.outOfOrderSequence {}
        _ = try append(log, 2, verification)
        _ = try append(log, 3)
    }

    @Test func `who adds partitions by writing begins with sequence 0`() throws {
        let log = try open()
        let verification = try #require(begin(log, 1, startsAtZero: true))
        do {
            _ = try append(log, 1, verification)
            Issue.record("sequence 1 was accepted")
        } catch LogError.outOfOrderSequence {}
        #expect(begin(log, 0, startsAtZero: true) == verification)
        _ = try append(log, 0, verification)
    }

    @Test func `a strict marker ends the transactions before its epoch only`() throws {
        let log = try open()
        _ = try append(log, 0, begin(log))
        do {
            try mark(log, epoch: 0, isStrict: true)
            Issue.record("a marker of the same epoch was accepted")
        } catch LogError.invalidProducerEpoch {}
        #expect(log.hasOngoingTransaction(7))
        try mark(log, epoch: 1, isStrict: true)
        #expect(!log.hasOngoingTransaction(7))
        // Written again after a crash of the coordinator: nothing is open, nothing happens.
        try mark(log, epoch: 1, isStrict: true)
        _ = try append(log, 0, epoch: 1, begin(log, epoch: 1))
        #expect(throws: LogError.self) { try mark(log, epoch: 1, isStrict: true) }
        #expect(log.hasOngoingTransaction(7))
    }

    @Test func `a reader learns of the aborted transactions within what it read`() throws {
        let log = try TestLog.open(disk)
        for epoch in 0..<60 as Range<Int16> {
            _ = try append(log, 0, epoch: ProducerEpoch(epoch))
            try mark(log, epoch: ProducerEpoch(epoch), aborts: true)
        }
        #expect(log.segmentCount > 2)
        let all = try log.abortedTransactions(from: 0, upTo: log.logEndOffset)
        #expect(all.map(\.firstOffset) == (0..<60).map { Offset($0 * 2) })
        var next = Offset.zero
        while next < log.logEndOffset {
            let read = try log.read(from: next, maxBytes: 400, upTo: log.lastStableOffset)
            guard case .bytes(let bytes) = try #require(read.parts.first) else {
                Issue.record("a region")
                return
            }
            let batches = try RecordBatch.batches(in: bytes).all()
            let end = try #require(batches.last).nextOffset
            #expect(read.endBound >= end && read.endBound <= end + 6)
            let known = try log.abortedTransactions(from: next, upTo: read.endBound)
            let needed = all.filter { $0.lastOffset >= next && $0.firstOffset < end }
            #expect(Set(known).isSuperset(of: needed))
            #expect(known.count <= needed.count + 3)
            next = end
        }
    }

    @Test func `where it is not asked for, no guard is needed`() throws {
        let log = try TestLog.open(disk)
        _ = try append(log, 0)
        #expect(log.hasOngoingTransaction(7))
    }
}
