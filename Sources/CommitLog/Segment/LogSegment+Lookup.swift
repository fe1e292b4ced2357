import Records

/// Finding batches: by offset and by time.
extension LogSegment {
    /// A batch in the segment's file.
    struct Location: Sendable, Hashable {
        var position: Int
        var header: BatchHeader
    }

    /// The first batch below `end` whose last offset is `offset` or more; nil where there is none.
    ///
    /// The index only says where to begin: an entry that points to no batch, or beyond the offset, is passed over
    /// in favour of the segment's start. Errors: as ``BatchScanner/next()``.
    func locate(_ offset: Offset, end: Int) throws(LogError) -> Location? {
        let start = try LogError.wrap { () throws(FileSystemError) in try offsetIndex.lookup(offset).position }
        guard start > 0, start < end else { return try scan(for: offset, from: 0, to: end) }
        var first = BatchScanner(try file(), from: start, to: end, chunkSize: BatchHeader.size)
        let isSound: Bool
        do throws(LogError) {
            isSound =
                try first.next().map { $0.header.baseOffset <= offset && $0.header.baseOffset >= baseOffset } ?? false
        } catch .corruptBatch {
            isSound = false
        }
        return try scan(for: offset, from: isSound ? start : 0, to: end)
    }

    private func scan(for offset: Offset, from start: Int, to end: Int) throws(LogError) -> Location? {
        var scanner = BatchScanner(try file(), from: start, to: end)
        while let (header, position) = try scanner.next() {
            if header.lastOffset >= offset { return Location(position: position, header: header) }
        }
        return nil
    }

    /// The offset after the last batch; the base offset where there is none.
    func nextOffset() throws(LogError) -> Offset {
        let size = sizeInBytes
        guard size > 0 else { return baseOffset }
        let last = try LogError.wrap { () throws(FileSystemError) in try offsetIndex.last() }
        var location = try locate(last?.offset ?? baseOffset, end: size)
        // An index that promises more than there is: the start must do.
        if location == nil { location = try locate(baseOffset, end: size) }
        var next = baseOffset
        var scanner = BatchScanner(try file(), from: location?.position ?? size, to: size)
        while let (header, _) = try scanner.next() { next = header.nextOffset }
        return next
    }

    /// The first record at `start` or later in the log whose timestamp is `timestamp` or later; nil where there is none.
    func find(_ timestamp: Timestamp, from start: Offset, end: Int) throws(LogError) -> OffsetAtTime? {
        let point = try LogError.wrap { () throws(FileSystemError) in try timeIndex.lookup(timestamp) }
        guard let first = try locate(max(point.offset, start, baseOffset), end: end) else { return nil }
        var scanner = BatchScanner(try file(), from: first.position, to: end)
        while let (header, position) = try scanner.next() {
            guard header.maxTimestamp >= timestamp, header.lastOffset >= start else { continue }
            let found = try record(in: try batch(at: position, header)) {
                $0.timestamp >= timestamp && $0.offset >= start
            }
            if let found {
                return OffsetAtTime(timestamp: found.timestamp, offset: found.offset, leaderEpoch: header.leaderEpoch)
            }
        }
        return nil
    }

    /// The first record that has the segment's largest timestamp.
    func findLargestTimestamp(end: Int) throws(LogError) -> OffsetAtTime? {
        let largest = try largestTimestamp()
        guard let first = try locate(largest.offset, end: end) else { return nil }
        var scanner = BatchScanner(try file(), from: first.position, to: end)
        while let (header, position) = try scanner.next() {
            guard header.maxTimestamp == largest.timestamp else { continue }
            let found = try record(in: try batch(at: position, header)) { $0.timestamp == largest.timestamp }
            if let found {
                return OffsetAtTime(timestamp: found.timestamp, offset: found.offset, leaderEpoch: header.leaderEpoch)
            }
        }
        return nil
    }

    /// The whole batch at `position`. Errors: as reading, and ``LogError/corruptBatch(reason:)`` where it is not whole.
    func batch(at position: Int, _ header: BatchHeader) throws(LogError) -> RecordBatch {
        let file = try file()
        let bytes = try LogError.wrap { () throws(FileSystemError) in
            try Bytes(capacity: header.sizeInBytes) { (buffer) throws(FileSystemError) in
                try file.read(into: buffer, at: Int64(position))
            }
        }
        do throws(RecordsError) { return try RecordBatch(bytes) } catch {
            throw .corruptBatch(reason: "\(path) at byte \(position): \(error)")
        }
    }

    private func record(
        in batch: RecordBatch,
        where isWanted: (RecordView) -> Bool
    ) throws(LogError) -> (timestamp: Timestamp, offset: Offset)? {
        do throws(RecordsError) {
            var reader = try batch.makeRecordReader()
            while let record = try reader.next() {
                if isWanted(record) { return (record.timestamp, record.offset) }
            }
            return nil
        } catch {
            throw .corruptBatch(reason: "\(path), the batch at offset \(batch.baseOffset): \(error)")
        }
    }
}

/// A record found by its time.
public struct OffsetAtTime: Sendable, Hashable {
    public var timestamp: Timestamp
    public var offset: Offset
    public var leaderEpoch: LeaderEpoch

    public init(timestamp: Timestamp, offset: Offset, leaderEpoch: LeaderEpoch) {
        self.timestamp = timestamp
        self.offset = offset
        self.leaderEpoch = leaderEpoch
    }
}
