/// Builds one record batch after the other in the same memory, byte for byte as Java's builder does.
///
/// ```swift
/// var builder = RecordBatchBuilder(compression: .lz4)
/// builder.append(timestamp: now, key: key, value: value)
/// let batch = try builder.build()
/// builder.reset()
/// ```
///
/// What the batch's header says (producer, sequence, transaction) can be set until ``build(baseOffset:)``.
public struct RecordBatchBuilder: Sendable {
    /// The codec of the records.
    public var compression: Compression
    /// The codec's level; nil for its default.
    public var level: Int?
    /// Whether the records' times count, or ``logAppendTime``.
    public var timestampType: TimestampType
    /// The batch's max timestamp where ``timestampType`` is `logAppendTime`.
    public var logAppendTime = Timestamp.none
    /// The idempotent producer's id.
    public var producerID: ProducerID
    /// The idempotent producer's epoch.
    public var producerEpoch: ProducerEpoch
    /// The sequence number of the first record; -1 for none.
    public var baseSequence: Int32
    /// Whether the batch belongs to a transaction.
    public var isTransactional: Bool
    /// Whether the batch holds a ``ControlRecord``.
    public var isControl: Bool
    /// The epoch of the leader that appends the batch.
    public var partitionLeaderEpoch: LeaderEpoch
    /// The time from which tombstones may go, which compaction sets and which then stands as the base timestamp.
    /// Set it before the first record.
    public var deleteHorizon: Timestamp?
    /// The last offset's distance from the base offset, where it is not the last record's: compaction keeps the
    /// original one.
    public var lastOffsetDeltaOverride: Int32?

    /// The number of records appended.
    public private(set) var count = 0
    /// What offsets given to ``append(offset:timestamp:key:value:headers:)`` count from, and the batch's base offset.
    public private(set) var baseOffset: Offset

    /// The header's room, then the records, uncompressed.
    private var buffer: RawBuffer
    private var compressed = RawBuffer()
    private var baseTimestamp: Int64 = 0
    private var maxTimestamp: Int64 = -1
    private var nextOffsetDelta: Int64 = 0

    /// A builder without records; `initialCapacity` bytes of batch fit before its memory grows.
    public init(
        compression: Compression = .none,
        level: Int? = nil,
        timestampType: TimestampType = .createTime,
        producerID: ProducerID = .none,
        producerEpoch: ProducerEpoch = .none,
        baseSequence: Int32 = -1,
        isTransactional: Bool = false,
        isControl: Bool = false,
        partitionLeaderEpoch: LeaderEpoch = .none,
        baseOffset: Offset = .zero,
        initialCapacity: Int = 0
    ) {
        self.compression = compression
        self.level = level
        self.timestampType = timestampType
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.isTransactional = isTransactional
        self.isControl = isControl
        self.partitionLeaderEpoch = partitionLeaderEpoch
        self.baseOffset = baseOffset
        buffer = RawBuffer(capacity: initialCapacity)
        buffer.append(zeroes: RecordBatch.headerSize)
    }

    /// Whether no record was appended.
    public var isEmpty: Bool { count == 0 }

    /// The size of the batch if it were built now without compression.
    public var estimatedSizeInBytes: Int { buffer.count }

    /// The latest time of a record so far; -1 for none.
    public var maxRecordTimestamp: Timestamp { Timestamp(maxTimestamp) }

    /// What a record adds at most to ``estimatedSizeInBytes``.
    public static func maxRecordSize(keyCount: Int, valueCount: Int, headers: [Header] = []) -> Int {
        maxFixedSize + keyCount + valueCount + maxHeadersSize(headers)
    }

    /// Forgets the records and keeps the memory and all settings.
    public mutating func reset() {
        buffer.reset()
        buffer.append(zeroes: RecordBatch.headerSize)
        count = 0
        baseTimestamp = 0
        maxTimestamp = -1
        nextOffsetDelta = 0
        lastOffsetDeltaOverride = nil
    }

    /// Forgets the records; the next ones' offsets count from `baseOffset`.
    public mutating func reset(baseOffset: Offset) {
        reset()
        self.baseOffset = baseOffset
    }

    // MARK: Appending

