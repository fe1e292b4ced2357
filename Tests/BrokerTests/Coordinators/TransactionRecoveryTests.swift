import CommitLog
import Coordination
import KafkaProtocol
import Logging
import Records
import Testing

@testable import Broker

/// What a start makes of transactions that the last broker left.
@Suite struct TransactionRecoveryTests {
    private static let properties = ["transaction.state.log.num.partitions": "1", "offsets.topic.num.partitions": "1"]

    /// Appends `records` to `__transaction_state-0` while no broker runs, as one that died after them left it.
    private func append(_ records: [TransactionRecord], on disk: MemoryFileSystem) throws {
        let partition = TopicPartition(TransactionCoordinator.topic, 0)
        let log = try PartitionLog.open(
            directory: "/data/\(partition)",
            topicPartition: partition,
            topicID: .none,
            fileSystem: disk,
            configuration: LogConfiguration(),
            recovery: .clean,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: 1
        )
        var builder = RecordBatchBuilder()
        for record in records {
            let (key, value) = try record.encoded(.v2)
            builder.append(timestamp: 1, key: key, value: value)
        }
        _ = try log.appendAsLeader(try builder.build(), leaderEpoch: 0, now: 1, origin: .coordinator)
        try log.close()
    }

    /// The record of the client's transaction with its outcome decided, as EndTxn writes it first.
    private func prepared(_ client: TransactionalClient, commits: Bool) -> TransactionRecord {
        var metadata = TransactionMetadata(
            producerID: client.producerID,
            producerEpoch: client.flow == 2 ? ProducerEpoch(client.epoch.rawValue + 1) : client.epoch,
            timeout: .seconds(60),
            state: commits ? .prepareCommit : .prepareAbort,
            lastUpdateTimestamp: 2
        )
        metadata.startTimestamp = 1
        metadata.clientVersion = client.flow == 2 ? .v2 : .v0
        metadata.partitions = [TopicPartition("orders", 0), TopicPartition(GroupCoordinator.topic, 0)]
        return TransactionRecord(client.id, metadata)
    }

    @Test(arguments: [1, 2], [true, false])
    func `an end that was decided is carried out by the next broker, offsets included`(_ flow: Int, _ commits: Bool)
        async throws
    {
        let disk = MemoryFileSystem()
        var broker = try await TestBroker(disk: disk, Self.properties)
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        var client = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.commit(7, of: "orders", for: "g") == .none)
        try await broker.stop()
        try append([prepared(client, commits: commits)], on: disk)
        broker = try await TestBroker(disk: disk, Self.properties)
        client = client.moved(to: broker)
        let expected = commits ? "CompleteCommit" : "CompleteAbort"
        while try await client.describe().transactionState != expected { await Task.yield() }
        #expect(try await broker.fetchCommitted("orders") == (commits ? ["a"] : []))
        #expect(try await broker.offsets("orders", isCommitted: true) == 2)
        #expect(
            try await broker.committedOffset("g", "orders", requireStable: true).get() == (commits ? 7 : -1)
        )
        // The client did not hear of it, and asks again; then it goes on.
        #expect(try await client.end(commits: commits) == .none)
        #expect(try await client.write(["b"], to: "orders") == .none)
        #expect(try await client.end(commits: true) == .none)
        #expect(try await broker.fetchCommitted("orders") == (commits ? ["a", "b"] : ["b"]))
        try await broker.stop()
    }

    @Test func `a record that nobody can read does not keep the others from being loaded`() async throws {
        let disk = MemoryFileSystem()
        var broker = try await TestBroker(disk: disk, Self.properties)
        var client = try await TransactionalClient(broker, "t", flow: 2)
        try await broker.stop()
        var damaged = prepared(client, commits: true)
        damaged = TransactionRecord("dead", damaged.metadata)
        try append([damaged, TransactionRecord("gone", nil)], on: disk)
        broker = try await TestBroker(disk: disk, Self.properties)
        client = client.moved(to: broker)
        #expect(try await client.describe().transactionState == "Empty")
        // Its partitions do not exist: there is nothing to mark.
        let dead = TransactionalID("dead")
        var state = ""
        while state != "CompleteCommit" {
            let response = try await broker.send(DescribeTransactionsRequest(transactionalIds: [dead]))
            state = try #require(response.transactionStates.first).transactionState
        }
        try await broker.stop()
    }

    @Test(arguments: [1, 2])
    func `DeleteRecords within an open transaction moves the last stable offset, also after a restart`(_ flow: Int)
        async throws
    {
        let disk = MemoryFileSystem()
        var broker = try await TestBroker(disk: disk, Self.properties)
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: flow)
        #expect(try await client.write(["a", "b"], to: "orders") == .none)
        #expect(try await client.write(["c", "d"], to: "orders", adds: false) == .none)
        let request = DeleteRecordsRequest(
            topics: [.init(name: "orders", partitions: [.init(partitionIndex: 0, offset: 3)])]
        )
        #expect(try await broker.send(request).topics.first?.partitions.first?.errorCode == ErrorCode.none)
        for _ in 0..<2 {
            #expect(try await broker.offsets("orders", isCommitted: true) == 3)
            #expect(try await broker.offsets("orders", timestamp: -2, isCommitted: true) == 3)
            #expect(try await client.describe().transactionState == "Ongoing")
            try await broker.stop()
            broker = try await TestBroker(disk: disk, Self.properties)
            client = client.moved(to: broker)
        }
        #expect(try await client.write(["e"], to: "orders", adds: false) == .none)
        #expect(try await client.end(commits: false) == .none)
        #expect(try await broker.fetchCommitted("orders", from: 3) == [])
        #expect(try await broker.offsets("orders", isCommitted: true) == 6)
        try await broker.stop()
    }

    @Test func `at level 0 records are written in the form that old brokers read`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk, Self.properties)
        let update = UpdateFeaturesRequest(
            featureUpdates: [.init(feature: "transaction.version", maxVersionLevel: 0, upgradeType: 2)]
        )
        #expect(try await broker.send(update).errorCode == .none)
        try await broker.createTopic("orders")
        var client = try await TransactionalClient(broker, "t", flow: 1)
        #expect(try await client.write(["a"], to: "orders") == .none)
        #expect(try await client.end(commits: true) == .none)
        try await broker.stop()
        let contents = try disk.contents(of: "/data/__transaction_state-0/00000000000000000000.log")
        let records = try RecordBatch.batches(in: try #require(contents)).all().flatMap { try $0.records() }
        #expect(records.count == 4)
        for record in records {
            #expect(try TransactionLogValue.recordVersion(of: try #require(record.value)) == 0)
        }
    }
}
