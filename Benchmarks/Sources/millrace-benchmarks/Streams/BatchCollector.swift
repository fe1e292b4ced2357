import Records
import Streams

/// Builds batches of 16 KB from records, and hands them on when they are full. The same for our side and for the limits.
final class BatchOutput {
    @exclusivity(unchecked) private var builder = RecordBatchBuilder(initialCapacity: 17 << 10)
    @exclusivity(unchecked) private(set) var count = 0
    private let send: (Bytes) throws -> Void

    init(_ send: @escaping (Bytes) throws -> Void = { _ in }) { self.send = send }

    @inline(__always)
    func append(_ timestamp: Timestamp, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?) throws {
        builder.append(timestamp: timestamp, key: key, value: value)
        count += 1
        if builder.estimatedSizeInBytes >= 16_000 { try finish() }
    }

    func finish() throws {
        guard !builder.isEmpty else { return }
        try send(builder.build())
        builder.reset()
    }
}

/// Takes a task's output into batches, by topic.
final class BatchCollector: RecordCollector {
    @exclusivity(unchecked) private var outputs: [(topic: TopicName, output: BatchOutput)] = []
    @exclusivity(unchecked) private var lastTopic: TopicName = ""
    @exclusivity(unchecked) private var last = BatchOutput()

    /// The records that came for a topic.
    func count(_ topic: TopicName) -> Int { outputs.first { $0.topic == topic }?.output.count ?? 0 }

    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws {
        if topic != lastTopic { find(topic) }
        try last.append(timestamp, key, value)
    }

    private func find(_ topic: TopicName) {
        if let known = outputs.first(where: { $0.topic == topic }) {
            last = known.output
        } else {
            last = BatchOutput()
            outputs.append((topic, last))
        }
        lastTopic = topic
    }

    func partitionCount(of topic: TopicName) throws -> Int32 { 1 }
}
