import Records
import Streams

/// The topics of a ``PartitionedTestDriver``: partitions of records, whose offsets are their places.
final class InMemoryTopics {
    private var partitions: [TopicName: [[ProducedRecord]]] = [:]
    /// Everything that was appended, in order.
    private(set) var all: [ProducedRecord] = []
    private var turn: [TopicName: Int] = [:]
    /// How many partitions a topic gets that nobody created.
    private let defaultCount: Int32

    init(defaultCount: Int32) { self.defaultCount = defaultCount }

    func create(_ topic: TopicName, partitions count: Int32) {
        guard partitions[topic] == nil else { return }
        partitions[topic] = Array(repeating: [], count: Int(max(count, 1)))
    }

    /// The number of partitions of a topic; one that does not exist is created, as a broker may do.
    func partitionCount(of topic: TopicName) -> Int32 {
        create(topic, partitions: defaultCount)
        return Int32(clamping: partitions[topic]?.count ?? 0)
    }

    var allNames: [TopicName] { Array(partitions.keys) }

    func exists(_ topic: TopicName) -> Bool { partitions[topic] != nil }

    /// The offset after the last record.
    func end(of partition: TopicPartition) -> Int64 { Int64(records(of: partition).count) }

    func records(of partition: TopicPartition) -> [ProducedRecord] {
        let index = Int(partition.partition.rawValue)
        guard let list = partitions[partition.topic], list.indices.contains(index) else { return [] }
        return list[index]
    }

    /// Appends a record: to its partition, to that of its key, or to each in turn where it has no key.
    func append(_ record: ProducedRecord) throws {
        let count = partitionCount(of: record.topic)
        let partition =
            record.partition ?? record.key.map { PartitionIndex(forKey: $0, of: count) }
            ?? nextPartition(of: record.topic, count)
        guard partition.rawValue >= 0, partition.rawValue < count else {
            throw StreamsException("\(record.topic) has \(count) partitions, and no partition \(partition)")
        }
        let placed = ProducedRecord(
            topic: record.topic,
            partition: partition,
            timestamp: record.timestamp,
            key: record.key,
            value: record.value,
            headers: record.headers
        )
        partitions[record.topic]?[Int(partition.rawValue)].append(placed)
        all.append(placed)
    }

    private func nextPartition(of topic: TopicName, _ count: Int32) -> PartitionIndex {
        let next = turn[topic, default: 0]
        turn[topic] = next + 1
        return PartitionIndex(Int32(next) % count)
    }

    /// A record as the batch in which a broker would hand it out.
    func batch(of partition: TopicPartition, at offset: Int64) throws -> RecordBatch {
        let record = records(of: partition)[Int(offset)]
        var builder = RecordBatchBuilder(baseOffset: Offset(offset))
        builder.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
        return try RecordBatch(builder.build(baseOffset: Offset(offset)))
    }
}
