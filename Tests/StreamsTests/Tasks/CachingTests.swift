import Records
import Streams
import StreamsTesting
import Testing

/// With a cache, changes to a key are gathered until the commit.
@Suite struct CachingTests {
    private func countTask(_ collector: ListCollector, cacheBytes: Int) throws -> StreamTask {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).groupByKey()
            .count(materialized: Materialized("counts", in: .memory))
            .toStream().mapValues { String($0) }.to("out")
        let topology = try builder.build()
        return try StreamTask(
            topology: topology,
            subTopology: topology.subTopologies[0],
            partition: 0,
            environment: TaskEnvironment(
                configuration: TaskConfiguration(applicationID: "app"),
                collector: collector,
                taskDirectory: "",
                cacheBudget: CacheBudget(maxBytes: cacheBytes),
                now: 0
            )
        )
    }

    private func feed(_ task: StreamTask) throws {
        var builder = RecordBatchBuilder()
        for time in 1...3 {
            builder.append(timestamp: Timestamp(Int64(time)), key: Bytes(utf8: "k"), value: Bytes(utf8: "v"))
        }
        try task.add([RecordBatch(builder.build())], to: TopicPartition("in", 0))
        _ = try task.process(atMost: 10, now: 0)
    }

    @Test func `without a cache every change is logged and forwarded at once`() throws {
        let collector = ListCollector()
        let task = try countTask(collector, cacheBytes: 0)
        try feed(task)
        #expect(collector.sent.filter { $0.hasPrefix("out") } == ["out 1@1", "out 2@2", "out 3@3"])
        #expect(collector.sent.count == 6)
    }

    @Test func `with a cache only the last change is logged and forwarded by the commit`() throws {
        let collector = ListCollector()
        let task = try countTask(collector, cacheBytes: 1 << 20)
        try feed(task)
        #expect(collector.sent.isEmpty)
        _ = try task.prepareCommit()
        #expect(collector.sent.count == 2)
        #expect(collector.sent.last == "out 3@3")
        try task.finishCommit(changelogOffsets: ["counts": 1])
        #expect(task.stores["counts"]?.committedOffset == 1)
    }
}
