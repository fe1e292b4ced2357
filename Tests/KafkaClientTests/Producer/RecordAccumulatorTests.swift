import KafkaProtocol
import NIOCore
import Records
import Synchronization
import Testing

@testable import KafkaClient

@Suite struct RecordAccumulatorTests {
    /// A topic `t` led by broker 1, with an accumulator under test.
    private struct Bench {
        var accumulator: RecordAccumulator
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let results = Results()

        init(partitions: Int32 = 1, _ change: (inout RecordAccumulator.Settings) -> Void = { _ in }) {
            var settings = RecordAccumulator.Settings()
            settings.batchSizeBytes = 1000
            change(&settings)
            accumulator = RecordAccumulator(settings)
            accumulator.identity = ProducerIdentity(id: 7, epoch: 0)
            accumulator.update(
                TopicMetadata(
                    name: "t",
                    id: .none,
                    error: .none,
                    isInternal: false,
                    partitions: (0..<partitions).map {
                        PartitionMetadata(
                            index: PartitionIndex($0),
                            error: .none,
                            leader: 1,
                            leaderEpoch: 0,
                            replicas: [],
                            inSyncReplicas: [],
                            offlineReplicas: []
                        )
                    }
                )
            )
        }

        @discardableResult
        mutating func append(
            _ value: String,
            partition: PartitionIndex? = 0
        ) throws(KafkaError) -> RecordAccumulator.Appended {
            let now = now
            let results = results
            let bytes = Array(value.utf8)
            let key = value
            do {
                return try bytes.withUnsafeBytes { raw in
                    try accumulator.append(
                        topic: 0,
                        partition: partition,
                        timestamp: Timestamp(5),
                        key: nil,
                        value: raw,
                        headers: [],
                        callback: { results.add(key, $0) },
                        now: { now },
                        random: { 0 }
                    )
                }
            } catch {
                throw (error as? KafkaError) ?? KafkaError(.unknownServerError)
            }
        }

        /// Fills a batch to the brim, so that it goes out.
        mutating func fill(_ name: String) throws(KafkaError) {
            try append(name + String(repeating: ".", count: 950 - name.utf8.count))
        }

        mutating func drain() -> [ProducerBatch] { accumulator.drain(for: 1, now: now) }

        mutating func settle(_ batch: ProducerBatch, _ outcome: BatchOutcome) {
            let settlement = accumulator.settle(batch, outcome, now: now, random: 1 << 63)
            perform(settlement)
        }

        mutating func fail(_ batch: ProducerBatch, _ code: ErrorCode) {
            settle(batch, .failed(KafkaError(code), logStartOffset: Offset(-1)))
        }

        mutating func acknowledge(_ batch: ProducerBatch, _ offset: Offset) {
            settle(batch, .acknowledged(BatchAcknowledgement(baseOffset: offset, logAppendTime: .none)))
        }

        func perform(_ settlement: Settlement) {
            for finished in settlement.finished { finished.batch.finish(finished.result) }
            for told in settlement.told { told() }
        }
    }

    private final class Results: Sendable {
        private let kept = Mutex<[(String, Result<RecordMetadata, KafkaError>)]>([])
        func add(_ name: String, _ result: Result<RecordMetadata, KafkaError>) {
            kept.withLock { $0.append((name, result)) }
        }
        var offsets: [String: Int64] {
            kept.withLock { all in
                var offsets: [String: Int64] = [:]
                for case (let name, .success(let metadata)) in all { offsets[name] = metadata.offset.rawValue }
                return offsets
            }
        }
        var errors: [ErrorCode] {
            kept.withLock { all in
                all.compactMap { if case .failure(let error) = $0.1 { error.code } else { nil } }
            }
        }
    }

    private func header(_ batch: ProducerBatch) throws -> (epoch: ProducerEpoch, sequence: Int32, count: Int32) {
        let view = try RecordBatch(try batch.encoded())
        try view.validateCRC()
        return (view.producerEpoch, view.baseSequence, view.recordCount)
    }

