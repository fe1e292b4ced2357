import CommitLog
import KafkaProtocol
import Records
import Synchronization
import Testing

@testable import Broker

/// A disk that is full, and one that is not any more.
@Suite struct `A full disk` {
    @Test(arguments: [["flush.messages": "1"], [:], ["segment.bytes": "2000", "index.interval.bytes": "0"]])
    func `refuses writes, serves reads, loses nothing, and goes on when there is room`(
        _ configs: [String: String]
    ) async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.createTopic("t", configs: configs)
        var acknowledged: [Offset: String] = [:]
        disk.limitCapacity(to: try used(disk, "/data") + 20_000)
        var refused = 0
        for round in 0..<60 {
            let value = "\(round)-" + String(repeating: "x", count: 500)
            let answer = try await broker.produce([value], to: "t")
            if answer.errorCode == .none {
                acknowledged[answer.baseOffset] = value
            } else {
                #expect(answer.errorCode == .kafkaStorageError)
                refused += 1
            }
        }
        #expect(refused > 10)
        #expect(acknowledged.count > 10)
        #expect(try await values(broker) == acknowledged)
        disk.limitCapacity(to: nil)
        for round in 60..<70 {
            let answer = try await broker.produce(["\(round)"], to: "t")
            #expect(answer.errorCode == ErrorCode.none)
            acknowledged[answer.baseOffset] = "\(round)"
        }
        #expect(try await values(broker) == acknowledged)
        try await broker.stop()
        let again = try await TestBroker(disk: disk)
        #expect(try await values(again) == acknowledged)
        try await again.stop()
    }

    @Test func `that cannot make a topic says so, and makes it when there is room`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        disk.limitCapacity(to: try used(disk, "/data"))
        let topic = CreateTopicsRequest.CreatableTopic(name: "t", numPartitions: 1, replicationFactor: 1)
        let refused = try await broker.send(CreateTopicsRequest(topics: [topic]))
        #expect(refused.topics.first?.errorCode == .kafkaStorageError)
        disk.limitCapacity(to: nil)
        try await broker.createTopic("t")
        #expect(try await broker.produce(["a"], to: "t").errorCode == ErrorCode.none)
        #expect(try await broker.fetch("t") == ["a"])
        try await broker.stop()
    }

    @Test func `a failed fsync refuses the record, and all later ones until a restart`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.createTopic("t", configs: ["flush.messages": "1"])
        #expect(try await broker.produce(["kept"], to: "t").errorCode == ErrorCode.none)
        let isFirst = Mutex(true)
        disk.injectFaults { change in
            guard change.operation == "sync", change.path.hasSuffix("t-0/00000000000000000000.log") else { return nil }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? 5 : nil
            }
        }
        for value in ["lost", "later"] {
            #expect(try await broker.produce([value], to: "t").errorCode == .kafkaStorageError)
        }
        #expect(try await broker.fetch("t") == ["kept"])
        try await broker.createTopic("other")
        #expect(try await broker.produce(["a"], to: "other").errorCode == ErrorCode.none)
        try await broker.stop()
        disk.restart(seed: 1, loss: .everything)
        let again = try await TestBroker(disk: disk)
        #expect(try await again.fetch("t") == ["kept"])
        #expect(try await again.produce(["after"], to: "t").baseOffset == 1)
        try await again.stop()
    }

    private func used(_ disk: MemoryFileSystem, _ path: String) throws -> Int {
        guard let status = try disk.status(of: path) else { return 0 }
        guard status.isDirectory else { return Int(status.sizeInBytes) }
        return try disk.list(path).reduce(0) { try $0 + used(disk, path + "/" + $1) }
    }

    /// Every record by its offset.
    private func values(_ broker: TestBroker) async throws -> [Offset: String] {
        var found: [Offset: String] = [:]
        var next: Offset = 0
        while true {
            let asked = FetchRequest.FetchPartition(partition: 0, fetchOffset: next, partitionMaxBytes: 1 << 20)
            let request = FetchRequest(maxWaitMs: 0, minBytes: 1, topics: [.init(topic: "t", partitions: [asked])])
            let answer = try await broker.send(request, version: 12).responses.first?.partitions.first
            let batches = try RecordBatch.batches(in: try #require(answer?.records).load()).all()
            guard let last = batches.last else { return found }
            for record in try batches.flatMap({ try $0.records() }) { found[record.offset] = record.value?.utf8 }
            next = last.nextOffset
        }
    }
}
