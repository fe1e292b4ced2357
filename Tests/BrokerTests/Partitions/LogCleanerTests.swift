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
        let end = NIODeadline.now() + .seconds(300)
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
        // The checkpoint is written after the segments are in place: it may come a moment later.
        let file = OffsetCheckpointFile(OffsetCheckpointFile.cleanerName, in: "/data", fileSystem: disk)
        func cleanedOffset() throws -> Offset { try file.read()[TopicPartition("kept", 0)] ?? 0 }
        let end = NIODeadline.now() + .seconds(300)
        while try cleanedOffset() <= 20, NIODeadline.now() < end { _ = try await values(broker, "kept") }
        #expect(try cleanedOffset() > 20 && cleanedOffset() <= 29)
        try await broker.stop()

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

    @Test func `the offsets topic is compacted, and groups resume from what is left after kill -9`() async throws {
        let disk = MemoryFileSystem()
        let properties = Self.properties.merging([
            "offsets.topic.num.partitions": "1", "offsets.topic.segment.bytes": "2000",
            "log.cleaner.min.cleanable.ratio": "0.01", "log.segment.delete.delay.ms": "0",
        ]) { $1 }
        let broker = try await TestBroker(disk: disk, properties)
        try await broker.createTopic("t")
        _ = try await broker.send(FindCoordinatorRequest(keyType: 0, coordinatorKeys: ["g"]), version: 4)
        let file = OffsetCheckpointFile(OffsetCheckpointFile.cleanerName, in: "/data", fileSystem: disk)
        let end = NIODeadline.now() + .seconds(300)
        var committed: Offset = 0
        // Each commit takes the place of the one before; a rarely committed group lies at the log's start.
        while try file.read()[TopicPartition("__consumer_offsets", 0)] ?? 0 < 100, NIODeadline.now() < end {
            committed += 1
            for group in committed == 1 ? ["rare", "g"] : ["g"] {
                let partition = OffsetCommitRequest.OffsetCommitRequestPartition(
                    partitionIndex: 0,
                    committedOffset: committed,
                    committedMetadata: "m"
                )
                let request = OffsetCommitRequest(
                    groupId: GroupID(group),
                    topics: [.init(name: "t", partitions: [partition])]
                )
                let answer = try await broker.send(request, version: 8)
                let code = answer.topics.first?.partitions.first?.errorCode
                // The coordinator may still be loading.
                if code != ErrorCode.none { committed = committed - 1 }
            }
        }
        #expect(try file.read()[TopicPartition("__consumer_offsets", 0)] ?? 0 >= 100)
        let killed = disk.copy()
        try await broker.stop()
        for folder in [disk, killed] {
            let again = try await TestBroker(disk: folder, properties)
            for (group, expected) in [("g", committed), ("rare", 1)] {
                let asked = OffsetFetchRequest.OffsetFetchRequestTopics(name: "t", partitionIndexes: [0])
                let request = OffsetFetchRequest(groups: [.init(groupId: GroupID(group), topics: [asked])])
                var found = try await again.send(request, version: 8).groups.first
                while found?.errorCode == .coordinatorLoadInProgress, NIODeadline.now() < end {
                    found = try await again.send(request, version: 8).groups.first
                }
                #expect(found?.topics.first?.partitions.first?.committedOffset == expected, "\(group)")
            }
            try await again.stop()
        }
    }
}
