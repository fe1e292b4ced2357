import Records

/// Where the record that is being processed came from, and its time and headers.
///
/// A cached change keeps the context of its record, so that it is logged and forwarded with that record's.
public struct ProcessorRecordContext: Hashable, Sendable {
    /// The record's time; a processor may have given the record another one on its way.
    public var timestamp: Timestamp
    /// The record's offset; -1 where it came from no topic.
    public var offset: Offset
    /// The topic that it came from; empty where it came from none.
    public var topic: TopicName
    /// The partition that it came from; -1 where it came from none.
    public var partition: PartitionIndex
    /// Names and values beside key and value.
    public var headers: [Header]

    /// A context; by default that of a record that came from no topic.
    public init(
        timestamp: Timestamp,
        offset: Offset = Offset(-1),
        topic: TopicName = "",
        partition: PartitionIndex = PartitionIndex(-1),
        headers: [Header] = []
    ) {
        self.timestamp = timestamp
        self.offset = offset
        self.topic = topic
        self.partition = partition
        self.headers = headers
    }

    /// No record: a punctuation before the first one.
    public static let none = ProcessorRecordContext(timestamp: .none)
}
