import Coordination
import Records
import Testing

/// The machine is killed at every write of a transaction's end, and started again from what was written.
@Suite struct TransactionCrashTests {
    private static let partitions: Set<TopicPartition> = [orders, bills, TopicPartition("orders", 1)]

    /// Which outcomes the partitions were told, in order.
    private func outcomes(_ harness: TransactionHarness) -> [TopicPartition: Set<Bool>] {
        harness.written.reduce(into: [:]) { $0[$1.partition, default: []].insert($1.markers.commits) }
    }

    @Test(arguments: [true, false], [TransactionVersion.v0, .v2])
    func `a crash at any write ends in exactly one outcome`(_ commits: Bool, _ version: TransactionVersion) throws {
        // Prepare, three markers, complete; after five writes nothing is left to lose.
        for writes in 0...5 {
            var harness = TransactionHarness()
            harness.serverVersion = version
            let producer = try harness.producer()
            try harness.add(TransactionCrashTests.partitions, by: producer, version)
            harness.writesLeft = writes
            do {
                _ = try harness.end(producer, commits: commits, version)
                #expect(writes == 5)
            } catch is TransactionHarness.Crash {}
            var restarted = try harness.restarted()
            try restarted.writeMissingMarkers()
            if writes == 0 {
                // Nothing was decided: the transaction is open, and the end may still be asked for.
                #expect(restarted.state() == .ongoing)
                #expect(restarted.written.isEmpty)
                _ = try restarted.end(producer, commits: commits, version)
            }
            #expect(restarted.state() == (commits ? .completeCommit : .completeAbort), "after \(writes) writes")
            let told = outcomes(restarted)
            #expect(Set(told.keys) == TransactionCrashTests.partitions, "after \(writes) writes")
            #expect(told.values.allSatisfy { $0 == [commits] }, "after \(writes) writes")
            // The client, which heard nothing, asks again, and is told what has happened.
            let again = try restarted.end(producer, commits: commits, version)
            #expect(again.epoch == (version == .v2 ? 1 : 0))
            expectRefusal(.invalidTransactionState, &restarted) {
                try $0.end(producer, commits: !commits, version)
            }
        }
    }

    @Test func `crashes one after the other do no harm`() throws {
        var harness = TransactionHarness()
        let producer = try harness.producer()
        try harness.add(TransactionCrashTests.partitions, by: producer)
        harness.writesLeft = 1
        #expect(throws: TransactionHarness.Crash.self) { _ = try harness.end(producer, commits: true) }
        // Each time one more marker is written, and no record.
        for writes in 0..<4 {
            harness = try harness.restarted()
            harness.writesLeft = writes
            #expect(throws: TransactionHarness.Crash.self) { try harness.writeMissingMarkers() }
            #expect(harness.state() == .prepareCommit)
        }
        harness = try harness.restarted()
        try harness.writeMissingMarkers()
        #expect(harness.state() == .completeCommit)
        #expect(outcomes(harness).values.allSatisfy { $0 == [true] })
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `a reload agrees with the live shard after every record`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var harness = TransactionHarness()
        var producers: [TransactionalID: ProducerIdentity] = [:]
        for _ in 0..<300 {
            harness.now += Int64.random(in: 0..<20_000, using: &random)
            let id = TransactionalID("t\(Int.random(in: 0..<3, using: &random))")
            let version: TransactionVersion = Bool.random(using: &random) ? .v0 : .v2
            do {
                switch Int.random(in: 0..<5, using: &random) {
                case 0: if case .producer(let new) = try harness.initialise(id) { producers[id] = new }
                case 1, 2: if let known = producers[id] { try harness.add([orders], by: known, version, to: id) }
                case 3:
                    guard let known = producers[id] else { continue }
                    producers[id] = try harness.end(known, commits: .random(using: &random), version, of: id)
                default: try harness.pass(.seconds(30))
                }
            } catch is TransactionError {}
            let reloaded = try harness.restarted()
            for id in ["t0", "t1", "t2"] as [TransactionalID] {
                var live = harness.shard.metadata(of: id)
                // Not written down: it serves to answer a lost answer.
                live?.lastProducerEpoch = .none
                #expect(reloaded.shard.metadata(of: id) == live, "seed \(seed)")
            }
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
