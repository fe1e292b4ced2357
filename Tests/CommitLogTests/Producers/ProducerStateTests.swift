import CommitLog
import Records
import Testing

/// Idempotent producers: sequences, epochs, duplicates, snapshots. See KIP-98, KIP-360.
@Suite struct `Producer state` {
    private let disk = MemoryFileSystem()

    private func append(
        _ log: PartitionLog,
        _ count: Int = 1,
        sequence: Int32,
        epoch: ProducerEpoch = 0,
        producer: ProducerID = 7
    ) throws(any Error) -> AppendResult {
        try log.append(try TestLog.batch(count, producer: producer, epoch: epoch, sequence: sequence))
    }

    @Test func `a batch sent again is answered with its first offsets, and not written`() throws {
        let log = try TestLog.open(disk)
        for batch in 0..<6 { _ = try append(log, 2, sequence: Int32(batch * 2)) }
        let size = log.sizeInBytes
        for batch in 1..<6 {
            let again = try append(log, 2, sequence: Int32(batch * 2))
            #expect(again.isDuplicate)
            #expect(again.baseOffset == Offset(Int64(batch * 2)))
            #expect(again.lastOffset == Offset(Int64(batch * 2 + 1)))
            #expect(again.logAppendTime == TestLog.now)
        }
        #expect(log.sizeInBytes == size)
        #expect(log.logEndOffset == 12)
        // Only the last five are remembered.
        #expect(throws: LogError.self) { try append(log, 2, sequence: 0) }
    }

    @Test func `a sequence with a hole is refused, and nothing changes`() throws {
        let log = try TestLog.open(disk)
        _ = try append(log, 3, sequence: 0)
        let before = (log.sizeInBytes, log.offsets, log.producerStates)
        for sequence in [1, 2, 4, 5, 1000] as [Int32] {
            do {
                _ = try append(log, sequence: sequence)
                Issue.record("sequence \(sequence) was accepted")
            } catch LogError.outOfOrderSequence(let reason) {
                #expect(reason.contains("sequence \(sequence), 2 is the last one known"))
            }
        }
        #expect(before == (log.sizeInBytes, log.offsets, log.producerStates))
        #expect(try append(log, sequence: 3).baseOffset == 3)
    }

    @Test func `a new epoch begins at sequence 0, an old one is fenced`() throws {
        let log = try TestLog.open(disk)
        _ = try append(log, sequence: 0, epoch: 4)
        #expect(
            throws: LogError.outOfOrderSequence(
                reason: "producer 7 begins epoch 5 with sequence 1 instead of 0; epoch 4 is known"
            )
        ) { try append(log, sequence: 1, epoch: 5) }
        _ = try append(log, sequence: 0, epoch: 5)
        do {
            _ = try append(log, sequence: 1, epoch: 4)
            Issue.record("an old epoch was accepted")
        } catch LogError.invalidProducerEpoch {}
        #expect(log.producerStates[7]?.epoch == 5)
        #expect(log.logEndOffset == 2)
    }

    @Test func `a producer that is not known may begin anywhere`() throws {
        let log = try TestLog.open(disk)
        #expect(try append(log, 2, sequence: 41).baseOffset == 0)
        #expect(try append(log, sequence: 43).baseOffset == 2)
    }

    @Test func `sequences wrap from the largest to 0`() throws {
        let log = try TestLog.open(disk)
        _ = try append(log, 3, sequence: .max - 1)
        #expect(log.producerStates[7]?.lastSequence == 0)
        let again = try append(log, 3, sequence: .max - 1)
        #expect(again.isDuplicate && again.baseOffset == 0)
        _ = try append(log, sequence: 1)
        _ = try append(log, 1, sequence: .max, producer: 8)
        #expect(try append(log, 1, sequence: 0, producer: 8).baseOffset == 5)
    }

    @Test func `states outlive a clean stop and a crash`() throws {
        var log = try TestLog.open(disk)
        for sequence in 0..<30 {
            _ = try append(log, sequence: Int32(sequence))
            _ = try append(log, sequence: Int32(sequence / 3), producer: ProducerID(Int64(100 + sequence % 3)))
        }
        let states = log.producerStates.mapValues { ($0.lastSequence, $0.epoch) }
        try log.close()
        log = try TestLog.open(disk)
        for (id, state) in states { #expect(log.producerStates[id]?.lastSequence == state.0) }
        #expect(try append(log, sequence: 29).isDuplicate)
        _ = try append(log, sequence: 30)
        try log.flush()

        disk.restart(seed: 1, loss: .everything)
        log = try TestLog.open(disk, recovery: .unclean(recoveryPoint: 0))
        #expect(log.producerStates[7]?.lastSequence == 30)
        #expect(try append(log, sequence: 29).isDuplicate)
    }

    @Test func `producers silent for long are forgotten, but for those in a transaction`() throws {
        let log = try TestLog.open(disk)
        _ = try append(log, sequence: 0)
        try log.append(try TestLog.batch(producer: 8, epoch: 0, sequence: 0, isTransactional: true))
        log.expireProducers(now: Timestamp(TestLog.now.rawValue + 24 * 3600 * 1000 - 1))
        #expect(log.producerStates.count == 2)
        log.expireProducers(now: Timestamp(TestLog.now.rawValue + 24 * 3600 * 1000))
        #expect(log.producerStates.keys.sorted() == [8])
        #expect(log.hasOngoingTransaction(8))
        #expect(log.lastStableOffset == 1)
    }

    @Test func `a batch outside of an open transaction is refused`() throws {
        let log = try TestLog.open(disk)
        try log.append(try TestLog.batch(producer: 8, epoch: 0, sequence: 0, isTransactional: true))
        do {
            try log.append(try TestLog.batch(producer: 8, epoch: 0, sequence: 1))
            Issue.record("it was accepted")
        } catch LogError.invalidTransactionState {}
        #expect(log.logEndOffset == 1)
    }
}
