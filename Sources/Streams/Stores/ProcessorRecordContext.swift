import Records

/// Where the record that is being processed came from, and its time and headers.
///
/// A cached change keeps the context of its record, so that it is logged and forwarded with that record's.
public struct ProcessorRecordContext: Hashable, Sendable {
    /// The record's time; a processor may have given the record another one on its way.
    public var timestamp: Timestamp
    public var offset: Offset
    public var topic: TopicName
    public var partition: PartitionIndex
    public var headers: [Header]

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
