import Records
import Testing

@testable import CommitLog

/// Random logs with transactions, tombstones and restarts: whatever compaction does, a reader of committed records ends
/// with the same values.
@Suite struct `Compaction of random logs` {
    /// A log beside what should be in it.
    private struct Run {
        var random: SplitMix
        let disk = MemoryFileSystem()
        var log: PartitionLog
        var now = TestLog.now
        var checkpoint: Offset?
        /// Every data record ever appended, by offset, with what became of its transaction.
        var appended: [Offset: FoundRecord] = [:]
        var aborted: Set<Offset> = []
        /// Open transactions: the offsets of their records.
        var open: [ProducerID: [Offset]] = [:]
        var sequences: [ProducerID: Int32] = [:]

        init(seed: UInt64) throws {
            random = SplitMix(state: seed)
            log = try TestLog.open(disk, CompactionRun.configuration)
        }

        mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

        mutating func step() throws {
            now = Timestamp(now.rawValue + Int64(pick(300)))
            switch pick(30) {
            case 0..<12: try append(producer: pick(2) == 0 ? .none : ProducerID(1), isTransactional: false)
            case 12..<21: try append(producer: ProducerID(Int64(pick(3)) + 10), isTransactional: true)
            case 21..<26: try end(ProducerID(Int64(pick(3)) + 10), isAbort: pick(2) == 0)
            case 26: try log.roll(now: now)
            case 27, 28: try compact()
            default: try restart(isClean: pick(2) == 0)
            }
        }

        private mutating func append(producer: ProducerID, isTransactional: Bool) throws {
            let records = (0..<pick(3) + 1).map { _ in
                (key: "k\(pick(8))", value: pick(5) == 0 ? nil : "v\(random.next() % 1000)")
            }
            let hasProducer = producer != .none
            let batch = try CompactionRun.batch(
                records,
                at: now,
                producer: producer,
                epoch: hasProducer ? 0 : .none,
                sequence: hasProducer ? sequences[producer, default: 0] : -1,
                isTransactional: isTransactional,
                compression: [.none, .lz4, .zstd][pick(3)]
            )
            if hasProducer { sequences[producer, default: 0] += Int32(records.count) }
            let base = try log.append(batch, now: now).baseOffset
            for (index, record) in records.enumerated() {
                let offset = base + Int64(index)
                appended[offset] = FoundRecord(offset: offset, key: record.key, value: record.value)
                if isTransactional { open[producer, default: []].append(offset) }
            }
        }

        private mutating func end(_ producer: ProducerID, isAbort: Bool) throws {
            guard let offsets = open.removeValue(forKey: producer) else { return }
            let kind = isAbort ? ControlRecord.Kind.abort(coordinatorEpoch: 0) : .commit(coordinatorEpoch: 0)
            try log.append(
                try CompactionRun.marker(kind, producer: producer, at: now),
                now: now,
                origin: .coordinator
            )
            if isAbort { aborted.formUnion(offsets) }
        }

        mutating func compact() throws {
            var limits = CleaningLimits()
            limits.bufferBytes = 64 + pick(2000)
            // Now and then not all keys fit.
            if pick(3) == 0 { limits.offsetMapBytes = 6 * OffsetMap.bytesPerSlot }
            checkpoint = try CompactionRun.compact(log, checkpoint: checkpoint, now: now, limits: limits)
            try log.removeRetiredFiles(now: now)
        }

        private mutating func restart(isClean: Bool) throws {
            let before = (log.logEndOffset, log.producerStates.mapValues(\.lastSequence))
            if isClean { try log.close() } else { try log.flush() }
            let recovery = isClean ? LogRecovery.clean : .unclean(recoveryPoint: pick(2) == 0 ? 0 : log.logEndOffset)
            log = try TestLog.open(disk, CompactionRun.configuration, recovery: recovery)
            #expect(log.logEndOffset == before.0)
            #expect(log.producerStates.mapValues(\.lastSequence) == before.1)
        }

        /// What a consumer of committed records gets that begins at `start`.
        func committed(from start: Offset) throws -> [FoundRecord] {
            let end = log.lastStableOffset
            var aborted = try log.abortedTransactions(from: start, upTo: end).sorted {
                $0.firstOffset < $1.firstOffset
            }[...]
            var producers: Set<ProducerID> = []
            var found: [FoundRecord] = []
            for batch in try log.batches(from: start) where batch.baseOffset < end {
                while let first = aborted.first, first.firstOffset <= batch.lastOffset {
                    producers.insert(first.producerID)
                    aborted.removeFirst()
                }
                if batch.isControl {
                    guard batch.recordCount > 0, case .abort = try ControlRecord(batch).kind else { continue }
                    producers.remove(batch.producerID)
                } else if !batch.isTransactional || !producers.contains(batch.producerID) {
                    for record in try batch.records() where record.offset >= start {
                        found.append(
                            FoundRecord(offset: record.offset, key: record.key?.utf8, value: record.value?.utf8)
                        )
                    }
                }
            }
            return found
        }

        func check(_ context: String) throws {
            let stable = log.lastStableOffset
            #expect(stable == (open.values.compactMap(\.first).min() ?? log.logEndOffset), "\(context)")
            let expected = appended.values.filter { $0.offset < stable && !aborted.contains($0.offset) }
            var latest: [String?: FoundRecord] = [:]
            for record in expected.sorted(by: { $0.offset < $1.offset }) { latest[record.key] = record }
            let found = try committed(from: 0)
            #expect(found.map(\.offset) == found.map(\.offset).sorted(), "\(context)")
            for record in found { #expect(appended[record.offset] == record, "\(context): \(record)") }
            #expect(found.allSatisfy { !aborted.contains($0.offset) }, "\(context)")
            var seen: [String?: FoundRecord] = [:]
            for record in found { seen[record.key] = record }
            #expect(
                seen.filter { $0.value.value != nil } == latest.filter { $0.value.value != nil },
                "\(context)"
            )
            // A consumer in the middle misses nothing of what comes after.
            let middle = Offset(log.logEndOffset.rawValue / 2)
            #expect(try committed(from: middle) == found.filter { $0.offset >= middle }, "\(context)")
        }
    }

    @Test(arguments: 0..<30)
    func `readers of committed records see the same final values`(_ number: UInt64) throws {
        let seed = 0xc0ffee &+ number
        var run = try Run(seed: seed)
        for step in 0..<250 {
            try run.step()
            if step % 10 == 9 { try run.check("seed \(seed), step \(step)") }
        }
        try run.log.roll(now: run.now)
        for round in 0..<4 {
            run.now = Timestamp(run.now.rawValue + 2000)
            try run.compact()
            try run.check("seed \(seed), at the end, round \(round)")
        }
    }
}
