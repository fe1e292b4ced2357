import Records

/// The batches of one append, checked without touching their records; and what is to be written of each.
///
/// Kafka also walks over the records of every batch, to find timestamps out of bounds, missing keys in compacted topics
/// and a maximum timestamp that is not the records' own. Here only the header and the CRC are read, unless the topic's
/// configuration speaks of records: `cleanup.policy=compact`, a finite `message.timestamp.before.max.ms`, or a codec
/// that is not the producer's.
struct AppendPlan: Sendable {
    struct Item: Sendable {
        var header: BatchHeader
        var position: Int
    }

    /// What is appended: the bytes as they came, or rewritten ones.
    private(set) var bytes: Bytes
    private(set) var items: [Item] = []
    private let partition: TopicPartition

    /// Errors: ``LogError/corruptBatch(reason:)``, ``LogError/invalidRecord(reason:)``,
    /// ``LogError/recordTooLarge(sizeInBytes:limit:)``, ``LogError/recordListTooLarge(sizeInBytes:limit:)``,
    /// ``LogError/rejectedRecords(_:)``, ``LogError/unsupportedFormat(magic:)``.
    init(
        _ bytes: Bytes,
        to partition: TopicPartition,
        origin: AppendOrigin,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) {
        self.partition = partition
        self.bytes = bytes
        try readHeaders(origin: origin, now: now, configuration)
        if origin != .replication {
            if try rewrite(configuration, now: now) {
                items = []
                try readHeaders(origin: origin, now: now, configuration)
            }
            if mustLookAtRecords(configuration, origin: origin, now: now) {
                try checkRecords(configuration, checksTime: origin == .client, now: now)
            }
        }
        guard self.bytes.count <= configuration.segmentBytes else {
            throw .recordListTooLarge(sizeInBytes: self.bytes.count, limit: configuration.segmentBytes)
        }
    }

    private mutating func readHeaders(
        origin: AppendOrigin,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) {
        let bytes = bytes
        try bytes.withUnsafeBytes { (buffer) throws(LogError) in
            guard let base = buffer.baseAddress, !buffer.isEmpty else {
                throw .invalidRecord(reason: "no batch at all")
            }
            var position = 0
            while position < buffer.count {
                let left = buffer.count - position
                guard left >= BatchHeader.size else {
                    if left > 16, base.load(fromByteOffset: position + 16, as: Int8.self) != 2 {
                        throw .unsupportedFormat(magic: base.load(fromByteOffset: position + 16, as: Int8.self))
                    }
                    throw .corruptBatch(reason: "\(left) bytes at \(position) are less than a header")
                }
                let header = BatchHeader(at: base + position)
                guard header.magic == 2 else { throw .unsupportedFormat(magic: header.magic) }
                guard header.sizeInBytes >= BatchHeader.size, header.sizeInBytes <= left else {
                    throw .corruptBatch(
                        reason: "a batch of \(header.sizeInBytes) bytes at \(position), \(left) are there"
                    )
                }
                try check(header, origin: origin, now: now, configuration)
                let start = position + BatchHeader.crcStart
                let covered = UnsafeRawBufferPointer(rebasing: buffer[start..<position + header.sizeInBytes])
                let computed = crc32c(covered)
                guard computed == header.crc else {
                    throw .corruptBatch(reason: "CRC \(header.crc) is stored, \(computed) computed")
                }
                items.append(Item(header: header, position: position))
                position += header.sizeInBytes
            }
        }
    }

