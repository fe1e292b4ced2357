import Coordination
import Records
import Testing

@Suite struct TransactionInitialisationTests {
    @Test func `a new id gets a producer id with epoch 0, and the next producer the next epoch`() throws {
        var harness = TransactionHarness()
        #expect(try harness.producer() == ProducerIdentity(1000, 0))
        #expect(harness.state() == .empty)
        #expect(try harness.producer() == ProducerIdentity(1000, 1))
    }

    @Test func `requests that cannot be served are refused`() throws {
        var harness = TransactionHarness()
        expectRefusal(.invalidRequest, &harness) { try $0.initialise("") }
        expectRefusal(.invalidTransactionTimeout, &harness) { try $0.initialise(timeout: .zero) }
        expectRefusal(.invalidTransactionTimeout, &harness) { try $0.initialise(timeout: .milliseconds(900_001)) }
        _ = try harness.initialise(timeout: .seconds(900))
        let moment = harness.moment
        for (request, error) in [
            (
                ProducerInitialisation(timeout: .seconds(1), enablesTwoPhaseCommit: true),
                TransactionError.transactionalIDAuthorizationFailed
            ),
            (ProducerInitialisation(timeout: .seconds(1), keepsPreparedTransaction: true), .unsupportedVersion),
        ] {
            expectRefusal(error, &harness) {
                try $0.shard.initialise("t", request, .v2, freshID: nil, at: moment)
            }
        }
    }

    @Test func `a producer that goes on after an error gets the next epoch, and again when it asks again`() throws {
        var harness = TransactionHarness()
        let first = try harness.producer()
        let second = try harness.producer(expected: first)
        #expect(second == ProducerIdentity(first.id, 1))
        #expect(try harness.producer(expected: first) == second)
        #expect(try harness.producer(expected: second) == ProducerIdentity(first.id, 2))
        expectRefusal(.producerFenced, &harness) { try $0.initialise(expected: first) }
    }

    @Test func `a producer that another one has replaced is fenced`() throws {
        var harness = TransactionHarness()
        let first = try harness.producer()
        _ = try harness.producer()
        expectRefusal(.producerFenced, &harness) { try $0.initialise(expected: first) }
        expectRefusal(.producerFenced, &harness) { try $0.initialise(expected: ProducerIdentity(7, 0)) }
        expectRefusal(.producerFenced, &harness) { try $0.add([orders], by: first) }
        expectRefusal(.producerFenced, &harness) { try $0.end(first, commits: true) }
        expectRefusal(.producerFenced, &harness) { try $0.end(first, commits: true, .v0) }
    }

    @Test(arguments: [TransactionVersion.v0, .v1, .v2])
    func `a new producer aborts the transaction of the one before`(_ version: TransactionVersion) throws {
        var harness = TransactionHarness()
        harness.serverVersion = version
        let first = try harness.producer()
        try harness.add([orders, bills], by: first, version)
        #expect(try harness.initialise() == .fencingOngoing)
        #expect(harness.state() == .completeAbort)
        #expect(harness.written.map(\.partition) == [bills, orders])
        for (_, markers) in harness.written {
            #expect(!markers.commits)
            #expect(markers.producerEpoch == 1)
        }
        #expect(try harness.producer() == ProducerIdentity(first.id, 2))
        expectRefusal(.producerFenced, &harness) { try $0.add([orders], by: first, version) }
    }

    @Test func `epochs that run out bring a new producer id`() throws {
        var harness = TransactionHarness()
        var last = try harness.producer()
        let id = last.id
        while last.epoch < 32_766 { last = try harness.producer(expected: last) }
        #expect(last == ProducerIdentity(id, 32_766))
        let next = try harness.producer(expected: last)
        #expect(next == ProducerIdentity(1001, 0))
        // Asked again, since the answer was lost.
        #expect(try harness.producer(expected: last) == next)
        expectRefusal(.producerFenced, &harness) { try $0.initialise(expected: ProducerIdentity(id, 3)) }
    }

    @Test func `an id that is prepared must wait`() throws {
        var harness = TransactionHarness()
        let producer = try harness.producer()
        try harness.add([orders], by: producer)
        harness.writesLeft = 1
        #expect(throws: TransactionHarness.Crash.self) { _ = try harness.end(producer, commits: true) }
        #expect(harness.state() == .prepareCommit)
        harness.writesLeft = nil
        expectRefusal(.concurrentTransactions, &harness) { try $0.initialise() }
        expectRefusal(.concurrentTransactions, &harness) { try $0.add([bills], by: ProducerIdentity(producer.id, 1)) }
    }

    @Test func `idle ids expire, those with a transaction do not`() throws {
        var harness = TransactionHarness()
        _ = try harness.producer("idle")
        let busy = try harness.producer("busy")
        harness.now += 1
        try harness.pass(.seconds(7 * 24 * 3600 - 3600))
        #expect(harness.state("idle") == .empty)
        try harness.add([orders], by: busy, to: "busy")
        harness.now += 3_600_000
        // The transaction is older than its timeout, too: it is aborted, which is a change.
        try harness.pass(.seconds(10))
        #expect(harness.state("idle") == nil)
        #expect(harness.state("busy") == .completeAbort)
        #expect(try harness.restarted().state("idle") == nil)
    }

    @Test func `lists are filtered by state, producer and age`() throws {
        var harness = TransactionHarness()
        _ = try harness.producer("a")
        let b = try harness.producer("b")
        try harness.add([orders], by: b, to: "b")
        harness.now += 5000
        let c = try harness.producer("c")
        try harness.add([bills], by: c, to: "c")
        func list(_ change: (inout TransactionFilter) -> Void) -> [String] {
            var filter = TransactionFilter()
            change(&filter)
            return harness.shard.listed(filter, at: harness.moment).answer.map(\.transactionalID.rawValue)
        }
        #expect(list { _ in } == ["a", "b", "c"])
        #expect(
            list {
                $0.isRestrictedToStates = true
                $0.states = [.ongoing]
            } == ["b", "c"]
        )
        #expect(list { $0.isRestrictedToStates = true } == [])
        #expect(list { $0.producerIDs = [c.id] } == ["c"])
        #expect(list { $0.longerThan = .milliseconds(4999) } == ["a", "b"])
        #expect(list { $0.longerThan = .milliseconds(5000) } == ["a"])
    }
}
