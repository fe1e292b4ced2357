import Logging
import Records
import Synchronization

/// What one compaction may use.
public struct CleaningLimits: Sendable, Hashable {
    /// log.cleaner.dedupe.buffer.size, of one thread: the most memory for the map from key to offset.
    public var offsetMapBytes = 128 << 20
    /// log.cleaner.io.buffer.load.factor: how full the map may get.
    public var loadFactor = 0.9
    /// log.cleaner.io.buffer.size, of one thread: how much is read and written at once.
    public var bufferBytes = 512 << 10

    public init() {}
}

/// One compaction of one log, in small steps, beside its readers and its writer.
///
/// 1. The dirty part is read, and the last offset of each key noted, as far as the map has room.
/// 2. All segments up to there, from the log's start, are read again in groups that fit into one segment each; what is to
///    stay is written to `.cleaned` files and synced.
/// 3. At ``Progress/readyToSwap`` the log's owner calls ``swap(now:)``: the new files become `.swap`, the old ones
///    `.deleted`, the new ones take their names. A crash at any point leaves either the one or the other, see
///    ``LeftoverFiles``.
///
/// Threads: one at a time. Only ``swap(now:)`` must not run beside an append.
public final class LogCleaning {
    public enum Progress: Sendable, Hashable {
        case working
        /// The owner must now call ``LogCleaning/swap(now:)``.
        case readyToSwap
        /// The log is compacted below this offset: what is to be written to the cleaner's checkpoint.
        case done(endOffset: Offset)
    }

    private enum Phase {
        case mapping
        case cleaning
        case swapping(LogSegment, [LogSegment])
        case swapped
        case done
    }

    private static let syncInterval = 8 << 20

    private let log: PartitionLog
    private let range: CleanableRange
    private let limits: CleaningLimits
    private let now: Timestamp
    private let configuration: LogConfiguration
    private let map: OffsetMap
    /// From the log's first up to the last that may be compacted.
    private let segments: [LogSegment]
    private var phase = Phase.mapping

    // Both passes walk over the segments.
    private var next: Int
    private var reader: SegmentBatches?
    private var transactions = CleanedTransactions()

    private var rules: BatchCleaning?
    /// The segments from `groupStart` up to `groupEnd` become one.
    private var groupStart = 0
    private var groupEnd = 0
    private var target: LogSegment?
    private var gathered = RawBuffer()
    private var headers: [BatchHeader] = []
    private var unsyncedBytes = 0

    /// Bytes read so far, in both passes.
    public private(set) var bytesRead: Int64 = 0
    /// Bytes written so far.
    public private(set) var bytesWritten: Int64 = 0

    /// A compaction of `range`, which ``PartitionLog/cleanableRange(checkpoint:now:)`` has just found. `random` seeds the hash
    /// of the keys. Nil where there is no memory for the map.
    public init?(
        _ log: PartitionLog,
        _ range: CleanableRange,
        limits: CleaningLimits = CleaningLimits(),
        now: Timestamp,
        random: () -> UInt64
    ) {
        self.log = log
        self.range = range
        self.limits = limits
        self.now = now
        let view = log.view.withLock { $0 }
        configuration = view.configuration
        segments = view.segments.dropLast().filter { $0.baseOffset < range.firstUncleanableOffset }
        next = max(0, segments.lastSegmentIndex(for: range.firstDirtyOffset) ?? 0)
        let map = OffsetMap(
            keys: Int(clamping: range.cleanableBytes / 24),
            memoryLimit: limits.offsetMapBytes,
            loadFactor: limits.loadFactor,
            seed: KeyHash.Seed(first: random(), second: random())
        )
        guard let map else { return nil }
        self.map = map
    }

