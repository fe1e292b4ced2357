import Records

/// A record to send. Without a partition its key decides, and without a key the partitioner.
public struct ProducerRecord: Sendable, Hashable {
    /// Where it goes.
    public var topic: TopicName
    /// The partition; nil to let the key or the partitioner decide.
    public var partition: PartitionIndex?
    /// The time of sending where it is nil.
    public var timestamp: Timestamp?
    /// The key; nil for none.
    public var key: Bytes?
    /// The value; nil for null, which deletes in a compacted topic.
    public var value: Bytes?
    /// Names and values beside key and value.
    public var headers: [Header]

    /// A record for `topic`.
    public init(
        topic: TopicName,
        partition: PartitionIndex? = nil,
        timestamp: Timestamp? = nil,
        key: Bytes? = nil,
        value: Bytes?,
        headers: [Header] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Where a record came to lie.
public struct RecordMetadata: Sendable, Hashable {
    /// The partition that took it.
    public let topicPartition: TopicPartition
    /// -1 where the broker did not tell: with acks=0, and for a batch that it recognised as a repetition.
    public let offset: Offset
    /// The record's own time, or the broker's where the topic is of type LogAppendTime.
    public let timestamp: Timestamp
    /// The key's size in bytes; -1 for null.
    public let serializedKeySize: Int
    /// The value's size in bytes; -1 for null.
    public let serializedValueSize: Int

    /// All that there is to know.
    public init(
        topicPartition: TopicPartition,
        offset: Offset,
        timestamp: Timestamp,
        serializedKeySize: Int,
        serializedValueSize: Int
    ) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.timestamp = timestamp
        self.serializedKeySize = serializedKeySize
        self.serializedValueSize = serializedValueSize
    }
}
