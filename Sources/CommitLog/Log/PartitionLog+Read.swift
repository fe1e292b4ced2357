import Records
import Synchronization

/// Reading, on any thread.
extension PartitionLog {
    /// Up to here a read is loaded with one call; beyond, it is a region of the file.
    static let loadedBytesLimit = 64 << 10

    /// Reads batches from the one that holds `offset` on, up to `limit` exclusively, about `maxBytes` of them: the last
    /// one may be cut off. Where not even the first fits, it is read whole if `minOneBatch`, else nothing is.
    ///
    /// The result is empty at the end, and where `limit` lies at `offset` or before. Errors:
    /// ``LogError/offsetOutOfRange(requested:logStartOffset:logEndOffset:)``, ``LogError/corruptBatch(reason:)``,
    /// ``LogError/storage(_:)``.
    public func read(
        from offset: Offset,
        maxBytes: Int,
        upTo limit: Offset,
        minOneBatch: Bool = true
    ) throws(LogError) -> LogRead {
        try onCurrentSegments { (view) throws(LogError) in
            try read(from: offset, maxBytes: maxBytes, upTo: limit, minOneBatch: minOneBatch, view)
        }
    }

    /// Runs `body` on the published view; once more where a segment of it was removed while it ran, and its files with it.
    private func onCurrentSegments<R>(_ body: (View) throws(LogError) -> R) throws(LogError) -> R {
        let seen = view.withLock { $0 }
        do throws(LogError) { return try body(seen) } catch {
            guard seen.segments.contains(where: \.isRemoved) else { throw error }
            return try body(view.withLock { $0 })
        }
    }

    private func read(
        from offset: Offset,
        maxBytes: Int,
        upTo limit: Offset,
        minOneBatch: Bool,
        _ view: View
    ) throws(LogError) -> LogRead {
        let offsets = view.offsets
        guard offset >= offsets.logStartOffset, offset <= offsets.logEndOffset else {
            throw .offsetOutOfRange(
                requested: offset,
                logStartOffset: offsets.logStartOffset,
                logEndOffset: offsets.logEndOffset
            )
        }
        guard offset < limit, offset < offsets.logEndOffset, maxBytes > 0 || minOneBatch else { return .empty }
        guard let first = view.segmentIndex(for: offset) else { return .empty }
        for index in first..<view.segments.count {
            let segment = view.segments[index]
            // What a segment lacks was compacted away or lies in the next one.
            guard segment.baseOffset < limit else { return .empty }
            let size = index == view.segments.count - 1 ? view.activeSize : segment.sizeInBytes
            guard let start = try segment.locate(offset, end: size) else { continue }
            guard start.header.baseOffset < limit else { return .empty }
            let end = try view.end(of: segment, at: index, size: size, limit)
            var read = try segment.read(start, to: end, maxBytes: maxBytes, minOneBatch: minOneBatch)
            read.endBound = min(limit, view.nextBase(after: index))
            let readEnd = start.position + read.sizeInBytes
            if readEnd < end {
                let bound = try LogError.wrap { () throws(FileSystemError) in
                    try segment.offsetIndex.endBound(of: readEnd)
                }
                read.endBound = min(read.endBound, bound ?? read.endBound)
            }
            return read
        }
        return .empty
    }

    /// The aborted transactions that a reader of committed records must know for the offsets from `start` up to `end`
    /// exclusively: those with records there.
    public func abortedTransactions(from start: Offset, upTo end: Offset) throws(LogError) -> [AbortedTransaction] {
        try onCurrentSegments { (view) throws(LogError) in
            guard let first = view.segmentIndex(for: start) ?? (view.segments.isEmpty ? nil : 0) else { return [] }
            var found = [AbortedTransaction]()
            for segment in view.segments[first...] {
                if try segment.transactionIndex.collect(from: start, upTo: end, into: &found) { break }
            }
            return found
        }
    }

