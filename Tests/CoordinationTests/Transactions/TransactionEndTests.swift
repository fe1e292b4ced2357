import Coordination
import Records
import Testing

@Suite struct TransactionEndTests {
    @Test(arguments: [true, false])
    func `in the flow of old the epoch stays, and a repetition changes nothing`(_ commits: Bool) throws {
        var harness = TransactionHarness()
        let producer = try harness.producer()
        expectRefusal(.invalidTransactionState, &harness) { try $0.end(producer, commits: commits, .v0) }
        try harness.add([orders], by: producer, .v0)
        #expect(try harness.end(producer, commits: commits, .v0) == producer)
        #expect(harness.state() == (commits ? .completeCommit : .completeAbort))
        #expect(harness.written.map(\.markers.producerEpoch) == [0])
        let records = harness.log.count
        #expect(try harness.end(producer, commits: commits, .v0) == producer)
        #expect(harness.log.count == records)
        expectRefusal(.invalidTransactionState, &harness) { try $0.end(producer, commits: !commits, .v0) }
        expectRefusal(.producerFenced, &harness) { try $0.end(ProducerIdentity(producer.id, 1), commits: commits, .v0) }
        expectRefusal(.invalidProducerIDMapping, &harness) { try $0.end(ProducerIdentity(5, 0), commits: commits, .v0) }
        expectRefusal(.invalidProducerIDMapping, &harness) { try $0.end(producer, commits: commits, .v0, of: "other") }
    }

    @Test(arguments: [true, false])
    func `version 2 raises the epoch, and a repetition is answered with the same one`(_ commits: Bool) throws {
        var harness = TransactionHarness()
        let producer = try harness.producer()
        try harness.add([orders], by: producer)
        let next = try harness.end(producer, commits: commits)
        #expect(next == ProducerIdentity(producer.id, 1))
        #expect(harness.written.map(\.markers.producerEpoch) == [1])
        let records = harness.log.count
        #expect(try harness.end(producer, commits: commits) == next)
        #expect(harness.log.count == records)
        expectRefusal(.invalidTransactionState, &harness) { try $0.end(producer, commits: !commits) }
        expectRefusal(.producerFenced, &harness) { try $0.end(ProducerIdentity(producer.id, 9), commits: commits) }
    }

    @Test(arguments: [true, false])
    func `a late end of version 2 never touches the next transaction`(_ commits: Bool) throws {
        var harness = TransactionHarness()
        let first = try harness.producer()
        try harness.add([orders], by: first)
        let second = try harness.end(first, commits: true)
        try harness.add([bills], by: second)
        expectRefusal(.producerFenced, &harness) { try $0.end(first, commits: commits) }
        #expect(harness.state() == .ongoing)
        let third = try harness.end(second, commits: !commits)
        #expect(third == ProducerIdentity(first.id, 2))
        #expect(harness.state() == (commits ? .completeAbort : .completeCommit))
    }

    @Test func `version 2 aborts what was never written to, and does not commit it`() throws {
        var harness = TransactionHarness()
        let first = try harness.producer()
        expectRefusal(.invalidTransactionState, &harness) { try $0.end(first, commits: true) }
        let second = try harness.end(first, commits: false)
        #expect(second == ProducerIdentity(first.id, 1))
        #expect(harness.state() == .completeAbort)
        let third = try harness.end(second, commits: false)
        #expect(third == ProducerIdentity(first.id, 2))
        expectRefusal(.invalidTransactionState, &harness) { try $0.end(third, commits: true) }
        #expect(harness.written.isEmpty)
        #expect(try #require(harness.shard.metadata(of: "t")).startTimestamp != .none)
    }

    @Test func `the last epoch's transaction brings a new producer id, also when its end is repeated`() throws {
        var harness = TransactionHarness()
        var producer = try harness.producer()
        while producer.epoch < 32_766 { producer = try harness.producer(expected: producer) }
        try harness.add([orders], by: producer)
        let next = try harness.end(producer, commits: true)
        #expect(next == ProducerIdentity(1001, 0))
        #expect(harness.written.map(\.markers.producerEpoch) == [32_767])
        #expect(harness.written.map(\.markers.producerID) == [producer.id])
        #expect(try harness.end(producer, commits: true) == next)
        var other = try harness.restarted()
        #expect(try other.end(producer, commits: true) == next)
        try other.add([bills], by: next)
        #expect(try other.end(next, commits: false) == ProducerIdentity(1001, 1))
    }

    @Test(arguments: [TransactionVersion.v0, .v2])
    func `a transaction that is open for too long is aborted, and its producer fenced`(_ version: TransactionVersion)
        throws
    {
        var harness = TransactionHarness()
        harness.serverVersion = version
        let producer = try harness.producer()
        try harness.add([orders], by: producer, version)
        try harness.pass(.seconds(60))
        #expect(harness.state() == .ongoing)
        harness.now += 1
        try harness.pass(.seconds(10))
        #expect(harness.state() == .completeAbort)
        #expect(harness.written.map(\.partition) == [orders])
        expectRefusal(.producerFenced, &harness) { try $0.add([orders], by: producer, version) }
        if version == .v2 {
            expectRefusal(.invalidTransactionState, &harness) { try $0.end(producer, commits: true) }
            // The abort that the producer asks for has happened; it goes on with the new epoch.
            let next = try harness.end(producer, commits: false)
            #expect(next == ProducerIdentity(producer.id, 1))
        } else {
            expectRefusal(.producerFenced, &harness) { try $0.end(producer, commits: false, .v0) }
        }
    }

    @Test func `a timeout at the last epoch leaves an epoch for the next transaction`() throws {
        var harness = TransactionHarness()
        var producer = try harness.producer()
        while producer.epoch < 32_766 { producer = try harness.producer(expected: producer) }
        try harness.add([orders], by: producer)
        try harness.pass(.seconds(61))
        #expect(harness.state() == .completeAbort)
        let next = try harness.end(producer, commits: false)
        #expect(next == ProducerIdentity(1001, 0))
        try harness.add([orders], by: next)
        #expect(try harness.end(next, commits: true) == ProducerIdentity(1001, 1))
    }

    @Test func `partitions are verified, and strangers refused`() throws {
        var harness = TransactionHarness()
        let producer = try harness.producer()
        try harness.add([orders], by: producer, .v0)
        let errors = try harness.shard.verifyPartitions("t", producer, [orders, bills]).answer
        #expect(errors == [bills: .transactionAbortable])
        expectRefusal(.invalidProducerIDMapping, &harness) {
            try $0.shard.verifyPartitions("unknown", producer, [orders])
        }
        expectRefusal(.producerFenced, &harness) {
            try $0.shard.verifyPartitions("t", ProducerIdentity(producer.id, 4), [orders])
        }
        let records = harness.log.count
        try harness.add([orders], by: producer, .v0)
        #expect(harness.log.count == records)
    }
}
