import Records

/// Reads a segment's batches whole, one after the other, from large reads: what compaction looks at.
///
/// Memory: one read of `chunkSize` bytes, or the largest batch where that is more.
struct SegmentBatches {
    private let file: any File
    private let end: Int
    private let chunkSize: Int
    private var chunk = Bytes()
    private var chunkStart: Int
    /// Where the next batch begins.
    private(set) var position: Int

    init(_ segment: LogSegment, from position: Int = 0, chunkSize: Int) throws(LogError) {
        file = try segment.file()
        end = segment.sizeInBytes
        self.chunkSize = max(chunkSize, BatchHeader.size)
        self.position = position
        chunkStart = position
    }

    /// The next batch, nil at the end. Its bytes are shared with its neighbours'. Errors: those of reading, and
    /// ``LogError/corruptBatch(reason:)`` where no whole batch stands.
    mutating func next() throws(LogError) -> (header: BatchHeader, batch: RecordBatch)? {
        guard position < end else { return nil }
        guard end - position >= BatchHeader.size else { throw corrupt("\(end - position) bytes are no header") }
        try load(BatchHeader.size)
        let start = position - chunkStart
        let header = chunk.withUnsafeBytes { bytes in
            bytes.baseAddress.map { BatchHeader(at: $0 + start) }
        }
        guard let header, header.magic == 2, header.sizeInBytes >= BatchHeader.size, header.lastOffsetDelta >= 0,
            header.recordCount >= 0, header.sizeInBytes <= end - position
        else { throw corrupt("no whole batch stands there") }
        try load(header.sizeInBytes)
        let from = position - chunkStart
        let batch: RecordBatch
        do throws(RecordsError) { batch = try RecordBatch(chunk[from..<from + header.sizeInBytes]) } catch {
            throw corrupt("\(error)")
        }
        position += header.sizeInBytes
        return (header, batch)
    }

    private mutating func load(_ count: Int) throws(LogError) {
        guard position + count > chunkStart + chunk.count else { return }
        let size = min(max(count, chunkSize), end - position)
        chunk = try LogError.wrap { () throws(FileSystemError) in
            try Bytes(capacity: size) { (buffer) throws(FileSystemError) in
                try file.read(into: buffer, at: Int64(position))
            }
        }
        chunkStart = position
        guard chunk.count >= count else { throw corrupt("\(chunk.count) bytes of \(count) could be read") }
    }

    private func corrupt(_ reason: String) -> LogError {
        .corruptBatch(reason: "\(file.path) at byte \(position): \(reason)")
    }
}
