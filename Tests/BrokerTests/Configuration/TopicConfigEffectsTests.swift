import CommitLog
import KafkaProtocol
import NIOCore
import Records
import Testing

@testable import Broker

/// A topic's configs do what they say, from the moment that they are changed.
@Suite struct `Topic configs` {
    private func alter(
        _ broker: TestBroker,
        _ configs: [String: String],
        kind: Int8 = 2,
        name: String = "t"
    ) async throws -> ErrorCode? {
        let request = IncrementalAlterConfigsRequest(resources: [
            .init(
                resourceType: kind,
                resourceName: name,
                configs: configs.sorted { $0.key < $1.key }.map {
                    .init(name: $0.key, configOperation: 0, value: $0.value)
                }
            )
        ])
        return try await broker.send(request).responses.first?.errorCode
    }

    private func produce(
        _ broker: TestBroker,
        _ records: [(key: String?, value: String, timestamp: Timestamp)],
        _ codec: Compression = .none
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        var builder = RecordBatchBuilder(compression: codec)
        for (key, value, timestamp) in records {
            builder.append(timestamp: timestamp, key: key.map { Bytes(utf8: $0) }, value: Bytes(utf8: value))
        }
        let payload = RecordsPayload(try builder.build().copied())
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 1000,
            topicData: [.init(name: "t", partitionData: [.init(index: 0, records: payload)])]
        )
        return try #require(try await broker.send(request, version: 12).responses.first?.partitionResponses.first)
    }

    private func lastBatch(_ broker: TestBroker, _ offset: Offset) async throws -> RecordBatch {
        let asked = FetchRequest.FetchPartition(partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20)
        let request = FetchRequest(maxWaitMs: 0, minBytes: 1, topics: [.init(topic: "t", partitions: [asked])])
        let data = try #require(try await broker.send(request, version: 12).responses.first?.partitions.first)
        let records = try #require(data.records)
        return try #require(try RecordBatch.batches(in: try records.load()).all().last)
    }

    @Test func `all of Kafka 4.3 are known by name`() {
        let names = [
            "segment.bytes", "segment.ms", "segment.jitter.ms", "segment.index.bytes", "flush.messages", "flush.ms",
            "retention.bytes", "retention.ms", "remote.storage.enable", "local.retention.ms", "local.retention.bytes",
            "remote.log.copy.disable", "remote.log.delete.on.disable", "max.message.bytes", "index.interval.bytes",
            "file.delete.delay.ms", "delete.retention.ms", "min.compaction.lag.ms", "max.compaction.lag.ms",
            "min.cleanable.dirty.ratio", "cleanup.policy", "unclean.leader.election.enable", "min.insync.replicas",
            "compression.type", "compression.gzip.level", "compression.lz4.level", "compression.zstd.level",
            "preallocate", "message.timestamp.type", "message.timestamp.before.max.ms",
            "message.timestamp.after.max.ms", "leader.replication.throttled.replicas",
            "follower.replication.throttled.replicas",
        ]
        #expect(Set(names) == Set(TopicConfigTable.definitions.map(\.name)))
    }

    @Test func `a record without a key, or out of the bounds of time, is named in the answer`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t", configs: ["cleanup.policy": "compact"])
        let now = Timestamp.now()
        let keyless = try await produce(broker, [("a", "1", now), (nil, "2", now), (nil, "3", now)])
        #expect(keyless.errorCode == .invalidRecord)
        #expect(keyless.recordErrors.map(\.batchIndex) == [1, 2])
        #expect(
            keyless.recordErrors.first?.batchIndexErrorMessage
                == "Compacted topic cannot accept message without key in topic partition t-0"
        )
        #expect(
            keyless.errorMessage?.hasPrefix("One or more records have been rejected due to 2 record errors") == true
        )

        #expect(try await alter(broker, ["message.timestamp.before.max.ms": "60000"]) == ErrorCode.none)
        let old = Timestamp(now.rawValue - 120_000)
        let early = try await produce(broker, [("a", "1", now), ("b", "2", old)])
        #expect(early.errorCode == .invalidTimestamp && early.recordErrors.map(\.batchIndex) == [1])
        #expect(early.errorMessage == "One or more records have been rejected due to invalid timestamp")
        let late = try await produce(broker, [("b", "2", Timestamp(now.rawValue + 7_200_000)), ("a", "1", now)])
        #expect(late.errorCode == .invalidTimestamp && late.recordErrors.map(\.batchIndex) == [0])
        #expect(
            late.recordErrors.first?.batchIndexErrorMessage?
                .hasPrefix("Timestamp \(now.rawValue + 7_200_000) of message with offset 0 is out of range.") == true
        )
        #expect(try await produce(broker, [("a", "1", now)]).baseOffset == 0)
        try await broker.stop()
    }

    @Test func `changes take effect with the next record`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.createTopic("t")
        let time: Timestamp = 1_700_000_000_000
        let value = String(repeating: "value", count: 200)

        for (text, codec) in [("gzip", Compression.gzip), ("snappy", .snappy), ("lz4", .lz4), ("zstd", .zstd)] {
            #expect(try await alter(broker, ["compression.type": text]) == ErrorCode.none)
            let offset = try await produce(broker, [("k", value, time)]).baseOffset
            #expect(try await lastBatch(broker, offset).compression == codec)
        }
        #expect(try await alter(broker, ["compression.zstd.level": "-1000"]) == ErrorCode.none)
        let large = try await lastBatch(broker, try await produce(broker, [("k", value, time)]).baseOffset).sizeInBytes
        #expect(try await alter(broker, ["compression.zstd.level": "19"]) == ErrorCode.none)
        let small = try await lastBatch(broker, try await produce(broker, [("k", value, time)]).baseOffset).sizeInBytes
        #expect(small < large)
        #expect(try await alter(broker, ["compression.type": "uncompressed"]) == ErrorCode.none)
        let plain = try await produce(broker, [("k", value, time)], .lz4).baseOffset
        let batch = try await lastBatch(broker, plain)
        #expect(batch.compression == .none)
        #expect(try batch.records().first?.value?.utf8 == value)

        #expect(try await alter(broker, ["message.timestamp.type": "LogAppendTime"]) == ErrorCode.none)
        let appended = try await produce(broker, [("k", "v", time)])
        #expect(appended.logAppendTimeMs > time)
        let stamped = try await lastBatch(broker, appended.baseOffset)
        #expect(stamped.timestampType == .logAppendTime && stamped.maxTimestamp == appended.logAppendTimeMs)

        #expect(try await alter(broker, ["max.message.bytes": "500"]) == ErrorCode.none)
        #expect(try await produce(broker, [("k", value, time)]).errorCode == .messageTooLarge)
        #expect(try await alter(broker, ["max.message.bytes": "5000"]) == ErrorCode.none)
        #expect(try await produce(broker, [("k", value, time)]).errorCode == ErrorCode.none)

        let before = try disk.list("/data/t-0").filter { $0.hasSuffix(".log") }.count
        #expect(try await alter(broker, ["segment.bytes": "2000", "preallocate": "true"]) == ErrorCode.none)
        for _ in 0..<4 { #expect(try await produce(broker, [("k", value, time)]).errorCode == ErrorCode.none) }
        let logs = try disk.list("/data/t-0").filter { $0.hasSuffix(".log") }.sorted()
        #expect(logs.count >= before + 3)
        // The active one has its full size at once, the others what they hold.
        let sizes = try logs.map { try disk.status(of: "/data/t-0/" + $0)?.sizeInBytes ?? 0 }
        #expect(sizes.last == 2000 && sizes.dropFirst().dropLast().allSatisfy { $0 > 1000 && $0 < 2000 })
        let end = try await produce(broker, [("k", value, time)]).baseOffset
        let killed = disk.copy()
        try await broker.stop()
        for folder in [disk, killed] {
            let again = try await TestBroker(disk: folder)
            #expect(try await lastBatch(again, end).baseOffset == end)
            #expect(try await produce(again, [("k", "v", time)]).baseOffset == end + 1)
            try await again.stop()
        }
    }

    @Test func `a change of the broker's default reaches topics that do not set their own`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        let value = String(repeating: "x", count: 1000)
        #expect(try await alter(broker, ["message.max.bytes": "500"], kind: 4, name: "") == ErrorCode.none)
        #expect(try await produce(broker, [("k", value, 1000)]).errorCode == .messageTooLarge)
        #expect(try await alter(broker, ["message.max.bytes": "2000"], kind: 4, name: "1") == ErrorCode.none)
        #expect(try await produce(broker, [("k", value, 1000)]).errorCode == ErrorCode.none)
        #expect(try await alter(broker, ["max.message.bytes": "400"]) == ErrorCode.none)
        #expect(try await produce(broker, [("k", value, 1000)]).errorCode == .messageTooLarge)
        try await broker.stop()
    }

    @Test func `min insync replicas counts no more replicas than there are`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t", configs: ["min.insync.replicas": "2"])
        #expect(try await produce(broker, [("k", "v", 1000)]).errorCode == ErrorCode.none)
        try await broker.stop()
    }

    @Test(arguments: [
        ["remote.storage.enable": "true"], ["no.such.config": "1"], ["segment.ms": "0"], ["retention.ms": "-2"],
        ["cleanup.policy": "shred"], ["compression.gzip.level": "0"], ["compression.lz4.level": "18"],
        ["min.compaction.lag.ms": "10", "max.compaction.lag.ms": "9"], ["message.timestamp.type": "Yesterday"],
        ["min.insync.replicas": "0"], ["preallocate": "perhaps"],
    ])
    func `what is refused changes nothing`(_ configs: [String: String]) async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        #expect(try await alter(broker, configs) == .invalidConfig)
        let described = try await broker.send(
            DescribeConfigsRequest(resources: [.init(resourceType: 2, resourceName: "t", configurationKeys: nil)])
        )
        let found = try #require(described.results.first?.configs)
        #expect(!found.contains { $0.configSource == 1 })
        try await broker.stop()
    }

    @Test func `retention by size and by time removes whole segments, and DeleteRecords what lies below`() async throws
    {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(
            disk: disk,
            ["log.retention.check.interval.ms": "1", "log.initial.task.delay.ms": "0"]
        )
        try await broker.createTopic("t", configs: ["segment.bytes": "200", "file.delete.delay.ms": "0"])
        let now = Timestamp.now()
        func start() async throws -> Offset {
            let request = ListOffsetsRequest(
                replicaId: .none,
                topics: [.init(name: "t", partitions: [.init(partitionIndex: 0, timestamp: Timestamp(-2))])]
            )
            return try #require(try await broker.send(request, version: 7).topics.first?.partitions.first?.offset)
        }
        func waitFor(_ offset: Offset) async throws {
            let end = NIODeadline.now() + .seconds(300)
            while try await start() != offset, NIODeadline.now() < end {}
            #expect(try await start() == offset)
        }
        // Two records a segment.
        for index in 0..<12 { _ = try await produce(broker, [("k", "\(index)", now)]) }
        let deleted = try await broker.send(
            DeleteRecordsRequest(topics: [.init(name: "t", partitions: [.init(partitionIndex: 0, offset: 3)])])
        )
        #expect(deleted.topics.first?.partitions.first?.lowWatermark == 3)
        #expect(try await start() == 3)
        let deadline = NIODeadline.now() + .seconds(300)
        while try disk.list("/data/t-0").contains("00000000000000000000.log"), NIODeadline.now() < deadline {
            #expect(try await start() == 3)
        }
        #expect(try !disk.list("/data/t-0").contains("00000000000000000000.log"))
        #expect(try disk.list("/data/t-0").contains("00000000000000000002.log"))
        #expect(try await alter(broker, ["retention.bytes": "400"]) == ErrorCode.none)
        try await waitFor(6)
        #expect(try await alter(broker, ["retention.ms": "1"]) == ErrorCode.none)
        try await waitFor(12)
        #expect(try await produce(broker, [("k", "after", now)]).baseOffset == 12)
        try await broker.stop()
    }

    @Test func `DescribeLogDirs tells sizes of partitions and of the file system`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.createTopic("t", partitions: 2)
        _ = try await produce(broker, [("k", "v", 1000)])
        let request = DescribeLogDirsRequest(topics: nil)
        for version in DescribeLogDirsRequest.versions {
            let result = try #require(try await broker.send(request, version: version).results.first)
            #expect(result.logDir == "/data" && result.errorCode == ErrorCode.none)
            let partitions = try #require(result.topics.first { $0.name == "t" }?.partitions)
            #expect(partitions.map(\.partitionIndex) == [0, 1])
            #expect(partitions[0].partitionSize > 61 && partitions[1].partitionSize == 0)
            #expect(result.totalBytes == -1)
        }
        disk.limitCapacity(to: 1_000_000)
        let limited = try #require(try await broker.send(request).results.first)
        #expect(limited.totalBytes == 1_000_000 && limited.usableBytes < 1_000_000 && limited.usableBytes > 0)
        let one = DescribeLogDirsRequest(topics: [.init(topic: "t", partitions: [1])])
        let found = try await broker.send(one).results.first?.topics.flatMap { $0.partitions.map(\.partitionIndex) }
        #expect(found == [1])
        try await broker.stop()
    }
}