    @Test func `a batch waits for the linger time`() throws {
        var bench = Bench()
        #expect(try bench.append("a") == .taken(wakesSender: true))
        #expect(try bench.append("b") == .taken(wakesSender: false))
        let early = bench.accumulator.ready(now: bench.now)
        #expect(early.brokers.isEmpty)
        #expect(early.nextCheck == bench.now + .milliseconds(5))
        bench.now = bench.now + .milliseconds(5)
        let due = bench.accumulator.ready(now: bench.now)
        #expect(due.brokers == [1])
        let batches = bench.drain()
        #expect(batches.map(\.recordCount) == [2])
        bench.acknowledge(batches[0], 40)
        #expect(bench.results.offsets == ["a": 40, "b": 41])
        #expect(bench.accumulator.usedBytes == 0)
    }

    @Test func `a full batch goes at once and a flush takes the rest`() throws {
        var bench = Bench()
        try bench.fill("a")
        try bench.append("b" + String(repeating: "-", count: 100))
        #expect(bench.accumulator.ready(now: bench.now).brokers == [1])
        let first = bench.drain()
        #expect(first.count == 1)
        #expect(bench.accumulator.ready(now: bench.now).brokers == [])
        let isWaiting = bench.accumulator.flush {}
        #expect(isWaiting)
        let second = bench.drain()
        #expect(second.count == 1)
        bench.acknowledge(second[0], 1)
        bench.acknowledge(first[0], 0)
        #expect(bench.results.offsets.count == 2)
        #expect(bench.accumulator.flushes.isEmpty)
    }

    @Test func `sequences count the records of a partition`() throws {
        var bench = Bench()
        try bench.append("x")
        try bench.fill("a")
        try bench.fill("b")
        var sequences: [Int32] = []
        for _ in 0..<3 {
            bench.now = bench.now + .milliseconds(5)
            for batch in bench.drain() { sequences.append(try header(batch).sequence) }
        }
        #expect(sequences == [0, 1, 2])
    }

    @Test func `a retried batch goes alone and before the others`() throws {
        var bench = Bench()
        for name in ["a", "b", "c", "d"] { try bench.fill(name) }
        bench.now = bench.now + .milliseconds(5)
        let sent = (0..<3).flatMap { _ in bench.drain() }
        #expect(try sent.map { try header($0).sequence } == [0, 1, 2])
        bench.fail(sent[0], .notLeaderOrFollower)
        bench.fail(sent[1], .outOfOrderSequenceNumber)
        bench.now = bench.now + .seconds(1)
        let again = bench.drain()
        #expect(try again.map { try header($0).sequence } == [0])
        #expect(bench.drain().isEmpty, "the second waits for the first")
        bench.acknowledge(again[0], 0)
        let second = bench.drain()
        #expect(try second.map { try header($0).sequence } == [1])
        bench.acknowledge(second[0], 1)
        bench.acknowledge(sent[2], 2)
        let last = bench.drain()
        #expect(try last.map { try header($0).sequence } == [3])
        bench.acknowledge(last[0], 3)
        #expect(bench.results.offsets.count == 4)
        #expect(bench.accumulator.usedBytes == 0)
    }

    @Test func `at most five batches of a partition are on the wire`() throws {
        var bench = Bench()
        for index in 0..<8 { try bench.fill("\(index)") }
        bench.now = bench.now + .milliseconds(5)
        let sent = (0..<8).flatMap { _ in bench.drain() }
        #expect(sent.count == 5)
        bench.acknowledge(sent[0], 0)
        #expect(bench.drain().count == 1)
    }

    @Test func `a batch that fails for good bumps the epoch and the rest starts from zero`() throws {
        var bench = Bench()
        for name in ["a", "b", "c"] { try bench.fill(name) }
        bench.now = bench.now + .milliseconds(5)
        let sent = (0..<2).flatMap { _ in bench.drain() }
        bench.fail(sent[0], .outOfOrderSequenceNumber)
        #expect(bench.results.errors == [.outOfOrderSequenceNumber])
        #expect(bench.accumulator.identity?.epoch == 1)
        #expect(bench.drain().isEmpty, "the second is still on the wire under the old epoch")
        bench.fail(sent[1], .outOfOrderSequenceNumber)
        bench.now = bench.now + .seconds(1)
        var headers: [(ProducerEpoch, Int32)] = []
        for offset in 0..<2 {
            let batches = bench.drain()
            for batch in batches {
                let header = try header(batch)
                headers.append((header.epoch, header.sequence))
                bench.acknowledge(batch, Offset(Int64(offset)))
            }
        }
        #expect(headers.map(\.0) == [1, 1])
        #expect(headers.map(\.1) == [0, 1])
        #expect(bench.results.offsets.count == 2)
    }

