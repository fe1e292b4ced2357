/// The header's fields; the table stands at ``RecordBatch``.
extension RecordBatch {
    /// The offset of the first record, also where compaction has removed it.
    public var baseOffset: Offset { Offset(field(Field.baseOffset)) }

    /// The offset of the last record, also where compaction has removed it.
    public var lastOffset: Offset { Offset(baseOffset.rawValue &+ Int64(lastOffsetDelta)) }

    /// The offset after the last record.
    public var nextOffset: Offset { Offset(lastOffset.rawValue &+ 1) }

    /// The distance from the first record's offset to the last one's.
    public var lastOffsetDelta: Int32 { field(Field.lastOffsetDelta) }

    /// The epoch of the leader that appended the batch.
    public var partitionLeaderEpoch: LeaderEpoch { LeaderEpoch(field(Field.partitionLeaderEpoch)) }

    /// The format: always 2.
    public var magic: Int8 { field(Field.magic) }

    /// The checksum in the header; ``validateCRC()`` compares it.
    public var crc: UInt32 { field(Field.crc) }

    /// The attribute bits.
    public var attributes: Int16 { field(Field.attributes) }

    /// The codec of the records; `none` for attribute bits that name no codec: the readers refuse those.
    public var compression: Compression { Compression(rawValue: Int8(attributes & 7)) ?? .none }

    /// Who set the timestamps.
    public var timestampType: TimestampType { attributes & 0x08 == 0 ? .createTime : .logAppendTime }

    /// Whether the batch belongs to a transaction.
    public var isTransactional: Bool { attributes & 0x10 != 0 }

    /// Whether the batch holds a ``ControlRecord`` and no data.
    public var isControl: Bool { attributes & 0x20 != 0 }

    /// Whether compaction has set the time from which tombstones may go, which then stands as the base timestamp. See
    /// KIP-534.
    public var hasDeleteHorizon: Bool { attributes & 0x40 != 0 }

    /// The time from which tombstones and markers may go; nil where compaction has not set it.
    public var deleteHorizon: Timestamp? { hasDeleteHorizon ? baseTimestamp : nil }

    /// The time that records' deltas count from.
    public var baseTimestamp: Timestamp { Timestamp(field(Field.baseTimestamp)) }

    /// The latest time of a record, or the time of the append.
    public var maxTimestamp: Timestamp { Timestamp(field(Field.maxTimestamp)) }

    /// The idempotent producer's id.
    public var producerID: ProducerID { ProducerID(field(Field.producerID)) }

    /// The idempotent producer's epoch.
    public var producerEpoch: ProducerEpoch { ProducerEpoch(field(Field.producerEpoch)) }

    /// The sequence number of the first record; -1 for none.
    public var baseSequence: Int32 { field(Field.baseSequence) }

    /// The sequence number of the last record, which wraps from 2^31 - 1 to 0; -1 for none.
    public var lastSequence: Int32 {
        baseSequence < 0 ? -1 : RecordBatch.sequence(baseSequence, advancedBy: lastOffsetDelta)
    }

    /// The sequence number `count` records after `sequence`, which wraps from 2^31 - 1 to 0.
    public static func sequence(_ sequence: Int32, advancedBy count: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(sequence) + Int64(count)) & 0x7fff_ffff)
    }

    /// The number of records. Not checked here: the readers refuse a count that the bytes cannot hold.
    public var recordCount: Int32 { field(Field.recordCount) }

    /// The size of the whole batch.
    public var sizeInBytes: Int { bytes.count }

    /// The codec. Errors: `unknownCompression`.
    func knownCompression() throws(RecordsError) -> Compression {
        let code = Int8(attributes & 7)
        guard let compression = Compression(rawValue: code) else {
            throw RecordsError(.unknownCompression, at: Field.attributes, "there is no codec \(code)")
        }
        return compression
    }

    private func field<T: FixedWidthInteger & BitwiseCopyable>(_ position: Int) -> T {
        bytes.withUnsafeBytes { raw in
            // A batch is never shorter than its header.
            raw.baseAddress.map { $0.loadBigEndian(at: position) } ?? 0
        }
    }
}
