import Records
import Streams
import StreamsTesting
import Testing

/// Keeps what a task sends, as text.
final class ListCollector: RecordCollector {
    var sent: [String] = []

    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) {
        let value = value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        sent.append("\(topic) \(value)@\(timestamp)")
    }

    func partitionCount(of topic: TopicName) -> Int32 { 4 }
}

/// A task of its own: order among partitions, commit points, punctuation.
@Suite struct StreamTaskTests {
    private let collector = ListCollector()

    private func makeTask(
        _ topology: Topology,
        subTopology: Int = 0,
        idle: Duration? = nil,
        _ configure: (inout TaskConfiguration) -> Void = { _ in }
    ) throws -> StreamTask {
        var configuration = TaskConfiguration(applicationID: "app")
        configuration.maxTaskIdle = idle
        configure(&configuration)
        return try StreamTask(
            topology: topology,
            subTopology: topology.subTopologies[subTopology],
            partition: 3,
            environment: TaskEnvironment(
                configuration: configuration,
                collector: collector,
                taskDirectory: "",
                cacheBudget: CacheBudget(),
                now: 1000
            )
        )
    }

    private func batch(_ records: [(String, Int64)], from offset: Int64 = 0) throws -> RecordBatch {
        var builder = RecordBatchBuilder(baseOffset: Offset(offset))
        for (value, time) in records {
            builder.append(timestamp: Timestamp(time), key: Bytes(utf8: "k"), value: Bytes(utf8: value))
        }
        return try RecordBatch(builder.build(baseOffset: Offset(offset)))
    }

    private func merged() throws -> Topology {
        let builder = StreamsBuilder()
        builder.stream("a", String.self, String.self).merge(builder.stream("b", String.self, String.self)).to("out")
        return try builder.build()
    }

    @Test func `the record with the lowest timestamp comes first across partitions`() throws {
        let task = try makeTask(merged())
        #expect(task.id.description == "0_3")
        #expect(task.inputPartitions == [TopicPartition("a", 3), TopicPartition("b", 3)])
        try task.add([batch([("a1", 10), ("a2", 40)]), batch([("a3", 20)], from: 2)], to: TopicPartition("a", 3))
        try task.add([batch([("b1", 15), ("b2", 30)])], to: TopicPartition("b", 3))
        #expect(try task.process(atMost: 100, now: 1000) == 5)
        #expect(collector.sent == ["out a1@10", "out b1@15", "out b2@30", "out a2@40", "out a3@20"])
        #expect(task.streamTime == 40)
    }

    @Test func `a commit names the next offset and the time of each partition`() throws {
        let task = try makeTask(merged())
        try task.add([batch([("a1", 10), ("a2", 40)], from: 7)], to: TopicPartition("a", 3), from: 8)
        #expect(try task.process(atMost: 1, now: 1000) == 1)
        #expect(collector.sent == ["out a2@40"])
        let offsets = try task.prepareCommit()
        try task.finishCommit()
        #expect(offsets.keys.map(\.topic) == ["a"])
        let committed = try #require(offsets[TopicPartition("a", 3)])
        #expect(committed.offset == 9)
        #expect(committed.metadata == CommittedMetadata(partitionTime: 40))
        #expect(committed.metadata.encoded() == "AgAAAAAAAAAo")
        #expect(!task.needsCommit)
    }

    @Test func `committed metadata reads back and tolerates any text`() {
        let metadata = CommittedMetadata(partitionTime: 1_700_000_000_000, processorMetadata: ["k": 5, "long": -1])
        #expect(CommittedMetadata(decoding: metadata.encoded()) == metadata)
        for text in ["", "AgAA", "!!!!", "AQAAAAAAAAAo", "CQAAAAAAAAAo"] {
            let decoded = CommittedMetadata(decoding: text)
            #expect(decoded.partitionTime == (text == "AQAAAAAAAAAo" ? 40 : .none))
        }
    }

