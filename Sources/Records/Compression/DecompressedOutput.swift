/// The growing output of a decompression, which never holds more than its limit.
///
/// It begins at four times the compressed size and doubles when full, so that its memory is in proportion to what the
/// input really gave.
struct DecompressedOutput {
    private(set) var buffer: RawBuffer
    let limit: Int

    init(limit: Int, source: Int) {
        // One byte beyond the limit, so that "more than the limit" shows without a special case at the limit.
        self.limit = min(max(limit, 0), Int(Int32.max))
        buffer = RawBuffer(capacity: min(max(4 * source, 256), self.limit + 1))
    }

    /// Lets `write` fill free memory, at least one byte of it, as far as it can; it returns what it wrote.
    mutating func step(_ write: (UnsafeMutableRawBufferPointer) throws(RecordsError) -> Int) throws(RecordsError) {
        if buffer.count == buffer.capacity {
            buffer.reserve(min(max(buffer.count, 64), limit + 1 - buffer.count))
        }
        try buffer.append(capacity: min(buffer.capacity, limit + 1) - buffer.count, initialize: write)
        guard buffer.count <= limit else { throw tooLarge() }
    }

    /// Appends exactly `count` bytes, a number that the caller has checked against the input; `write` fills all of
    /// them.
    mutating func append(
        exactly count: Int,
        _ write: (UnsafeMutableRawBufferPointer) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        guard count <= limit - buffer.count else { throw tooLarge() }
        try buffer.append(capacity: count) { (memory) throws(RecordsError) -> Int in
            try write(memory)
            return count
        }
    }

    /// Takes four times the memory, up to the limit, for a codec that begins again when its output does not fit.
    mutating func widen() throws(RecordsError) {
        guard buffer.capacity <= limit else { throw tooLarge() }
        buffer = RawBuffer(capacity: min(buffer.capacity * 4, limit + 1))
    }

    private func tooLarge() -> RecordsError {
        RecordsError(.decompressedTooLarge, at: limit, "more than \(limit) bytes come out")
    }
}
