/// The batches that follow each other in some bytes, one after the other.
///
/// ```swift
/// var batches = RecordBatch.batches(in: fetched)
/// while let batch = try batches.next() { ... }
/// ```
///
/// A last batch that is cut off ends the walk: a broker may cut a Fetch answer anywhere. A malformed one throws.
public struct RecordBatches: Sendable {
    /// The bytes walked through.
    public let bytes: Bytes
    /// Where the next batch begins; after the walk, the bytes of whole batches.
    public private(set) var position = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    /// Whether bytes are left that hold no whole batch. Meaningful after the walk.
    public var hasPartialBatch: Bool { position < bytes.count }

    /// The next batch, its CRC unchecked; nil at the end, or where the rest is no whole batch.
    ///
    /// Errors: `invalidBatchLength`, `unsupportedMagic`, with the byte offset counted from the start of all bytes.
    public mutating func next() throws(RecordsError) -> RecordBatch? {
        let rest = bytes[position...]
        let size: Int?
        do {
            size = try RecordBatch.size(of: rest)
        } catch {
            throw RecordsError(error.kind, at: position + error.byteOffset, error.detail)
        }
        guard let size, size <= rest.count else { return nil }
        position += size
        return RecordBatch(unchecked: rest[0..<size])
    }

    /// All batches from here on. Errors: as ``next()``.
    public consuming func all() throws(RecordsError) -> [RecordBatch] {
        var batches = self
        var all = [RecordBatch]()
        while let batch = try batches.next() { all.append(batch) }
        return all
    }
}
