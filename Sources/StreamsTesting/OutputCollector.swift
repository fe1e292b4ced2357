import Records
import Streams

/// A record that the topology sent to a topic: an output, a changelog or a repartition topic.
public struct ProducedRecord: Hashable, Sendable {
    /// The topic's name on the cluster.
    public let topic: TopicName
    /// Nil where the producer would choose it by the key.
    public let partition: PartitionIndex?
    /// The record's time; -1 where the producer would set it.
    public let timestamp: Timestamp
    /// The key's bytes; nil for null.
    public let key: Bytes?
    /// The value's bytes; nil for null.
    public let value: Bytes?
    /// Names and values beside key and value.
    public let headers: [Header]
}

/// Keeps what the tasks send, in order.
final class OutputCollector: RecordCollector {
    private(set) var records: [ProducedRecord] = []
    private var taken = 0

    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws {
        records.append(
            ProducedRecord(
                topic: topic,
                partition: partition,
                timestamp: timestamp,
                key: key.map { Bytes(copying: $0) },
                value: value.map { Bytes(copying: $0) },
                headers: headers
            )
        )
    }

    func partitionCount(of topic: TopicName) throws -> Int32 { 1 }

    /// What was sent since the last call.
    func takeNew() -> ArraySlice<ProducedRecord> {
        defer { taken = records.count }
        return records[taken...]
    }
}
