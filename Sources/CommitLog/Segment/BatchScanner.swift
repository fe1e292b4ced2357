import Records

/// Walks over the batches of a segment's file by their headers, reading as little as it can: one read covers many small
/// batches, and of a large one only the header is read.
struct BatchScanner: ~Copyable {
    private let file: any File
    private let end: Int
    private let chunkSize: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var bufferStart = 0
    private var bufferCount = 0
    /// Where the next batch begins.
    private(set) var position: Int

    /// Scans from `position`, where a batch must begin, to `end`.
    init(_ file: any File, from position: Int, to end: Int, chunkSize: Int = 4096) {
        self.file = file
        self.position = position
        self.end = end
        self.chunkSize = max(chunkSize, BatchHeader.size)
        buffer = .allocate(byteCount: self.chunkSize, alignment: 8)
    }

    deinit { buffer.deallocate() }

    /// The next batch's header and position; nil at the end. Errors: those of reading, and ``LogError/corruptBatch(reason:)``
    /// where no header of a batch stands, or the batch runs over the end.
    mutating func next() throws(LogError) -> (header: BatchHeader, position: Int)? {
        guard position < end else { return nil }
        guard let header = try header(at: position) else {
            throw corrupt("\(end - position) bytes are left, less than a header")
        }
        guard header.magic == 2, header.sizeInBytes >= BatchHeader.size, header.lastOffsetDelta >= 0 else {
            throw corrupt("no batch begins there")
        }
        guard header.sizeInBytes <= end - position else {
            throw corrupt("a batch of \(header.sizeInBytes) bytes, of which \(end - position) are there")
        }
        defer { position += header.sizeInBytes }
        return (header, position)
    }

    private mutating func header(at position: Int) throws(LogError) -> BatchHeader? {
        if position < bufferStart || position + BatchHeader.size > bufferStart + bufferCount {
            let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(chunkSize, end - position)])
            bufferStart = position
            bufferCount = 0
            bufferCount = try LogError.wrap { () throws(FileSystemError) in
                try file.read(into: window, at: Int64(position))
            }
        }
        guard bufferCount - (position - bufferStart) >= BatchHeader.size, let base = buffer.baseAddress else {
            return nil
        }
        return BatchHeader(at: base + (position - bufferStart))
    }

    private func corrupt(_ reason: String) -> LogError {
        .corruptBatch(reason: "\(file.path) at byte \(position): \(reason)")
    }
}