    @Test func `after the delivery timeout records fail`() throws {
        var bench = Bench()
        try bench.append("a")
        try bench.append("b")
        bench.now = bench.now + .seconds(120)
        let settlement = bench.accumulator.expire(now: bench.now)
        bench.perform(settlement)
        #expect(bench.results.errors == [.requestTimedOut, .requestTimedOut])
        #expect(bench.accumulator.usedBytes == 0)
        #expect(settlement.finished.count == 1)
    }

    @Test func `memory is bounded and comes back`() throws {
        var bench = Bench(partitions: 4) { $0.bufferMemoryBytes = 2500 }
        #expect(try bench.append("a", partition: 0) == .taken(wakesSender: true))
        #expect(try bench.append("b", partition: 1) == .taken(wakesSender: true))
        #expect(try bench.append("c", partition: 2) == .outOfMemory)
        #expect(try bench.append("d", partition: 0) == .taken(wakesSender: false))
        bench.accumulator.memoryWaiters.append {}
        #expect(bench.accumulator.ready(now: bench.now).brokers == [1], "who waits for memory ends the linger")
        let batches = bench.drain()
        #expect(batches.count == 2)
        bench.acknowledge(batches[0], 0)
        #expect(bench.accumulator.memoryWaiters.isEmpty)
        #expect(try bench.append("c", partition: 2) == .taken(wakesSender: true))
    }

    @Test func `a batch that is too large for the broker is split until its records go one by one`() throws {
        var bench = Bench()
        for name in ["a", "b", "c", "d", "e"] { try bench.append(name) }
        bench.now = bench.now + .milliseconds(5)
        var values: [String] = []
        var sequences: [Int32] = []
        while let batch = bench.drain().first {
            if batch.recordCount > 1 {
                bench.fail(batch, .messageTooLarge)
                continue
            }
            sequences.append(try header(batch).sequence)
            for record in try RecordBatch(try batch.encoded()).records() { values.append(record.value?.utf8 ?? "") }
            bench.acknowledge(batch, Offset(Int64(values.count - 1)))
        }
        #expect(values == ["a", "b", "c", "d", "e"])
        #expect(sequences == [0, 1, 2, 3, 4])
        #expect(bench.results.offsets == ["a": 0, "b": 1, "c": 2, "d": 3, "e": 4])
        #expect(bench.accumulator.usedBytes == 0)
        #expect(!bench.accumulator.hasUnfinished)
    }

    @Test func `a record larger than a request is refused by name`() throws {
        var bench = Bench { $0.maxRequestSizeBytes = 100 }
        let error = #expect(throws: KafkaError.self) { try bench.append(String(repeating: "x", count: 100)) }
        #expect(error?.code == .messageTooLarge)
        #expect(error?.message.contains("max.request.size") == true)
        #expect(bench.accumulator.usedBytes == 0)
    }

    @Test func `a partition that does not exist is refused`() throws {
        var bench = Bench()
        let error = #expect(throws: KafkaError.self) { try bench.append("a", partition: 1) }
        #expect(error?.code == .unknownTopicOrPartition)
    }

    @Test func `a duplicate is a success and without idempotence order errors are failures`() throws {
        var bench = Bench { $0.isIdempotent = false }
        try bench.fill("a")
        bench.now = bench.now + .milliseconds(5)
        let batch = bench.drain()[0]
        #expect(try header(batch).sequence == -1)
        bench.fail(batch, .outOfOrderSequenceNumber)
        #expect(bench.results.errors == [.outOfOrderSequenceNumber])
    }
}
