import Records
import Streams

/// A record was piped into a topic, or a partition, that the topology does not read.
public struct UnknownTopic: Error, Hashable, Sendable, CustomStringConvertible {
    public let topic: TopicName
    /// Nil where the topic itself is not known.
    public let partition: PartitionIndex?

    public init(topic: TopicName, partition: PartitionIndex? = nil) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String {
        guard let partition else { return "The topology reads no topic named \(topic)" }
        return "The topology reads no partition \(partition) of \(topic)"
    }
}

/// The records that were dropped, in order.
final class DropLog {
    var records: [DroppedRecord] = []
}