    /// Appends a record at the offset that follows the last one; the first one's is the base offset.
    public mutating func append(
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header] = []
    ) {
        write(offsetDelta: nextOffsetDelta, timestamp: timestamp.rawValue, key, value, headers)
    }

    /// Appends a record at the offset that follows the last one; the first one's is the base offset.
    public mutating func append(timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [Header] = []) {
        append(timestamp: timestamp, key: inPlace(key), value: inPlace(value), headers: headers)
        withExtendedLifetime((key, value)) {}
    }

    /// Appends a record at an offset of its own, for compaction. Errors: `invalidOffset` when it does not lie above
    /// the last one, or is below the base offset or more than 2^31 - 1 above it.
    public mutating func append(
        offset: Offset,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header] = []
    ) throws(RecordsError) {
        let (delta, overflow) = offset.rawValue.subtractingReportingOverflow(baseOffset.rawValue)
        guard !overflow, delta >= nextOffsetDelta, delta <= Int32.max else {
            throw RecordsError(
                .invalidOffset,
                at: buffer.count,
                "\(offset), base offset \(baseOffset), \(count) records"
            )
        }
        write(offsetDelta: delta, timestamp: timestamp.rawValue, key, value, headers)
    }

    /// Appends a record at an offset of its own, for compaction. Errors: as with keys and values in place.
    public mutating func append(
        offset: Offset,
        timestamp: Timestamp,
        key: Bytes?,
        value: Bytes?,
        headers: [Header] = []
    ) throws(RecordsError) {
        defer { withExtendedLifetime((key, value)) {} }
        try append(offset: offset, timestamp: timestamp, key: inPlace(key), value: inPlace(value), headers: headers)
    }

    private mutating func write(
        offsetDelta: Int64,
        timestamp: Int64,
        _ key: UnsafeRawBufferPointer?,
        _ value: UnsafeRawBufferPointer?,
        _ headers: [Header]
    ) {
        if count == 0 { baseTimestamp = deleteHorizon?.rawValue ?? timestamp }
        maxTimestamp = max(maxTimestamp, timestamp)
        count += 1
        nextOffsetDelta = offsetDelta + 1

        // Sizes beyond 32 bits are cut here and refused by build, which sees the sum.
        let payload = (key?.count ?? 0) + (value?.count ?? 0)
        let mostOfHeaders = headers.isEmpty ? 1 : RecordBatchBuilder.maxHeadersSize(headers)
        let start = buffer.room(RecordBatchBuilder.maxFixedSize + payload + mostOfHeaders)

        // The length's own width is foretold, which is nearly always right, and the body written behind it: cheaper
        // than to compute the width of every field first.
        let foretold = Varint.size(Int32(truncatingIfNeeded: payload + 7 + mostOfHeaders))
        let body = start + foretold
        var cursor = body
        cursor.storeBytes(of: 0, as: UInt8.self)
        cursor += 1
        Varint.write(timestamp &- baseTimestamp, &cursor)
        Varint.write(Int32(truncatingIfNeeded: offsetDelta), &cursor)
        Varint.write(Int32(truncatingIfNeeded: key?.count ?? -1), &cursor)
        RecordBatchBuilder.copy(key, &cursor)
        Varint.write(Int32(truncatingIfNeeded: value?.count ?? -1), &cursor)
        RecordBatchBuilder.copy(value, &cursor)
        if headers.isEmpty {
            cursor.storeBytes(of: 0, as: UInt8.self)
            cursor += 1
        } else {
            RecordBatchBuilder.write(headers, &cursor)
        }

        let size = cursor - body
        let length = Int32(truncatingIfNeeded: size)
        let width = Varint.size(length)
        if width != foretold { (start + width).copyMemory(from: body, byteCount: size) }
        cursor = start
        Varint.write(length, &cursor)
        buffer.used += width + size
    }

    private static func write(_ headers: [Header], _ cursor: inout UnsafeMutableRawPointer) {
        Varint.write(Int32(truncatingIfNeeded: headers.count), &cursor)
        for index in headers.indices {
            var key = headers[index].key
            key.withUTF8 { utf8 in
                Varint.write(Int32(truncatingIfNeeded: utf8.count), &cursor)
                copy(UnsafeRawBufferPointer(utf8), &cursor)
            }
            let value = headers[index].value
            Varint.write(Int32(truncatingIfNeeded: value?.count ?? -1), &cursor)
            copy(inPlace(value), &cursor)
            withExtendedLifetime(value) {}
        }
    }

    /// Copies `bytes` to the cursor and moves it along. A short run, as keys are, goes in two overlapping words: that
    /// is faster than a call.
    @inline(__always)
    private static func copy(_ bytes: UnsafeRawBufferPointer?, _ cursor: inout UnsafeMutableRawPointer) {
        guard let bytes, let base = bytes.baseAddress else { return }
        let count = bytes.count
        if count >= 8, count <= 16 {
            let first = base.loadUnaligned(as: UInt64.self)
            let last = base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            cursor.storeBytes(of: first, as: UInt64.self)
            cursor.storeBytes(of: last, toByteOffset: count - 8, as: UInt64.self)
        } else {
            cursor.copyMemory(from: base, byteCount: count)
        }
        cursor += count
    }

    /// The most bytes of a record's length, attributes, two deltas and two sizes.
    private static let maxFixedSize = Varint.maxSize32 + 1 + Varint.maxSize64 + 3 * Varint.maxSize32

    /// The most bytes of the header count and of all headers.
    private static func maxHeadersSize(_ headers: [Header]) -> Int {
        var size = Varint.maxSize32
        for index in headers.indices {
            size += 2 * Varint.maxSize32 + headers[index].key.utf8.count + (headers[index].value?.count ?? 0)
        }
        return size
    }

    // MARK: Building

    /// The batch. The builder may go on with ``reset()``; the bytes do not change.
    ///
    /// `baseOffset` replaces the builder's own. Errors: `emptyBatch` where there is no record and no
    /// ``lastOffsetDeltaOverride``, `invalidBatchLength` beyond 2 GiB, and those of the codec.
    public mutating func build(baseOffset: Offset? = nil) throws(RecordsError) -> Bytes {
        guard count > 0 || lastOffsetDeltaOverride != nil else {
            throw RecordsError(.emptyBatch, at: 0, "no record was appended")
        }
        guard buffer.count <= Int32.max, nextOffsetDelta - 1 <= Int32.max else {
            throw RecordsError(.invalidBatchLength, at: 0, "\(buffer.count) bytes, \(count) records")
        }
        let offset = baseOffset ?? self.baseOffset
        // Each buffer is taken out while it is written: were it reached through self as well, it would copy itself.
        var batch = RawBuffer()
        if compression == .none || count == 0 {
            swap(&batch, &buffer)
            defer { swap(&batch, &buffer) }
            writeHeader(&batch, baseOffset: offset)
            return batch.compactBytes()
        }
        swap(&batch, &compressed)
        defer { swap(&batch, &compressed) }
        batch.reset()
        batch.append(zeroes: RecordBatch.headerSize)
        try buffer.withUnsafeBytes { (raw) throws(RecordsError) in
            let records = UnsafeRawBufferPointer(rebasing: raw[RecordBatch.headerSize...])
            try compression.compress(records, level: level, into: &batch)
        }
        guard batch.count <= Int32.max else {
            throw RecordsError(.invalidBatchLength, at: 0, "\(batch.count) bytes")
        }
        writeHeader(&batch, baseOffset: offset)
        return batch.compactBytes()
    }

    private func writeHeader(_ batch: inout RawBuffer, baseOffset: Offset) {
        let size = batch.count
        let lastOffsetDelta = lastOffsetDeltaOverride ?? Int32(truncatingIfNeeded: nextOffsetDelta - 1)
        let maxTimestamp = timestampType == .logAppendTime ? logAppendTime.rawValue : self.maxTimestamp
        batch.withUnsafeMutableBytes { raw in
            guard let header = raw.baseAddress else { return }
            header.storeBigEndian(baseOffset.rawValue, at: RecordBatch.Field.baseOffset)
            header.storeBigEndian(
                Int32(truncatingIfNeeded: size - RecordBatch.Field.lengthOverhead),
                at: RecordBatch.Field.length
            )
            header.storeBigEndian(partitionLeaderEpoch.rawValue, at: RecordBatch.Field.partitionLeaderEpoch)
            header.storeBytes(of: 2, toByteOffset: RecordBatch.Field.magic, as: Int8.self)
            header.storeBigEndian(attributes, at: RecordBatch.Field.attributes)
            header.storeBigEndian(lastOffsetDelta, at: RecordBatch.Field.lastOffsetDelta)
            header.storeBigEndian(
                count == 0 ? deleteHorizon?.rawValue ?? -1 : baseTimestamp,
                at: RecordBatch.Field.baseTimestamp
            )
            header.storeBigEndian(maxTimestamp, at: RecordBatch.Field.maxTimestamp)
            header.storeBigEndian(producerID.rawValue, at: RecordBatch.Field.producerID)
            header.storeBigEndian(producerEpoch.rawValue, at: RecordBatch.Field.producerEpoch)
            header.storeBigEndian(baseSequence, at: RecordBatch.Field.baseSequence)
            header.storeBigEndian(Int32(truncatingIfNeeded: count), at: RecordBatch.Field.recordCount)
            let covered = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(raw)[RecordBatch.Field.attributes...])
            header.storeBigEndian(crc32c(covered), at: RecordBatch.Field.crc)
        }
    }

    private var attributes: Int16 {
        Int16(count == 0 ? 0 : compression.rawValue)
            | (timestampType == .logAppendTime ? 0x08 : 0)
            | (isTransactional ? 0x10 : 0)
            | (isControl ? 0x20 : 0)
            | (deleteHorizon != nil ? 0x40 : 0)
    }
}

/// `bytes` in place, or nil; valid while the caller keeps `bytes` alive.
@inline(__always)
private func inPlace(_ bytes: borrowing Bytes?) -> UnsafeRawBufferPointer? {
    switch bytes {
    case .some(let bytes): UnsafeRawBufferPointer(start: bytes.start, count: bytes.count)
    case .none: nil
    }
}
