import Logging
import Records

/// Builds the state of a log's producers from the newest snapshot and the batches after it.
struct ProducerReplay {
    let segments: [LogSegment]
    let logStartOffset: Offset
    let now: Timestamp
    let expirationMs: Int64
    let logger: Logger

    /// The state below `end`. Snapshots beyond `end` are removed, and so are those at the log's start or before, which
    /// stand for nothing. A snapshot is written where the last one is not at `end`.
    func rebuild(upTo end: Offset, _ files: inout ProducerSnapshotFiles) throws(LogError) -> ProducerStateTable {
        var table = try load(upTo: end, &files)
        if table.endOffset < end { try replay(into: &table, upTo: end, &files) }
        table.endOffset = end
        try write(table, &files)
        return table
    }

    /// The state at the newest snapshot up to `end`; empty at the log's start where there is none.
    func load(upTo end: Offset, _ files: inout ProducerSnapshotFiles) throws(LogError) -> ProducerStateTable {
        try LogError.wrap { () throws(FileSystemError) in
            try files.removeAll { $0 > end || $0 <= logStartOffset }
            return try files.loadNewest(
                logStartOffset: logStartOffset,
                now: now,
                expirationMs: expirationMs,
                logger: logger
            )
        }
    }

    private func replay(
        into table: inout ProducerStateTable,
        upTo end: Offset,
        _ files: inout ProducerSnapshotFiles
    ) throws(LogError) {
        let first = segments.lastSegmentIndex(for: table.endOffset) ?? 0
        for index in first..<segments.count where segments[index].baseOffset < end {
            let segment = segments[index]
            table.endOffset = max(table.endOffset, segment.baseOffset)
            // Kafka keeps the snapshots of the last two segments, so that a truncation need not go further back.
            if index >= segments.count - 2, segment.baseOffset > logStartOffset { try write(table, &files) }
            guard let start = try segment.locate(table.endOffset, end: segment.sizeInBytes) else { continue }
            var scanner = BatchScanner(
                try segment.file(),
                from: start.position,
                to: segment.sizeInBytes,
                chunkSize: 64 << 10
            )
            while let (header, position) = try scanner.next(), header.baseOffset < end {
                let marker: TransactionMarker? =
                    header.isControl && header.hasProducerID
                    ? try TransactionMarker(try segment.batch(at: position, header)) : nil
                if let completed = try table.replay(header, marker: marker) { table.complete(completed) }
            }
        }
    }

    private func write(_ table: ProducerStateTable, _ files: inout ProducerSnapshotFiles) throws(LogError) {
        try LogError.wrap { () throws(FileSystemError) in try files.write(table) }
    }
}