    @Test func `a task waits for an empty partition as long as it is told to`() throws {
        let task = try makeTask(merged(), idle: .milliseconds(100))
        try task.add([batch([("a1", 10)])], to: TopicPartition("a", 3))
        #expect(try !task.process(now: 1000))
        task.update(lag: 0, of: TopicPartition("b", 3))
        #expect(try !task.process(now: 1000))
        #expect(try !task.process(now: 1099))
        #expect(try task.process(now: 1100))
    }

    @Test func `a record that cannot be decoded ends the task or is counted`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, Int64.self).mapValues { String($0) }.to("out")
        let topology = try builder.build()
        let failing = try makeTask(topology)
        try failing.add([batch([("short", 1)])], to: TopicPartition("in", 3))
        #expect(throws: StreamsException.self) { try failing.process(now: 1000) }
        let going = try makeTask(topology) { $0.deserializationExceptionHandler = .logAndContinue }
        try going.add([batch([("short", 1), ("12345678", 2)])], to: TopicPartition("in", 3))
        #expect(try going.process(atMost: 5, now: 1000) == 2)
        #expect(going.droppedRecords.map(\.reason) == [.undecodable])
        #expect(collector.sent.count == 1)
        #expect(going.streamTime == 2)
        #expect(try going.prepareCommit().values.map(\.offset) == [2])
    }

    private struct Refusal: Error {}

    @Test func `a closure that throws ends the task or drops its record`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self, named: "source")
            .mapValues(named: "refuse") { (value: String) -> String in
                if value == "bad" { throw Refusal() }
                return value
            }
            .to("out")
        let topology = try builder.build()
        let failing = try makeTask(topology)
        try failing.add([batch([("bad", 1)])], to: TopicPartition("in", 3))
        #expect {
            try failing.process(now: 1000)
        } throws: { error in
            let exception = error as? StreamsException
            return exception?.operatorName == "refuse" && exception?.underlying is Refusal
                && exception?.metadata == RecordMetadata(topic: "in", partition: 3, offset: 0)
        }
        let going = try makeTask(topology) { $0.processingExceptionHandler = .logAndContinue }
        try going.add([batch([("bad", 1), ("good", 2)])], to: TopicPartition("in", 3))
        #expect(try going.process(atMost: 5, now: 1000) == 2)
        #expect(collector.sent == ["out good@2"])
        #expect(going.droppedRecords.map(\.description) == ["refuse: 1 (processing failed)"])
    }

    @Test func `wall-clock punctuations skip the times they missed`() throws {
        var topology = Topology()
        topology.addSource("src", topics: "in", String.self, String.self)
        topology.addProcessor("counter", parents: ["src"]) { Counter() }
        topology.addSink("snk", topic: "out", String.self, String.self, parents: ["counter"])
        let task = try makeTask(topology)
        #expect(task.nextWallClockPunctuation == 4000)
        #expect(try !task.punctuateWallClock(now: 3999))
        #expect(try task.punctuateWallClock(now: 4000))
        #expect(try task.punctuateWallClock(now: 13_500))
        #expect(collector.sent == ["out 0@4000", "out 0@13500"])
        #expect(task.nextWallClockPunctuation == 16_000)
    }

    @Test func `a partitioner is told the number of partitions`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to("out") { _, _, count in PartitionIndex(count - 1) }
        let driver = try TopologyTestDriver(try builder.build())
        try driver.inputTopic("in", String.self, String.self).pipe("k", "v")
        #expect(driver.producedRecords.map(\.partition) == [0])
    }

    @Test func `an extractor reads the time from the value and negative times are dropped`() throws {
        let builder = StreamsBuilder()
        builder.stream(
            "in",
            String.self,
            String.self,
            timestamps: TimestampExtractor { record, partitionTime in
                Timestamp(record.value.flatMap { Int64($0) } ?? partitionTime.rawValue)
            }
        ).to("out")
        let task = try makeTask(try builder.build())
        try task.add([batch([("7", 1), ("-1", 2), ("x", 3)])], to: TopicPartition("in", 3))
        #expect(try task.process(atMost: 5, now: 1000) == 2)
        #expect(collector.sent == ["out 7@7", "out x@7"])
        #expect(task.droppedRecords.map(\.reason) == [.invalidTimestamp])
    }
}