    /// The first record, by offset, whose timestamp is `timestamp` or later; nil where there is none.
    ///
    /// Only the first segment is looked into that may have one. As with Kafka, a segment that compaction has emptied counts
    /// with the time of its file's last change, and hides those after it from older timestamps.
    public func find(_ timestamp: Timestamp) throws(LogError) -> OffsetAtTime? {
        try onCurrentSegments { (view) throws(LogError) in
            for (index, segment) in view.segments.enumerated() {
                guard try segment.largestTimestampOrModified() >= timestamp else { continue }
                let size = index == view.segments.count - 1 ? view.activeSize : segment.sizeInBytes
                return try segment.find(timestamp, from: view.offsets.logStartOffset, end: size)
            }
            return nil
        }
    }

    /// The first record that has the log's largest timestamp; nil where no record has any.
    public func findLargestTimestamp() throws(LogError) -> OffsetAtTime? {
        try onCurrentSegments { (view) throws(LogError) in
            var largest: (index: Int, timestamp: Timestamp)?
            for (index, segment) in view.segments.enumerated() {
                let timestamp = try segment.largestTimestamp().timestamp
                if timestamp > (largest?.timestamp ?? .none) { largest = (index, timestamp) }
            }
            guard let index = largest?.index else { return nil }
            let segment = view.segments[index]
            let size = index == view.segments.count - 1 ? view.activeSize : segment.sizeInBytes
            return try segment.findLargestTimestamp(end: size)
        }
    }
}

extension PartitionLog.View {
    /// Where reading must stop in a segment so that nothing at `limit` or beyond is seen.
    fileprivate func end(of segment: LogSegment, at index: Int, size: Int, _ limit: Offset) throws(LogError) -> Int {
        guard limit < nextBase(after: index) else { return size }
        return try segment.locate(limit, end: size)?.position ?? size
    }

    /// Where the segment of this index ends.
    fileprivate func nextBase(after index: Int) -> Offset {
        index + 1 < segments.count ? segments[index + 1].baseOffset : offsets.logEndOffset
    }
}

extension LogSegment {
    fileprivate func read(
        _ start: Location,
        to end: Int,
        maxBytes: Int,
        minOneBatch: Bool
    ) throws(LogError) -> LogRead {
        let first = start.header.sizeInBytes
        guard end > start.position, minOneBatch || first <= maxBytes else { return .empty }
        let count = min(end - start.position, max(maxBytes, first))
        let file = try file()
        let part: BytesPart
        if count <= PartitionLog.loadedBytesLimit {
            let bytes = try LogError.wrap { () throws(FileSystemError) in
                try Bytes(capacity: count) { (buffer) throws(FileSystemError) in
                    try file.read(into: buffer, at: Int64(start.position))
                }
            }
            guard bytes.count == count else { throw Self.shortRead(file, start.position, count, bytes.count) }
            part = .bytes(bytes)
        } else {
            part = .region(SegmentRegion(file: file, position: start.position, count: count))
        }
        return LogRead(parts: [part], baseOffset: start.header.baseOffset, sizeInBytes: count)
    }

    static func shortRead(_ file: any File, _ position: Int, _ expected: Int, _ found: Int) -> LogError {
        .corruptBatch(reason: "\(file.path) at byte \(position): \(found) bytes of \(expected) are there")
    }
}

/// A stretch of a segment's file that stays readable while this value lives, also after the segment was removed.
struct SegmentRegion: BytesRegion {
    let file: any File
    let position: Int
    let count: Int

    var descriptor: (fileDescriptor: Int32, position: Int64)? { file.descriptor.map { ($0, Int64(position)) } }

    func load() throws -> Bytes {
        let bytes = try LogError.wrap { () throws(FileSystemError) in
            try Bytes(capacity: count) { (buffer) throws(FileSystemError) in
                try file.read(into: buffer, at: Int64(position))
            }
        }
        guard bytes.count == count else { throw LogSegment.shortRead(file, position, count, bytes.count) }
        return bytes
    }
}
