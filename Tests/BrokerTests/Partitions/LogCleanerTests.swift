import CommitLog
import KafkaProtocol
import NIOCore
import Records
import Testing

@testable import Broker

@Suite struct `The log cleaner` {
    private static let properties = ["log.cleaner.backoff.ms": "1"]

    private func record(_ key: String, _ value: String) throws -> Bytes {
        var builder = RecordBatchBuilder()
        builder.append(timestamp: .now(), key: Bytes(utf8: key), value: Bytes(utf8: value))
        return try builder.build()
    }

    private func produce(_ broker: TestBroker, _ topic: TopicName, _ key: String, _ value: String) async throws {
        let records = RecordsPayload(try record(key, value))
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 1000,
            topicData: [.init(name: topic, partitionData: [.init(index: 0, records: records)])]
        )
        let response = try await broker.send(request, version: 12)
        #expect(response.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
    }

    /// The values of all records, read as a consumer reads them; nil where the log's start has moved meanwhile.
    private func values(_ broker: TestBroker, _ topic: TopicName) async throws -> [String]? {
        func offset(at timestamp: Timestamp) async throws -> Offset {
            let request = ListOffsetsRequest(
                replicaId: .none,
                topics: [.init(name: topic, partitions: [.init(partitionIndex: 0, timestamp: timestamp)])]
            )
            return try #require(try await broker.send(request, version: 7).topics.first?.partitions.first?.offset)
        }
        var next = try await offset(at: Timestamp(-2))
        let end = try await offset(at: Timestamp(-1))
        var values: [String] = []
        while next < end {
            let asked = FetchRequest.FetchPartition(partition: 0, fetchOffset: next, partitionMaxBytes: 1 << 20)
            let request = FetchRequest(maxWaitMs: 0, minBytes: 1, topics: [.init(topic: topic, partitions: [asked])])
            let answer = try await broker.send(request, version: 12).responses.first?.partitions.first
            let data = try #require(answer)
            if data.errorCode == .offsetOutOfRange { return nil }
            for batch in try RecordBatch.batches(in: try #require(data.records).load()).all() {
                values += try batch.records().compactMap { $0.value?.utf8 }
                next = batch.nextOffset
            }
        }
        return values
    }

    /// Asks again and again, each time over the wire, until the topic holds what is wanted.
    private func waitFor(
        _ broker: TestBroker,
        _ topic: TopicName,
        _ isWanted: ([String]) -> Bool
    ) async throws -> [String] {
        let end = NIODeadline.now() + .seconds(20)
        while NIODeadline.now() < end {
            if let found = try await values(broker, topic), isWanted(found) { return found }
        }
        let found = try await values(broker, topic)
        throw TestFailure("the topic holds \(found ?? [])")
    }

    @Test func `compacts a topic while it is produced to, and notes how far it came`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk, Self.properties)
        let configs = [
            "cleanup.policy": "compact", "segment.bytes": "300", "min.cleanable.dirty.ratio": "0",
            "file.delete.delay.ms": "0",
        ]
        try await broker.createTopic("kept", configs: configs)
        for round in 0..<20 { try await produce(broker, "kept", "a", "a\(round)") }
        try await produce(broker, "kept", "b", "b")
        // The active segment is never compacted: fill it until it is complete.
        for round in 0..<8 { try await produce(broker, "kept", "c", "c\(round)") }
        let found = try await waitFor(broker, "kept") { $0.filter { $0.hasPrefix("a") } == ["a19"] }
        #expect(found.contains("b") && found.last == "c7")
        try await broker.stop()
        let file = OffsetCheckpointFile(OffsetCheckpointFile.cleanerName, in: "/data", fileSystem: disk)
        let offset = try #require(try file.read()[TopicPartition("kept", 0)])
        #expect(offset > 20 && offset <= 29)

        let again = try await TestBroker(disk: disk, Self.properties)
        // It may have gone on with the other keys meanwhile.
        let left = try await waitFor(again, "kept") { !$0.isEmpty }
        #expect(left.filter { $0.hasPrefix("a") } == ["a19"] && left.contains("b") && left.last == "c7")
        try await again.stop()
    }

    @Test func `begins when a topic becomes compacted`() async throws {
        let broker = try await TestBroker(Self.properties)
        let configs = ["segment.bytes": "100", "min.cleanable.dirty.ratio": "0.01"]
        try await broker.createTopic("later", configs: configs)
        for round in 0..<5 { try await produce(broker, "later", "a", "a\(round)") }
        #expect(try await values(broker, "later")?.count == 5)
        let request = IncrementalAlterConfigsRequest(resources: [
            .init(
                resourceType: 2,
                resourceName: "later",
                configs: [.init(name: "cleanup.policy", configOperation: 0, value: "compact")]
            )
        ])
        #expect(try await broker.send(request).responses.first?.errorCode == ErrorCode.none)
        #expect(try await waitFor(broker, "later") { $0.count <= 2 } == ["a3", "a4"])
        try await broker.stop()
    }

    @Test func `a topic that is compacted and deleted loses its old segments as well`() async throws {
        let broker = try await TestBroker(Self.properties)
        let configs = [
            "cleanup.policy": "compact,delete", "segment.bytes": "100", "min.cleanable.dirty.ratio": "1",
            "retention.bytes": "200",
        ]
        try await broker.createTopic("both", configs: configs)
        for round in 0..<6 { try await produce(broker, "both", "k\(round)", "v\(round)") }
        #expect(try await waitFor(broker, "both") { $0.count <= 3 } == ["v3", "v4", "v5"])
        try await broker.stop()
    }
}
