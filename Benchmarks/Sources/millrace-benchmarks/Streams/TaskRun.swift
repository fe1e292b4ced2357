import Records
import Streams

/// A task of one topology, fed as a stream thread would: a fetch's worth of batches at a time, with a commit now and then.
final class TaskRun {
    let collector = BatchCollector()
    private let task: StreamTask
    private var sinceCommit = 0

    init(_ folder: String, cacheBytes: Int = 10 << 20, _ build: (StreamsBuilder) -> Void) throws {
        let builder = StreamsBuilder()
        build(builder)
        let topology = try builder.build()
        guard topology.subTopologies.count == 1 else { throw BenchmarkError("the topology has more than one part") }
        task = try StreamTask(
            topology: topology,
            subTopology: topology.subTopologies[0],
            partition: 0,
            environment: TaskEnvironment(
                configuration: TaskConfiguration(applicationID: "benchmark"),
                collector: collector,
                taskDirectory: folder,
                cacheBudget: CacheBudget(maxBytes: cacheBytes),
                now: 0
            )
        )
        for partition in task.inputPartitions { task.update(lag: 0, of: partition) }
    }

    /// Processes all records of `batches`, with a commit after each `commitInterval` records; how many there were.
    func process(_ batches: [RecordBatch], from topic: TopicName, commitInterval: Int = .max) throws -> Int {
        try process([(topic, batches)], commitInterval: commitInterval)
    }

    /// Processes all records of several topics, which are fetched in turn.
    func process(_ inputs: [(topic: TopicName, batches: [RecordBatch])], commitInterval: Int) throws -> Int {
        var total = 0
        let count = inputs.map(\.batches.count).max() ?? 0
        // About 1 MB.
        for start in stride(from: 0, to: count, by: 64) {
            for input in inputs {
                let end = min(start + 64, input.batches.count)
                if start < end { try task.add(Array(input.batches[start..<end]), to: TopicPartition(input.topic, 0)) }
            }
            while true {
                let count = try task.process(atMost: commitInterval - sinceCommit, now: 0)
                guard count > 0 else { break }
                total += count
                sinceCommit += count
                if sinceCommit >= commitInterval { try commit() }
            }
        }
        return total
    }

    func commit() throws {
        sinceCommit = 0
        _ = try task.prepareCommit()
        var offsets: [String: Offset] = [:]
        for name in task.stores.keys {
            let count = collector.count(TopicName("benchmark-\(name)-changelog"))
            if count > 0 { offsets[name] = Offset(Int64(count)) }
        }
        try task.finishCommit(changelogOffsets: offsets)
    }

    func close() throws { try task.close() }
}

/// Reads the records of batches, for loops that stand for a limit.
@inline(__always)
func forEachRecord(of batches: [RecordBatch], _ body: (RecordView) throws -> Void) throws -> Int {
    var count = 0
    for batch in batches {
        var reader = try batch.makeRecordReader()
        while let record = try reader.next() {
            try body(record)
            count += 1
        }
    }
    return count
}

extension UnsafeRawBufferPointer? {
    /// As UTF-8.
    @inline(__always)
    var text: String { map { String(decoding: $0, as: UTF8.self) } ?? "" }
}

extension BatchOutput {
    @inline(__always)
    func append(_ timestamp: Timestamp, _ key: some LoopKey, _ value: String) throws {
        try key.withKeyBytes { key in try value.withKeyBytes { try append(timestamp, key, $0) } }
    }
}
