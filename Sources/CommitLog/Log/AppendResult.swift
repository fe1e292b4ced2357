import Records

/// What became of an append.
public struct AppendResult: Sendable, Hashable {
    /// The first offset given; of a duplicate, the one given the first time.
    public var baseOffset: Offset
    public var lastOffset: Offset
    /// The time that the broker set; none where records keep their own. Of a duplicate, the first append's timestamp.
    public var logAppendTime: Timestamp
    public var logStartOffset: Offset
    /// The producer sent these batches before: nothing was written, and the producer is answered as the first time.
    public var isDuplicate: Bool
    public var sizeInBytes: Int
    /// Whether a flush is called for, and by when.
    public var flush: FlushNeed

    /// When ``PartitionLog/flush(recordsOnly:)`` is called for after an append.
    public enum FlushNeed: Sendable, Hashable {
        case notYet
        /// A segment was completed: at the next occasion, away from the request's path.
        case soon
        /// `flush.messages` is reached: before the append is acknowledged; the records only.
        case beforeAcknowledgement
    }
}

/// What was read: whole batches from the first that holds the offset asked for, the last one perhaps cut off.
public struct LogRead: Sendable {
    /// Bytes, or a region of a file to be sent without passing through this process.
    public var parts: [BytesPart]
    /// The first batch's base offset, at most the offset asked for; nil where nothing was read.
    public var baseOffset: Offset?
    public var sizeInBytes: Int
    /// No whole batch that was read reaches up to here. A little more than the end, where that would have to be searched.
    public var endBound = Offset.zero

    static let empty = LogRead(parts: [], baseOffset: nil, sizeInBytes: 0)
}

/// A log's offsets, all of one moment.
public struct LogOffsets: Sendable, Hashable {
    public internal(set) var logStartOffset: Offset
    /// The offset that the next record gets.
    public internal(set) var logEndOffset: Offset
    /// Below it all replicas have the records, and consumers may read them.
    public internal(set) var highWatermark: Offset
    /// Below it no transaction is open: what a consumer of committed records may read.
    public internal(set) var lastStableOffset: Offset
    /// Below it everything is on the disk.
    public internal(set) var recoveryPoint: Offset
}