    /// Works for about `maxBytes` of reading. Errors: those of the disk, and ``LogError/corruptBatch(reason:)``; the caller
    /// then calls ``abandon()``.
    public func step(maxBytes: Int) throws(LogError) -> Progress {
        switch phase {
        case .mapping: try mapSome(maxBytes)
        case .cleaning: try cleanSome(maxBytes)
        case .swapping: return .readyToSwap
        case .swapped: try finishSwap()
        case .done: break
        }
        switch phase {
        case .mapping, .cleaning, .swapped: return .working
        case .swapping: return .readyToSwap
        case .done: return .done(endOffset: max(range.firstDirtyOffset, map.latestOffset + 1))
        }
    }

    /// Removes what was written and is not in place yet.
    public func abandon() throws(LogError) {
        phase = .done
        guard let target else { return }
        self.target = nil
        try LogError.wrap { () throws(FileSystemError) in try target.removeFiles() }
    }

    // MARK: First pass

    private func mapSome(_ maxBytes: Int) throws(LogError) {
        var left = maxBytes
        while left > 0 {
            guard next < segments.count else { return try beginCleaning() }
            let segment = segments[next]
            if reader == nil {
                if transactionsAreUnread {
                    transactions.add(
                        try log.abortedTransactions(from: range.firstDirtyOffset, upTo: range.firstUncleanableOffset)
                    )
                    transactionsAreUnread = false
                }
                let first = try segment.locate(
                    max(range.firstDirtyOffset, segment.baseOffset),
                    end: segment.sizeInBytes
                )
                reader = try SegmentBatches(
                    segment,
                    from: first?.position ?? segment.sizeInBytes,
                    chunkSize: limits.bufferBytes
                )
            }
            guard let (header, batch) = try reader?.next() else {
                map.advance(to: nextBase(after: next) - 1)
                reader = nil
                segment.release()
                next += 1
                continue
            }
            left -= header.sizeInBytes
            bytesRead += Int64(header.sizeInBytes)
            guard try take(header, batch) else { return try beginCleaning() }
        }
    }

    private var transactionsAreUnread = true

    /// Notes the batch's keys. False where the map is full.
    private func take(_ header: BatchHeader, _ batch: RecordBatch) throws(LogError) -> Bool {
        if header.isControl {
            _ = transactions.fate(of: header, try marker(header, batch))
        } else if !transactions.isAborted(header) {
            var hasRoom = true
            try batch.visitRecords { (record) throws(LogError) in
                guard hasRoom, record.offset >= range.firstDirtyOffset, let key = record.keyBytes else { return }
                hasRoom = map.put(key, record.offset)
            }
            guard hasRoom else { return false }
        }
        if header.lastOffset >= range.firstDirtyOffset { map.advance(to: header.lastOffset) }
        return true
    }

    private func marker(_ header: BatchHeader, _ batch: RecordBatch) throws(LogError) -> TransactionMarker? {
        header.recordCount > 0 ? try TransactionMarker(batch) : nil
    }

    private func nextBase(after index: Int) -> Offset {
        index + 1 < segments.count ? segments[index + 1].baseOffset : range.firstUncleanableOffset
    }

    // MARK: Second pass

    private func beginCleaning() throws(LogError) {
        reader = nil
        transactions = CleanedTransactions()
        next = 0
        let endOffset = map.latestOffset + 1
        rules = BatchCleaning(
            map: map,
            now: now,
            deleteRetentionMs: configuration.deleteRetentionMs,
            endOffset: endOffset,
            producers: log.producerStates.mapValues { state in
                BatchCleaning.LastOfProducer(lastOffset: state.batches.last?.lastOffset, epoch: state.epoch)
            }
        )
        phase = .cleaning
        try beginGroup(at: 0)
    }

    private func beginGroup(at start: Int) throws(LogError) {
        let endOffset = map.latestOffset + 1
        guard start < segments.count, segments[start].baseOffset < endOffset else {
            phase = .done
            return
        }
        groupStart = start
        next = start
        groupEnd = try SegmentGroup.end(
            from: start,
            segments,
            below: endOffset,
            firstUncleanableOffset: range.firstUncleanableOffset,
            configuration
        )
        let segment = LogSegment(
            baseOffset: segments[start].baseOffset,
            directory: log.directory,
            fileSystem: log.fileSystem,
            sizeInBytes: 0,
            now: now,
            files: .cleaned
        )
        try LogError.wrap { () throws(FileSystemError) in
            try segment.removeFiles()
            target = segment
            try segment.activate(isNew: true)
        }
        phase = .cleaning
    }

