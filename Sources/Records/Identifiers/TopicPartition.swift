/// A partition of a topic, written as Kafka does: `orders-0`.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let topic: TopicName
    public let partition: PartitionIndex

    @inlinable
    public init(_ topic: TopicName, _ partition: PartitionIndex) {
        self.topic = topic
        self.partition = partition
    }

    public static func < (a: TopicPartition, b: TopicPartition) -> Bool {
        (a.topic, a.partition) < (b.topic, b.partition)
    }

    public var description: String { "\(topic)-\(partition)" }
}
