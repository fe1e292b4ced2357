import Logging
import Records

/// Validates a segment batch by batch and builds its indexes anew: what a crash may have left is cut at the first byte that
/// is not part of a whole batch with the right CRC, whose offsets and epoch follow those before it.
struct SegmentRecovery: ~Copyable {
    /// What was found.
    struct Outcome {
        /// Bytes cut off; 0 where the segment was whole.
        var cutBytes: Int
        /// Why, nil where nothing was cut.
        var reason: String?
    }

    private static let chunkSize = 1 << 20
    private let segment: LogSegment
    private let indexIntervalBytes: Int
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 8)
    private var bufferStart = 0
    private var bufferCount = 0

    init(_ segment: LogSegment, indexIntervalBytes: Int) {
        self.segment = segment
        self.indexIntervalBytes = indexIntervalBytes
    }

    deinit { buffer.deallocate() }

    /// Recovers the segment. `position` is where the log stands before it and moves to its end; `epochs` and `producers` take in
    /// what its batches tell, `producers` unless it already stands beyond them.
    mutating func run(
        _ position: inout BatchHeader.Position,
        _ epochs: inout LeaderEpochs,
        _ producers: inout ProducerStateTable,
        now: Timestamp
    ) throws(LogError) -> Outcome {
        let file = try segment.file()
        let size = Int(try LogError.wrap { () throws(FileSystemError) in try file.size() })
        try LogError.wrap { () throws(FileSystemError) in
            try segment.offsetIndex.file.activate(isNew: true)
            try segment.timeIndex.file.activate(isNew: true)
            try segment.transactionIndex.reset()
        }
        var valid = 0
        var lastIndexed = 0
        var largest: TimestampOffset?
        var firstTimestamp: Timestamp?
        var reason: String?
        while valid < size {
            if let flaw = try flaw(at: valid, size: size, file, position) {
                reason = flaw
                break
            }
            let (header, marker) = try batch(at: valid)
            if header.maxTimestamp > (largest?.timestamp ?? .none) {
                largest = TimestampOffset(timestamp: header.maxTimestamp, offset: header.lastOffset)
            }
            firstTimestamp = firstTimestamp ?? header.maxTimestamp
            if valid - lastIndexed > indexIntervalBytes {
                try index(header.lastOffset, at: valid, largest)
                lastIndexed = valid
            }
            if header.leaderEpoch > (epochs.latest?.epoch ?? .none) {
                _ = epochs.assign(header.leaderEpoch, startOffset: header.baseOffset)
            }
            if header.baseOffset >= producers.endOffset { try take(header, marker, &producers) }
            position.advance(over: header)
            valid += header.sizeInBytes
        }
        try segment.recovered(size: valid, largest: largest, firstTimestamp: firstTimestamp, now: now)
        try segment.complete()
        return Outcome(cutBytes: size - valid, reason: reason)
    }

    private mutating func flaw(
        at start: Int,
        size: Int,
        _ file: any File,
        _ position: BatchHeader.Position
    ) throws(LogError) -> String? {
        let left = size - start
        guard left >= BatchHeader.size else { return "\(left) bytes are less than a header" }
        guard try fill(BatchHeader.size, at: start, size: size, file), let base = buffer.baseAddress else {
            return "the file ended while it was read"
        }
        let header = BatchHeader(at: base + (start - bufferStart))
        if let flaw = header.flaw(after: position) { return flaw }
        guard header.sizeInBytes <= left else { return "a batch of \(header.sizeInBytes) bytes, \(left) are there" }
        guard segment.canHold(header.lastOffset) else {
            return "offset \(header.lastOffset) is too far from the base offset"
        }
        guard try fill(header.sizeInBytes, at: start, size: size, file), let base = buffer.baseAddress else {
            return "the file ended while it was read"
        }
        let covered = UnsafeRawBufferPointer(
            start: base + (start - bufferStart) + BatchHeader.crcStart,
            count: header.sizeInBytes - BatchHeader.crcStart
        )
        let computed = crc32c(covered)
        return computed == header.crc ? nil : "CRC \(header.crc) is stored, \(computed) computed"
    }

    /// The batch that ``flaw(at:size:_:_:)`` has just found sound, and the marker in it.
    private func batch(at start: Int) throws(LogError) -> (BatchHeader, TransactionMarker?) {
        guard let base = buffer.baseAddress else { throw .corruptBatch(reason: "no buffer") }
        let place = UnsafeRawPointer(base + (start - bufferStart))
        let header = BatchHeader(at: place)
        guard header.isControl, header.hasProducerID else { return (header, nil) }
        let bytes = Bytes(copying: UnsafeRawBufferPointer(start: place, count: header.sizeInBytes))
        let batch: RecordBatch
        do throws(RecordsError) { batch = try RecordBatch(bytes) } catch {
            throw .corruptBatch(reason: "\(segment.path) at byte \(start): \(error)")
        }
        return (header, try TransactionMarker(batch))
    }

    private mutating func fill(_ count: Int, at start: Int, size: Int, _ file: any File) throws(LogError) -> Bool {
        if start >= bufferStart, start + count <= bufferStart + bufferCount { return true }
        if count > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count, alignment: 8)
        }
        let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, size - start)])
        bufferStart = start
        bufferCount = 0
        bufferCount = try LogError.wrap { () throws(FileSystemError) in try file.read(into: window, at: Int64(start)) }
        return bufferCount >= count
    }

    private func index(_ offset: Offset, at position: Int, _ largest: TimestampOffset?) throws(LogError) {
        segment.offsetIndex.append(offset, position: position)
        try LogError.wrap { () throws(FileSystemError) in
            if let largest { try segment.timeIndex.appendIfLater(largest) }
            try segment.offsetIndex.file.spillIfDue()
            try segment.timeIndex.file.spillIfDue()
        }
    }

    private func take(
        _ header: BatchHeader,
        _ marker: TransactionMarker?,
        _ producers: inout ProducerStateTable
    ) throws(LogError) {
        guard let completed = try producers.replay(header, marker: marker) else { return }
        if completed.isAborted {
            try segment.transactionIndex.append(
                AbortedTransaction(
                    producerID: completed.producerID,
                    firstOffset: completed.firstOffset,
                    lastOffset: completed.lastOffset,
                    lastStableOffset: producers.lastStableOffset(after: completed)
                )
            )
        }
        producers.complete(completed)
    }
}