    private func cleanSome(_ maxBytes: Int) throws(LogError) {
        guard let target, let rules else { throw .notWritable(reason: "a compaction without a target") }
        var left = maxBytes
        while left > 0 {
            guard next < groupEnd else { return try completeGroup(target) }
            let segment = segments[next]
            if reader == nil {
                // To the segment's end, also where the map ends before it: of all that is rewritten the new index must tell.
                transactions.add(
                    try log.abortedTransactions(from: segment.baseOffset, upTo: nextBase(after: next))
                )
                reader = try SegmentBatches(segment, chunkSize: limits.bufferBytes)
            }
            guard let (header, batch) = try reader?.next() else {
                reader = nil
                segment.release()
                next += 1
                continue
            }
            left -= header.sizeInBytes
            bytesRead += Int64(header.sizeInBytes)
            switch try rules.outcome(header, batch, isUnwanted: try isUnwanted(header, batch, target)) {
            case .removed: break
            case .unchanged: gather(header, batch.bytes)
            case .rewritten(let bytes):
                var rewritten = header
                bytes.withUnsafeBytes { buffer in
                    if let start = buffer.baseAddress { rewritten = BatchHeader(at: start) }
                }
                gather(rewritten, bytes)
            }
            if gathered.count >= limits.bufferBytes { try write(to: target) }
        }
    }

    private func isUnwanted(
        _ header: BatchHeader,
        _ batch: RecordBatch,
        _ target: LogSegment
    ) throws(LogError) -> Bool {
        guard header.isControl else { return transactions.isAborted(header) }
        switch transactions.fate(of: header, try marker(header, batch)) {
        case .isNeeded: return false
        case .isSpent: return true
        case .endsAborted(let transaction):
            try target.transactionIndex.append(transaction)
            return false
        }
    }

    private func gather(_ header: BatchHeader, _ bytes: Bytes) {
        gathered.append(bytes)
        headers.append(header)
    }

    private func write(to target: LogSegment) throws(LogError) {
        guard !headers.isEmpty else { return }
        let bytes = gathered.bytes()
        try LogError.wrap { () throws(FileSystemError) in
            try target.appendGathered(bytes, headers, indexIntervalBytes: configuration.indexIntervalBytes)
            // In pieces: one sync of a whole segment would hold up those of producers.
            unsyncedBytes += bytes.count
            if unsyncedBytes >= Self.syncInterval {
                unsyncedBytes = 0
                try target.sync(withIndexes: false)
            }
        }
        bytesWritten += Int64(bytes.count)
        gathered = RawBuffer(capacity: gathered.capacity)
        headers.removeAll(keepingCapacity: true)
    }

    private func completeGroup(_ target: LogSegment) throws(LogError) {
        try write(to: target)
        try target.complete()
        try LogError.wrap { () throws(FileSystemError) in
            try target.sync(withIndexes: true)
            try target.deactivate()
        }
        target.release()
        unsyncedBytes = 0
        phase = .swapping(target, Array(segments[groupStart..<groupEnd]))
    }

    // MARK: Swap

    /// *Owner.* Puts what was written in the place of what it stands for. Where the log has meanwhile lost one of those
    /// segments, or was closed, the compaction ends instead.
    public func swap(now: Timestamp) throws(LogError) {
        guard case .swapping(let target, let replaced) = phase else { return }
        // Once renaming has begun, only opening the log may remove files of it.
        self.target = nil
        phase = .done
        guard log.isWritable, try log.replace(replaced, with: target, now: now) else {
            self.target = target
            return try abandon()
        }
        phase = .swapped
    }

    private func finishSwap() throws(LogError) {
        try LogError.wrap { () throws(FileSystemError) in try log.fileSystem.syncDirectory(log.directory) }
        try beginGroup(at: groupEnd)
    }
}
