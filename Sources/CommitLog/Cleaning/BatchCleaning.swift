import Records

/// What is left of one batch: the rules of compaction. Pure.
///
/// - A record whose key has a later record in the log goes; so does a record without a key.
/// - A tombstone goes once its batch's delete horizon has passed. The horizon is set when a batch with tombstones is first
///   rewritten: now and `delete.retention.ms`. See KIP-534.
/// - Records of aborted transactions go. A marker goes when nothing is left of its transaction and its delete horizon,
///   set when that was first seen, has passed.
/// - A batch without records stays, empty, where it is the last one of a producer that the log still knows, or the
///   last one looked at, so that neither a sequence nor an offset is forgotten.
/// - Base offset and last offset of a batch never change.
struct BatchCleaning {
    /// What becomes of a batch.
    enum Outcome {
        /// Byte for byte as it was.
        case unchanged
        case rewritten(Bytes)
        case removed
    }

    /// The last batches that make up what the log knows of its producers.
    struct LastOfProducer: Sendable, Hashable {
        /// The last offset of its last data batch; nil where only a marker is known.
        var lastOffset: Offset?
        var epoch: ProducerEpoch
    }

    let map: OffsetMap
    let now: Timestamp
    let deleteRetentionMs: Int64
    /// Where this round ends.
    let endOffset: Offset
    let producers: [ProducerID: LastOfProducer]

    /// `isUnwanted` says that the batch belongs to an aborted transaction, or is a marker of which nothing else is left.
    ///
    /// Errors: ``LogError/corruptBatch(reason:)`` for a batch that would have to be rewritten and is not sound.
    func outcome(
        _ header: BatchHeader,
        _ batch: RecordBatch,
        isUnwanted: Bool
    ) throws(LogError) -> Outcome {
        let horizon = batch.deleteHorizon
        let isPast = horizon.map { $0 <= now } ?? false
        let isDiscarded = isUnwanted && (!header.isControl || isPast)
        let staysEmpty = isLastOfProducer(header) || header.nextOffset == endOffset
        if isDiscarded || header.recordCount == 0 {
            return staysEmpty ? emptied(header, batch) : .removed
        }
        if header.isControl, !isUnwanted || horizon != nil { return .unchanged }
        // One pass over the records, which lie in the reader's memory until the end.
        var reader = try wrap(header) { () throws(RecordsError) in try batch.makeRecordReader() }
        defer { withExtendedLifetime(reader.bytes) {} }
        var kept: [RecordView] = []
        var hasTombstones = false
        while let record = try wrap(header, { () throws(RecordsError) in try reader.next() }) {
            guard header.isControl || isWanted(record, isPast: isPast) else { continue }
            kept.append(record)
            if record.valueCount < 0 { hasTombstones = true }
        }
        if kept.isEmpty { return staysEmpty ? emptied(header, batch) : .removed }
        let needsHorizon = horizon == nil && (header.isControl || hasTombstones)
        if kept.count == Int(header.recordCount), !needsHorizon { return .unchanged }
        return .rewritten(try rebuilt(header, batch, horizon: needsHorizon ? newHorizon : horizon, kept))
    }

    private var newHorizon: Timestamp {
        let (horizon, overflow) = now.rawValue.addingReportingOverflow(deleteRetentionMs)
        return Timestamp(overflow ? .max : horizon)
    }

    private func isLastOfProducer(_ header: BatchHeader) -> Bool {
        guard header.hasProducerID, let last = producers[header.producerID] else { return false }
        if let offset = last.lastOffset { return header.lastOffset == offset }
        return header.isControl && header.producerEpoch == last.epoch
    }

    private func isWanted(_ record: RecordView, isPast: Bool) -> Bool {
        if record.offset > map.latestOffset { return true }
        guard let key = record.keyBytes else { return false }
        if let latest = map.offset(of: key), record.offset < latest { return false }
        return record.valueCount >= 0 || !isPast
    }

    // MARK: Writing

    private func rebuilt(
        _ header: BatchHeader,
        _ batch: RecordBatch,
        horizon: Timestamp?,
        _ records: [RecordView]
    ) throws(LogError) -> Bytes {
        // A new checksum must not be given to bytes that do not deserve it.
        try wrap(header) { () throws(RecordsError) in try batch.validateCRC() }
        var builder = RecordBatchBuilder(
            compression: batch.compression,
            timestampType: batch.timestampType,
            producerID: header.producerID,
            producerEpoch: header.producerEpoch,
            baseSequence: header.baseSequence,
            isTransactional: header.isTransactional,
            isControl: header.isControl,
            partitionLeaderEpoch: header.leaderEpoch,
            baseOffset: header.baseOffset,
            initialCapacity: header.sizeInBytes
        )
        builder.logAppendTime = header.maxTimestamp
        builder.deleteHorizon = horizon
        builder.lastOffsetDeltaOverride = header.lastOffsetDelta
        for record in records {
            try wrap(header) { () throws(RecordsError) in
                try builder.append(
                    offset: record.offset,
                    timestamp: record.timestamp,
                    key: record.keyBytes,
                    value: record.valueBytes,
                    headers: record.headers()
                )
            }
        }
        return try wrap(header) { () throws(RecordsError) in try builder.build() }
    }

    /// The batch's header alone, without a codec, a horizon and a base timestamp.
    private func emptied(_ header: BatchHeader, _ batch: RecordBatch) -> Outcome {
        let bytes = batch.bytes[..<BatchHeader.size].copied()
        bytes.withUnsafeMutableBytesOfSoleOwner { buffer in
            guard let start = buffer.baseAddress else { return }
            start.storeBigEndian(Int32(BatchHeader.size - BatchHeader.prefixSize), at: 8)
            start.storeBigEndian(header.attributes & ~0x47, at: 21)
            start.storeBigEndian(Int64(-1), at: 27)
            start.storeBigEndian(Int32(0), at: 57)
            let covered = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[BatchHeader.crcStart...])
            start.storeBigEndian(crc32c(covered), at: 17)
        }
        return bytes == batch.bytes ? .unchanged : .rewritten(bytes)
    }

    private func wrap<R>(_ header: BatchHeader, _ body: () throws(RecordsError) -> R) throws(LogError) -> R {
        do throws(RecordsError) { return try body() } catch {
            throw .corruptBatch(reason: "the batch at offset \(header.baseOffset): \(error)")
        }
    }
}

extension RecordBatch {
    /// Visits the records in place. Errors: ``LogError/corruptBatch(reason:)``, and those of `body`.
    func visitRecords(_ body: (RecordView) throws(LogError) -> Void) throws(LogError) {
        var reader: RecordReader
        do throws(RecordsError) { reader = try makeRecordReader() } catch {
            throw .corruptBatch(reason: "the batch at offset \(baseOffset): \(error)")
        }
        let bytes = reader.bytes
        defer { withExtendedLifetime(bytes) {} }
        while true {
            let record: RecordView?
            do throws(RecordsError) { record = try reader.next() } catch {
                throw .corruptBatch(reason: "the batch at offset \(baseOffset): \(error)")
            }
            guard let record else { return }
            try body(record)
        }
    }
}