    private func check(
        _ header: BatchHeader,
        origin: AppendOrigin,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) {
        if origin != .replication, header.sizeInBytes > configuration.maxMessageBytes {
            throw .recordTooLarge(sizeInBytes: header.sizeInBytes, limit: configuration.maxMessageBytes)
        }
        guard header.lastOffsetDelta >= 0 else {
            throw .invalidRecord(reason: "a last offset delta of \(header.lastOffsetDelta)")
        }
        guard header.compressionCode <= 4 else {
            throw .invalidRecord(reason: "compression \(header.compressionCode) is not known")
        }
        guard origin != .replication else { return }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw .invalidRecord(
                reason: "\(header.recordCount) records with a last offset delta of \(header.lastOffsetDelta)"
            )
        }
        guard origin == .client else { return }
        if header.hasProducerID, header.baseSequence < 0 {
            throw .invalidRecord(reason: "producer \(header.producerID) with sequence \(header.baseSequence)")
        }
        guard header.baseOffset == .zero else {
            throw .invalidRecord(reason: "a base offset of \(header.baseOffset), expected 0")
        }
        if header.isControl { throw .invalidRecord(reason: "a client must not write control records") }
    }

    // MARK: Records, where the configuration asks for it

    /// So many rejected records are told to the client at most: a batch may hold a million.
    private static let maxRejectedRecords = 16_384

    /// What a batch may decompress to where its records are looked at: in proportion to what the client has really sent.
    private static func maxDecompressedBytes(of sizeInBytes: Int) -> Int { max(8 << 20, 32 * sizeInBytes) }

    /// Whether a header is suspect, or headers do not tell enough.
    private func mustLookAtRecords(_ configuration: LogConfiguration, origin: AppendOrigin, now: Timestamp) -> Bool {
        if configuration.isCompacted { return true }
        guard origin == .client, configuration.messageTimestampType == .createTime else { return false }
        if configuration.messageTimestampBeforeMaxMs != .max { return true }
        return items.contains { item in
            item.header.isLogAppendTime || isTooLate(item.header.maxTimestamp, configuration, now: now)
        }
    }

    private func isTooLate(_ timestamp: Timestamp, _ configuration: LogConfiguration, now: Timestamp) -> Bool {
        let (ahead, overflow) = timestamp.rawValue.subtractingReportingOverflow(now.rawValue)
        return timestamp > now && (overflow || ahead > configuration.messageTimestampAfterMaxMs)
    }

    private func isTooEarly(_ timestamp: Timestamp, _ configuration: LogConfiguration, now: Timestamp) -> Bool {
        let (age, overflow) = now.rawValue.subtractingReportingOverflow(timestamp.rawValue)
        return timestamp < now && (overflow || age > configuration.messageTimestampBeforeMaxMs)
    }

    private func checkRecords(_ configuration: LogConfiguration, checksTime: Bool, now: Timestamp) throws(LogError) {
        let checksTime = checksTime && configuration.messageTimestampType == .createTime
        for item in items where !item.header.isControl {
            var rejected = RejectedRecords(hasInvalidTimestamp: false, entries: [])
            var index: Int32 = 0
            try visitRecords(of: item) { (record) throws(LogError) in
                defer { index += 1 }
                guard rejected.entries.count < AppendPlan.maxRejectedRecords else { return }
                if checksTime, let flaw = timestampFlaw(of: record, item.header, configuration, now: now) {
                    rejected.hasInvalidTimestamp = true
                    rejected.entries.append(.init(index: index, message: flaw))
                } else if configuration.isCompacted, record.keyCount < 0 {
                    let message = "Compacted topic cannot accept message without key in topic partition \(partition)"
                    rejected.entries.append(.init(index: index, message: message))
                }
            }
            if !rejected.entries.isEmpty { throw .rejectedRecords(rejected) }
        }
    }

    private func timestampFlaw(
        of record: RecordView,
        _ header: BatchHeader,
        _ configuration: LogConfiguration,
        now: Timestamp
    ) -> String? {
        if header.isLogAppendTime {
            return "Invalid timestamp type in message \(record.offset). Producer should not set timestamp type to "
                + "LogAppendTime."
        }
        guard record.timestamp != .none,
            isTooEarly(record.timestamp, configuration, now: now)
                || isTooLate(record.timestamp, configuration, now: now)
        else { return nil }
        let least = now.rawValue &- configuration.messageTimestampBeforeMaxMs
        let most = now.rawValue &+ configuration.messageTimestampAfterMaxMs
        return "Timestamp \(record.timestamp) of message with offset \(record.offset) is out of range. The timestamp "
            + "should be within [\(least), \(most)]"
    }

    private func visitRecords(of item: Item, _ visit: (RecordView) throws(LogError) -> Void) throws(LogError) {
        let size = item.header.sizeInBytes
        var reader = try Self.wrap { () throws(RecordsError) in
            try RecordBatch(bytes[item.position..<item.position + size])
                .makeRecordReader(maxDecompressedBytes: AppendPlan.maxDecompressedBytes(of: size))
        }
        while let record = try Self.wrap({ () throws(RecordsError) in try reader.next() }) { try visit(record) }
    }

    /// Compresses anew what the topic's codec asks for. Returns whether anything changed.
    private mutating func rewrite(_ configuration: LogConfiguration, now: Timestamp) throws(LogError) -> Bool {
        guard let target = configuration.compression,
            items.contains(where: { !$0.header.isControl && $0.header.compressionCode != Int16(target.rawValue) })
        else { return false }
        var rewritten = RawBuffer(capacity: bytes.count)
        for item in items {
            let slice = bytes[item.position..<item.position + item.header.sizeInBytes]
            let isKept = item.header.isControl || item.header.compressionCode == Int16(target.rawValue)
            let batch = isKept ? slice : try recompressed(item, target, level: configuration.compressionLevel)
            rewritten.append(batch)
        }
        bytes = rewritten.bytes()
        return true
    }

    private func recompressed(_ item: Item, _ codec: Compression, level: Int?) throws(LogError) -> Bytes {
        let header = item.header
        var builder = RecordBatchBuilder(
            compression: codec,
            level: level,
            producerID: header.producerID,
            producerEpoch: header.producerEpoch,
            baseSequence: header.baseSequence,
            isTransactional: header.isTransactional
        )
        try visitRecords(of: item) { (record) throws(LogError) in
            builder.append(
                timestamp: record.timestamp,
                key: record.keyBytes,
                value: record.valueBytes,
                headers: record.headers()
            )
        }
        return try Self.wrap { () throws(RecordsError) in try builder.build() }
    }

    private static func wrap<R>(_ body: () throws(RecordsError) -> R) throws(LogError) -> R {
        do throws(RecordsError) { return try body() } catch { throw .invalidRecord(reason: "\(error)") }
    }

    // MARK: Offsets

    /// Gives the batches consecutive offsets from `base` on, in the headers; ``stamp()`` writes them.
    mutating func assignOffsets(from base: Offset, leaderEpoch: LeaderEpoch) throws(LogError) {
        var next = base
        for index in items.indices {
            guard next.rawValue < Int64.max - Int64(Int32.max) - 1 else {
                throw .invalidRecord(reason: "the log is at its last offset")
            }
            items[index].header.baseOffset = next
            items[index].header.leaderEpoch = leaderEpoch
            next = items[index].header.nextOffset
        }
    }

    /// Writes offsets and epoch into the batches themselves.
    func stamp() {
        for item in items {
            RecordBatch.assign(
                baseOffset: item.header.baseOffset,
                leaderEpoch: item.header.leaderEpoch,
                in: bytes,
                at: item.position
            )
        }
    }

    /// Sets the append's time in every batch, which changes its CRC.
    mutating func setAppendTime(_ time: Timestamp) throws(LogError) {
        for index in items.indices {
            let item = items[index]
            try batch(item).setMaxTimestampInPlace(time, type: .logAppendTime)
            items[index].header.maxTimestamp = time
        }
    }

    // MARK: What the segment needs to know

    var firstOffset: Offset { items.first?.header.baseOffset ?? .zero }
    var lastOffset: Offset { items.last?.header.lastOffset ?? .zero }

    /// The largest timestamp and the last offset of the first batch that has it.
    var largest: TimestampOffset {
        var largest = TimestampOffset(timestamp: .none, offset: lastOffset)
        for item in items where item.header.maxTimestamp > largest.timestamp {
            largest = TimestampOffset(timestamp: item.header.maxTimestamp, offset: item.header.lastOffset)
        }
        return largest
    }

    func batch(_ item: Item) throws(LogError) -> RecordBatch {
        try Self.wrap { () throws(RecordsError) in
            try RecordBatch(bytes[item.position..<item.position + item.header.sizeInBytes])
        }
    }
}
