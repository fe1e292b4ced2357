/// A cursor over the records of one batch. It owns the bytes that it reads: those of the batch, or the decompressed
/// ones.
///
/// ```swift
/// var reader = try batch.makeRecordReader()
/// while let record = try reader.next() {
///     total += record.valueBytes?.count ?? 0
/// }
/// ```
///
/// Every size is checked before it is used. A record that contradicts itself, and bytes after the last record, are
/// errors, as for Java's reader; after an error the same error comes again.
public struct RecordReader: @unchecked Sendable {
    /// The bytes that the records' keys and values lie in.
    public let bytes: Bytes
    @usableFromInline var left: Int
    @usableFromInline var position: UnsafeRawPointer
    @usableFromInline let end: UnsafeRawPointer
    @usableFromInline let baseOffset: Int64
    @usableFromInline let baseTimestamp: Int64
    /// Whether records keep their own time; else all of them bear ``logAppendTime``.
    @usableFromInline let usesOwnTime: Bool
    @usableFromInline let logAppendTime: Int64
    @usableFromInline let storage: Unmanaged<ByteStorage>

    /// The fewest bytes of a record: its length, attributes, two deltas, two sizes, and the header count.
    static let minRecordSize = 7

    /// Reads `count` records of `batch` from `bytes`, beginning at `start`.
    init(batch: RecordBatch, count: Int, bytes: Bytes, start: Int) throws(RecordsError) {
        guard count >= 0, count <= (bytes.count - start) / RecordReader.minRecordSize else {
            throw RecordsError(
                .invalidRecordCount,
                at: RecordBatch.Field.recordCount,
                "\(count) records cannot lie in \(bytes.count - start) bytes"
            )
        }
        self.bytes = bytes
        self.left = count
        self.position = bytes.start + start
        self.end = bytes.start + bytes.count
        self.baseOffset = batch.baseOffset.rawValue
        self.baseTimestamp = batch.baseTimestamp.rawValue
        self.usesOwnTime = batch.timestampType == .createTime
        self.logAppendTime = batch.maxTimestamp.rawValue
        self.storage = Unmanaged.passUnretained(bytes.storage)
    }

    /// The records not yet read.
    @inlinable public var remaining: Int { left }

    /// The next record, valid while this reader is held; nil after the last. Errors: `invalidRecord`, `trailingBytes`.
    ///
    /// Always in line, so that the view is never built in memory and the cursor stays in a register. What a fault says is
    /// made out of line, and from pointers alone, for the same reason.
    @inlinable @inline(__always)
    public mutating func next() throws(RecordsError) -> RecordView? {
        guard left > 0 else { return nil }
        let place = RecordPlace(bytes: bytes.start, record: position)
        var cursor = position
        guard let length = Varint.read32(&cursor, limit: end), length >= 0, Int(length) <= end - cursor else {
            throw place.invalid("its length does not fit", cursor)
        }
        let recordEnd = cursor + Int(length)
        cursor += 1  // The attributes, of which none is in use. An empty record fails on the next line.
        guard cursor <= recordEnd, let timestampDelta = Varint.read64(&cursor, limit: recordEnd),
            let offsetDelta = Varint.read32(&cursor, limit: recordEnd)
        else { throw place.invalid("its deltas run over its end", cursor) }

        guard let keyCount = Varint.read32(&cursor, limit: recordEnd), Int(keyCount) <= recordEnd - cursor else {
            throw place.invalid("its key runs over its end", cursor)
        }
        let keyStart = cursor
        cursor += max(Int(keyCount), 0)

        guard let valueCount = Varint.read32(&cursor, limit: recordEnd), Int(valueCount) <= recordEnd - cursor else {
            throw place.invalid("its value runs over its end", cursor)
        }
        let valueStart = cursor
        cursor += max(Int(valueCount), 0)

        guard let headerCount = Varint.read32(&cursor, limit: recordEnd) else {
            throw place.invalid("its header count runs over its end", cursor)
        }
        let headersStart = cursor
        if headerCount != 0 { cursor = try place.endOfHeaders(headerCount, cursor, recordEnd) }
        guard cursor == recordEnd else { throw place.invalid("it is longer than what it holds", cursor) }
        if left == 1, recordEnd != end { throw place.trailing(recordEnd, end) }

        left -= 1
        position = recordEnd
        return RecordView(
            offset: Offset(baseOffset &+ Int64(offsetDelta)),
            timestamp: Timestamp(usesOwnTime ? baseTimestamp &+ timestampDelta : logAppendTime),
            key: (keyStart, keyCount < 0 ? -1 : Int(keyCount)),
            value: (valueStart, valueCount < 0 ? -1 : Int(valueCount)),
            headers: (headersStart, Int(headerCount)),
            end: recordEnd,
            storage: storage
        )
    }
}

/// Where a record begins, and all records: checks what is seldom there, and says what is wrong.
@usableFromInline
struct RecordPlace {
    @usableFromInline let bytes: UnsafeRawPointer
    @usableFromInline let record: UnsafeRawPointer

    @inlinable @inline(__always)
    init(bytes: UnsafeRawPointer, record: UnsafeRawPointer) {
        self.bytes = bytes
        self.record = record
    }

    /// Checks `count` headers from `start` on and finds where they end.
    @usableFromInline @inline(never)
    func endOfHeaders(_ count: Int32, _ start: UnsafeRawPointer, _ recordEnd: UnsafeRawPointer)
        throws(RecordsError) -> UnsafeRawPointer
    {
        var cursor = start
        // Two bytes are the least that a header takes: the lengths of key and value.
        guard count >= 0, Int(count) <= (recordEnd - cursor) / 2 else {
            throw invalid("\(count) headers cannot lie in \(recordEnd - cursor) bytes", cursor)
        }
        for _ in 0..<count {
            guard let keyCount = Varint.read32(&cursor, limit: recordEnd), keyCount >= 0,
                Int(keyCount) <= recordEnd - cursor
            else { throw invalid("a header's key runs over its end", cursor) }
            cursor += Int(keyCount)
            guard let valueCount = Varint.read32(&cursor, limit: recordEnd), Int(valueCount) <= recordEnd - cursor
            else {
                throw invalid("a header's value runs over its end", cursor)
            }
            cursor += max(Int(valueCount), 0)
        }
        return cursor
    }

    @usableFromInline @inline(never)
    func invalid(_ detail: String, _ cursor: UnsafeRawPointer) -> RecordsError {
        RecordsError(
            .invalidRecord,
            at: cursor - bytes,
            "the record at byte \(record - bytes): \(detail)"
        )
    }

    @usableFromInline @inline(never)
    func trailing(_ recordEnd: UnsafeRawPointer, _ end: UnsafeRawPointer) -> RecordsError {
        RecordsError(.trailingBytes, at: recordEnd - bytes, "\(end - recordEnd) bytes follow the last record")
    }
}
