import CommitLog
import Coordination
import KafkaProtocol
import Records
import Testing
import Transport

@testable import Broker

/// Transactions through a whole broker, in the flow of old and in that of KIP-890.
@Suite struct TransactionTests {
    @Test(arguments: [1, 2])
    func `committed records are seen, aborted ones are not, open ones hold back what follows`(_ flow: Int) async throws
    {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await client.write(["a", "b"], to: "orders") == .none)
        #expect(try await broker.fetchCommitted("orders") == [])
        #expect(try await broker.offsets("orders", isCommitted: true) == 0)
        #expect(try await broker.offsets("orders", isCommitted: false) == 2)
        #expect(try await client.end(commits: true) == .none)
        #expect(try await broker.fetchCommitted("orders") == ["a", "b"])
        #expect(try await client.write(["c"], to: "orders") == .none)
        #expect(try await client.end(commits: false) == .none)
        #expect(try await client.write(["d"], to: "orders") == .none)
        #expect(try await broker.produce(["e"], to: "orders").errorCode == .none)
        #expect(try await broker.fetchCommitted("orders") == ["a", "b"])
        #expect(try await broker.fetchCommitted("orders", from: 1) == ["b"])
        #expect(try await broker.offsets("orders", isCommitted: true) == 5)
        #expect(try await client.end(commits: true) == .none)
        // 0 a, 1 b, 2 marker, 3 c, 4 marker, 5 d, 6 e, 7 marker
        #expect(try await broker.fetchCommitted("orders") == ["a", "b", "d", "e"])
        #expect(try await broker.fetchCommitted("orders", from: 3) == ["d", "e"])
        #expect(try await broker.fetchCommitted("orders", from: 4) == ["d", "e"])
        #expect(try await broker.fetch("orders", from: 3).contains("c"))
        #expect(try await broker.offsets("orders", isCommitted: true) == 8)
        #expect(client.epoch == (flow == 1 ? 0 : 3))
        try await broker.stop()
    }

    @Test(arguments: [1, 2])
    func `a second producer fences the first and aborts what it has open`(_ flow: Int) async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var first = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await first.write(["lost"], to: "orders") == .none)
        var second = try await TransactionalClient(broker, "t", flow: flow)
        #expect(second.producerID == first.producerID)
        #expect(second.epoch > first.epoch)
        #expect(try await broker.offsets("orders", isCommitted: true) == 2)
        #expect(try await first.write(["more"], to: "orders", adds: false) == .invalidProducerEpoch)
        #expect(try await first.end(commits: true) == .producerFenced)
        if flow == 1 { #expect(try await first.add("orders") == .producerFenced) }
        #expect(try await first.initialise(expected: true).errorCode == .producerFenced)
        #expect(try await second.write(["kept"], to: "orders") == .none)
        #expect(try await second.end(commits: true) == .none)
        #expect(try await broker.fetchCommitted("orders") == ["kept"])
        try await broker.stop()
    }

    @Test(arguments: [1, 2])
    func `offsets count when their transaction is committed`(_ flow: Int) async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        var client = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await client.commit(5, of: "orders", for: "g") == .none)
        #expect(try await broker.committedOffset("g", "orders", requireStable: false).get() == -1)
        await #expect(throws: TestFailure("UNSTABLE_OFFSET_COMMIT")) {
            try await broker.committedOffset("g", "orders", requireStable: true).get()
        }
        #expect(try await client.end(commits: true) == .none)
        #expect(try await broker.committedOffset("g", "orders", requireStable: true).get() == 5)
        #expect(try await client.commit(9, of: "orders", for: "g") == .none)
        #expect(try await client.end(commits: false) == .none)
        #expect(try await broker.committedOffset("g", "orders", requireStable: true).get() == 5)
        try await broker.stop()
    }

    @Test(arguments: [1, 2])
    func `state survives the broker: an open transaction goes on, and its offsets stay pending`(_ flow: Int)
        async throws
    {
        let disk = MemoryFileSystem()
        var broker = try await TestBroker(disk: disk)
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        var client = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.commit(1, of: "orders", for: "g") == .none)
        let before = try await client.describe()
        #expect(before.transactionState == "Ongoing")
        #expect(before.topics.map(\.topic) == ["__consumer_offsets", "orders"])
        try await broker.stop()
        broker = try await TestBroker(disk: disk)
        client = client.moved(to: broker)
        let after = try await client.describe()
        #expect(after == before)
        #expect(try await broker.fetchCommitted("orders") == [])
        await #expect(throws: TestFailure("UNSTABLE_OFFSET_COMMIT")) {
            try await broker.committedOffset("g", "orders", requireStable: true).get()
        }
        #expect(try await client.write(["b"], to: "orders", adds: false) == .none)
        #expect(try await client.end(commits: true) == .none)
        #expect(try await broker.fetchCommitted("orders") == ["a", "b"])
        #expect(try await broker.committedOffset("g", "orders", requireStable: true).get() == 1)
        #expect(try await client.describe().transactionState == "CompleteCommit")
        try await broker.stop()
    }

    @Test func `records of a partition that was not added are refused`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        try await broker.createTopic("bills")
        var client = try await TransactionalClient(broker, "t", flow: 1)
        #expect(try await client.write(["a"], to: "orders", adds: false) == .transactionAbortable)
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.write(["a"], to: "bills", adds: false) == .transactionAbortable)
        #expect(try await client.end(commits: true) == .none)
        // A batch that comes after the end would begin a transaction that nobody ends.
        #expect(try await client.write(["late"], to: "orders", adds: false) == .transactionAbortable)
        #expect(try await broker.offsets("orders", isCommitted: true) == 2)
        #expect(try await client.add("missing") == .unknownTopicOrPartition)
        try await broker.stop()
    }

    @Test func `a late end of the flow of KIP-890 leaves the next transaction alone`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: 2)
        #expect(try await client.write(["a"], to: "orders") == .none)
        let late = client
        #expect(try await client.end(commits: true) == .none)
        let repeated = try await late.sendEnd(commits: true)
        #expect(repeated.errorCode == .none)
        #expect(repeated.producerEpoch == client.epoch)
        #expect(try await client.write(["b"], to: "orders") == .none)
        #expect(try await late.sendEnd(commits: true).errorCode == .producerFenced)
        #expect(try await late.sendEnd(commits: false).errorCode == .producerFenced)
        var lateWriter = late
        #expect(try await lateWriter.write(["zombie"], to: "orders") == .invalidProducerEpoch)
        #expect(try await client.describe().transactionState == "Ongoing")
        #expect(try await client.end(commits: true) == .none)
        let seen = try await broker.fetchCommitted("orders")
        #expect(seen == ["a", "b"])
        try await broker.stop()
    }

    @Test func `a marker of the transaction before is refused, one that is repeated is not`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: 2)
        func mark(_ epoch: ProducerEpoch, _ version: Int8) async throws -> ErrorCode? {
            let marker = WriteTxnMarkersRequest.WritableTxnMarker(
                producerId: client.producerID,
                producerEpoch: epoch,
                transactionResult: false,
                topics: [.init(name: "orders", partitionIndexes: [0])],
                coordinatorEpoch: 0,
                transactionVersion: version
            )
            return try await broker.send(WriteTxnMarkersRequest(markers: [marker])).markers.first?.topics.first?
                .partitions.first?.errorCode
        }
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.end(commits: true) == .none)
        #expect(try await mark(client.epoch, 2) == ErrorCode.none)
        #expect(try await client.write(["b"], to: "orders") == .none)
        #expect(try await mark(client.epoch, 2) == .invalidProducerEpoch)
        #expect(try await broker.offsets("orders", isCommitted: true) == 3)
        #expect(try await client.end(commits: true) == .none)
        #expect(try await broker.fetchCommitted("orders") == ["a", "b"])
        try await broker.stop()
    }

    @Test func `a transaction that is open for too long is aborted`() async throws {
        let broker = try await TestBroker([
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "50"
        ])
        try await broker.createTopic("orders")
        // On a slow machine the first times are over before the record comes.
        var timeoutMs: Int32 = 100
        var client = try await TransactionalClient(broker, "t", flow: 1, timeoutMs: timeoutMs)
        while try await client.write(["a"], to: "orders") != .none {
            timeoutMs *= 2
            client = try await TransactionalClient(broker, "t", flow: 1, timeoutMs: timeoutMs)
        }
        while try await client.describe().transactionState != "CompleteAbort" {}
        let end = try await broker.offsets("orders", isCommitted: false)
        #expect(try await broker.offsets("orders", isCommitted: true) == end)
        #expect(try await broker.fetchCommitted("orders") == [])
        // What waited for the end of the transaction is given: the marker.
        #expect(try await broker.fetch("orders", from: end - 1).isEmpty == false)
        #expect(try await client.end(commits: true) == .producerFenced)
        try await broker.stop()
    }

    @Test(arguments: [1, 2])
    func `where an acknowledgement means on disk, so does the end of a transaction`(_ flow: Int) async throws {
        let broker = try await TestBroker(["log.flush.interval.messages": "1"])
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        var client = try await TransactionalClient(broker, "t", flow: flow)
        for round in 0..<20 {
            var code = try await client.write(["\(round)"], to: "orders")
            while code == .concurrentTransactions { code = try await client.write(["\(round)"], to: "orders") }
            #expect(code == .none)
            #expect(try await client.commit(Offset(Int64(round)), of: "orders", for: "g") == .none)
            #expect(try await client.end(commits: round % 2 == 0) == .none)
        }
        #expect(try await broker.fetchCommitted("orders") == (0..<10).map { "\($0 * 2)" })
        #expect(try await broker.committedOffset("g", "orders", requireStable: true).get() == 18)
        try await broker.stop()
    }

    @Test func `a fetch that waits for many bytes of committed records is woken by the marker`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: 2)
        let request = FetchRequest(
            maxWaitMs: 60_000,
            minBytes: 2000,
            isolationLevel: 1,
            topics: [
                .init(topic: "orders", partitions: [.init(partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20)])
            ]
        )
        async let waiting = broker.send(request, version: 12)
        while broker.server.waitingFetchCount == 0 { await Task.yield() }
        let other = try await broker.connect()
        defer { other.close() }
        client.connection = other
        #expect(try await client.write([String(repeating: "x", count: 3000)], to: "orders") == .none)
        #expect(try await client.end(commits: true) == .none)
        let records = try await waiting.responses.first?.partitions.first?.records
        #expect(try #require(records).load().count > 3000)
        try await broker.stop()
    }

    @Test func `verification is switched off and on while the broker runs`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: 1)
        func verify(_ value: String) async throws {
            let config = IncrementalAlterConfigsRequest.AlterableConfig(
                name: "transaction.partition.verification.enable",
                configOperation: 0,
                value: value
            )
            let resource = IncrementalAlterConfigsRequest.AlterConfigsResource(
                resourceType: 4,
                resourceName: "",
                configs: [config]
            )
            let response = try await broker.send(IncrementalAlterConfigsRequest(resources: [resource]))
            #expect(response.responses.map(\.errorCode) == [.none])
        }
        #expect(try await client.write(["a"], to: "orders", adds: false) == .transactionAbortable)
        try await verify("false")
        #expect(try await client.write(["a"], to: "orders", adds: false) == .none)
        #expect(try await client.add("orders") == .none)
        #expect(try await client.end(commits: true) == .none)
        try await verify("true")
        #expect(try await client.write(["b"], to: "orders", adds: false) == .transactionAbortable)
        try await broker.stop()
    }

    @Test func `a topic that is deleted does not hold up the end`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        try await broker.createTopic("bills")
        var client = try await TransactionalClient(broker, "t", flow: 2)
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.write(["b"], to: "bills") == .none)
        _ = try await broker.send(DeleteTopicsRequest(topics: [.init(name: "bills")]))
        #expect(try await client.end(commits: true) == .none)
        #expect(try await client.describe().transactionState == "CompleteCommit")
        #expect(try await broker.fetchCommitted("orders") == ["a"])
        try await broker.stop()
    }

    @Test func `lists and descriptions of transactions and producers`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        var open = try await TransactionalClient(broker, "open", flow: 2)
        let idle = try await TransactionalClient(broker, "idle", flow: 2)
        #expect(try await open.write(["a"], to: "orders") == .none)
        func list(_ request: ListTransactionsRequest) async throws -> [String] {
            let response = try await broker.send(request)
            #expect(response.errorCode == .none)
            return response.transactionStates.map { "\($0.transactionalId) \($0.transactionState)" }.sorted()
        }
        #expect(try await list(ListTransactionsRequest()) == ["idle Empty", "open Ongoing"])
        #expect(try await list(ListTransactionsRequest(stateFilters: ["Ongoing"])) == ["open Ongoing"])
        #expect(try await list(ListTransactionsRequest(producerIdFilters: [idle.producerID])) == ["idle Empty"])
        #expect(try await list(ListTransactionsRequest(transactionalIdPattern: "o.*")) == ["open Ongoing"])
        #expect(try await list(ListTransactionsRequest(transactionalIdPattern: "o")) == [])
        let unknown = try await broker.send(ListTransactionsRequest(stateFilters: ["Nonsense"]))
        #expect(unknown.unknownStateFilters == ["Nonsense"])
        #expect(unknown.transactionStates == [])
        let wrong = try await broker.send(ListTransactionsRequest(transactionalIdPattern: "("))
        #expect(wrong.errorCode == .invalidRegularExpression)
        let missing = try await broker.send(DescribeTransactionsRequest(transactionalIds: ["nobody", ""]))
        #expect(missing.transactionStates.map(\.errorCode) == [.transactionalIdNotFound, .invalidRequest])
        let producers = try await broker.send(
            DescribeProducersRequest(topics: [.init(name: "orders", partitionIndexes: [0, 7])])
        )
        let partitions = try #require(producers.topics.first?.partitions)
        #expect(partitions.map(\.errorCode) == [.none, .unknownTopicOrPartition])
        let producer = try #require(partitions.first?.activeProducers.first)
        #expect(producer.producerId == open.producerID)
        #expect(producer.currentTxnStartOffset == 0)
        #expect(producer.lastSequence == 0)
        try await broker.stop()
    }
}

extension TransactionalClient {
    /// The same producer at another broker.
    func moved(to broker: TestBroker) -> TransactionalClient {
        var other = self
        other.replaceBroker(broker)
        return other
    }
}
