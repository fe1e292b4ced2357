/// One record batch of magic 2: a view over its bytes. Fields are read where they lie; nothing is copied.
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 8 | base offset: the offset of the first record |
/// | 8 | 4 | length: the bytes that follow this field |
/// | 12 | 4 | partition leader epoch |
/// | 16 | 1 | magic: 2 |
/// | 17 | 4 | CRC-32C of all that follows this field |
/// | 21 | 2 | attributes: 0-2 compression, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon |
/// | 23 | 4 | last offset delta |
/// | 27 | 8 | base timestamp, ms; the delete horizon where attribute bit 6 is set |
/// | 35 | 8 | max timestamp, ms |
/// | 43 | 8 | producer id, -1 for none |
/// | 51 | 2 | producer epoch, -1 for none |
/// | 53 | 4 | base sequence, -1 for none |
/// | 57 | 4 | record count |
/// | 61 | | records, compressed as a whole where the attributes say so |
///
/// A record: varint length of what follows, attributes (1 byte, 0), varlong timestamp delta, varint offset delta,
/// varint key length (-1 for null), key, varint value length, value, varint header count, then for each header a key
/// and a value, each after its varint length. See KIP-98.
///
/// ```swift
/// let batch = try RecordBatch(bytes)
/// try batch.validateCRC()
/// try batch.forEachRecord { print($0.offset, $0.valueBytes?.count ?? 0) }
/// ```
///
/// Invariant: the bytes are at least a header, exactly as many as the length says, and the magic is 2. The rest of the
/// header is what the peer sent: ``validateCRC()`` and the readers check it.
public struct RecordBatch: Sendable, Hashable {
    /// Exactly this batch.
    public let bytes: Bytes

    /// The size of the header, and so the least size of a batch.
    public static let headerSize = 61

    /// The most bytes that a compressed batch may decompress to, unless the caller says otherwise: 256 MiB.
    public static let defaultMaxDecompressedBytes = 256 << 20

    /// Where the header's fields lie, in bytes from the batch's start.
    enum Field {
        static let baseOffset = 0
        static let length = 8
        static let partitionLeaderEpoch = 12
        static let magic = 16
        static let crc = 17
        static let attributes = 21
        static let lastOffsetDelta = 23
        static let baseTimestamp = 27
        static let maxTimestamp = 35
        static let producerID = 43
        static let producerEpoch = 51
        static let baseSequence = 53
        static let recordCount = 57
        /// The bytes that the length does not count.
        static let lengthOverhead = 12
    }

    /// The first batch in `bytes`, which may hold more. Checks magic and length, and that the batch is whole; not the
    /// CRC.
    ///
    /// Errors: `truncatedBatch`, `invalidBatchLength`, `unsupportedMagic`.
    public init(_ bytes: Bytes) throws(RecordsError) {
        guard let size = try RecordBatch.size(of: bytes), bytes.count >= size else {
            throw RecordsError(.truncatedBatch, at: bytes.count, "the batch is longer than its \(bytes.count) bytes")
        }
        self.init(unchecked: bytes[0..<size])
    }

    /// `bytes` must be exactly one batch that ``size(of:)`` has accepted.
    init(unchecked bytes: Bytes) { self.bytes = bytes }

    /// The batches that follow each other in `bytes`.
    public static func batches(in bytes: Bytes) -> RecordBatches { RecordBatches(bytes) }

    /// How long the batch at the start of `bytes` is, whether or not all of it is there; nil where `bytes` end before
    /// its header does. Errors: `invalidBatchLength`, `unsupportedMagic`.
    public static func size(of bytes: Bytes) throws(RecordsError) -> Int? {
        try bytes.withUnsafeBytes { (raw) throws(RecordsError) -> Int? in try size(of: raw) }
    }

    /// As ``size(of:)-(Bytes)``, of bytes in place.
    public static func size(of raw: UnsafeRawBufferPointer) throws(RecordsError) -> Int? {
        guard let base = raw.baseAddress, raw.count >= Field.lengthOverhead else { return nil }
        // The magic first: the batches of older formats may be shorter.
        if raw.count > Field.magic {
            let magic = base.load(fromByteOffset: Field.magic, as: Int8.self)
            guard magic == 2 else {
                throw RecordsError(.unsupportedMagic, at: Field.magic, "\(magic), where 2 is known")
            }
        }
        let length = Int(base.loadBigEndian(at: Field.length, as: Int32.self))
        guard length >= headerSize - Field.lengthOverhead else {
            throw RecordsError(.invalidBatchLength, at: Field.length, "\(length) is less than a header")
        }
        return raw.count < headerSize ? nil : length + Field.lengthOverhead
    }

    /// Compares the CRC in the header with that of the bytes. Errors: `checksumMismatch`.
    public func validateCRC() throws(RecordsError) {
        let computed = computedCRC
        guard computed == crc else {
            throw RecordsError(.checksumMismatch, at: Field.crc, "stored \(crc), computed \(computed)")
        }
    }

    /// The CRC-32C of the bytes as they are.
    public var computedCRC: UInt32 {
        bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[Field.attributes...])) }
    }

    // MARK: Records

    /// A cursor over the records, decompressed first where needed.
    ///
    /// Errors: `unknownCompression`, `invalidRecordCount`, `decompressionFailed`, and `decompressedTooLarge` when there
    /// are more than `maxDecompressedBytes`.
    public func makeRecordReader(
        maxDecompressedBytes: Int = RecordBatch.defaultMaxDecompressedBytes
    ) throws(RecordsError) -> RecordReader {
        let count = Int(recordCount)
        let compression = try knownCompression()
        // A batch that compaction has emptied has no compressed data either.
        guard compression != .none, count != 0 else {
            return try RecordReader(batch: self, count: count, bytes: bytes, start: RecordBatch.headerSize)
        }
        guard count > 0 else {
            throw RecordsError(.invalidRecordCount, at: Field.recordCount, "\(count) records")
        }
        let records = try compression.decompress(
            bytes[RecordBatch.headerSize...],
            maxDecompressedBytes: maxDecompressedBytes
        )
        return try RecordReader(batch: self, count: count, bytes: records, start: 0)
    }

    /// Visits the records in order. What `body` throws ends the visit. Errors: as
    /// ``makeRecordReader(maxDecompressedBytes:)`` and ``RecordReader/next()``, before or between visits.
    @inlinable
    public func forEachRecord(
        maxDecompressedBytes: Int = RecordBatch.defaultMaxDecompressedBytes,
        _ body: (RecordView) throws -> Void
    ) throws {
        var reader = try makeRecordReader(maxDecompressedBytes: maxDecompressedBytes)
        let bytes = reader.bytes
        defer { withExtendedLifetime(bytes) {} }
        while let record = try reader.next() { try body(record) }
    }

    /// The records, as slices of the batch's bytes or of the decompressed ones. Errors: as
    /// ``forEachRecord(maxDecompressedBytes:_:)``.
    public func records(
        maxDecompressedBytes: Int = RecordBatch.defaultMaxDecompressedBytes
    ) throws(RecordsError) -> [Record] {
        var reader = try makeRecordReader(maxDecompressedBytes: maxDecompressedBytes)
        var records = [Record]()
        records.reserveCapacity(reader.remaining)
        while let record = try reader.next() { records.append(record.record()) }
        return records
    }
}
