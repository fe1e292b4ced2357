import Records

/// What one poll gives of one partition: batches as they arrived, their CRC checked, not materialised.
///
/// The first batch may begin before ``positionBefore``, and the last may end after it only: a reader skips the records
/// before ``positionBefore``, as ``records()`` and ``forEachRecord(_:)`` do. There may be no batches at all, where
/// only markers or records of aborted transactions were passed over.
public struct FetchedPartition: Sendable {
    /// Which partition.
    public let topicPartition: TopicPartition
    /// In order of their offsets; no control batches, and with `read_committed` none of aborted transactions.
    public internal(set) var batches: [RecordBatch]
    /// The offset after the last record that is on all replicas in sync.
    public internal(set) var highWatermark: Offset
    /// The offset up to which every transaction has ended.
    public internal(set) var lastStableOffset: Offset
    /// The first offset that is still there.
    public internal(set) var logStartOffset: Offset
    /// The consumer's position before these batches: the first offset to read.
    public let positionBefore: Offset
    /// The position after them: what to commit when they are done.
    public internal(set) var positionAfter: Offset
    /// The leader epoch of the last batch, which goes with ``positionAfter`` in a commit.
    public internal(set) var leaderEpochAfter: LeaderEpoch

    /// How many records there are at most.
    public var recordCountLimit: Int { batches.reduce(0) { $0 + max(0, Int($1.recordCount)) } }

    /// Visits the records from ``positionBefore`` on. Errors: a batch that cannot be read, and what `body` throws.
    @inlinable
    public func forEachRecord(_ body: (RecordView) throws -> Void) throws {
        for batch in batches {
            try batch.forEachRecord { record in
                if record.offset >= positionBefore { try body(record) }
            }
        }
    }

    /// The records, materialised. Errors: a batch that cannot be read.
    public func records() throws(RecordsError) -> [ConsumerRecord] {
        var records: [ConsumerRecord] = []
        records.reserveCapacity(min(recordCountLimit, 1 << 16))
        for batch in batches {
            var reader = try batch.makeRecordReader()
            while let view = try reader.next() {
                guard view.offset >= positionBefore else { continue }
                records.append(ConsumerRecord(topicPartition, batch, view.record()))
            }
        }
        return records
    }
}

/// A record with where it comes from.
public struct ConsumerRecord: Sendable, Hashable {
    /// Where it comes from.
    public let topicPartition: TopicPartition
    /// Its place there.
    public let offset: Offset
    /// Its own time, or that of the append.
    public let timestamp: Timestamp
    /// Which of both.
    public let timestampType: TimestampType
    /// The epoch of the leader that appended it.
    public let leaderEpoch: LeaderEpoch
    /// The key, which may be null.
    public let key: Bytes?
    /// The value; null marks a deletion in a compacted topic.
    public let value: Bytes?
    /// The headers, in order.
    public let headers: [Header]

    init(_ topicPartition: TopicPartition, _ batch: RecordBatch, _ record: Record) {
        self.topicPartition = topicPartition
        self.offset = record.offset
        self.timestamp = record.timestamp
        self.timestampType = batch.timestampType
        self.leaderEpoch = batch.partitionLeaderEpoch
        self.key = record.key
        self.value = record.value
        self.headers = record.headers
    }

    /// The topic that it comes from.
    public var topic: TopicName { topicPartition.topic }
    /// The partition that it comes from.
    public var partition: PartitionIndex { topicPartition.partition }
}
