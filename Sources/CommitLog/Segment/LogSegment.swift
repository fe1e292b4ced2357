import Records
import Synchronization

/// One stretch of a log on disk: `.log` with the batches as they travelled, and the indexes into it.
///
/// The last segment of a log is active: it is appended to by the log's one writer, keeps its files open and the ends of
/// its indexes in memory. The others are complete: their files open when they are read.
///
/// Invariant: every batch's offsets lie in `baseOffset ... baseOffset + Int32.max`, and ascend.
final class LogSegment: Sendable {
    private struct State {
        /// The bytes of whole batches in `.log`.
        var sizeInBytes: Int
        /// The largest timestamp, with the last offset of its batch; nil until it is looked up.
        var largestTimestamp: TimestampOffset?
        /// The first batch's largest timestamp, from which the time to roll counts; nil until it is looked up.
        var firstTimestamp: Timestamp?
        var bytesSinceIndexEntry = 0
        var created: Timestamp
        /// Bytes were written since the last sync.
        var isUnsynced = false
        /// `.log` is longer than its batches, because the topic preallocates.
        var isPreallocated = false
        /// The files are gone, or about to go.
        var isRemoved = false
    }

    let baseOffset: Offset
    let directory: String
    /// How much earlier than segment.ms says this one rolls.
    let rollJitterMs: Int64
    let offsetIndex: OffsetIndex
    let timeIndex: TimeIndex
    let transactionIndex: TransactionIndex
    private let fileSystem: any FileSystem
    private let log: LazyFile
    private let state: Mutex<State>

    /// A segment whose files are there, or are made by ``activate(isNew:)``; `files` is the state in their names.
    init(
        baseOffset: Offset,
        directory: String,
        fileSystem: any FileSystem,
        sizeInBytes: Int,
        now: Timestamp,
        rollJitterMs: Int64 = 0,
        files: SegmentFileName.State = .current
    ) {
        func path(_ kind: SegmentFileName.Kind) -> String {
            SegmentFileName(baseOffset, kind, files).path(in: directory)
        }
        self.baseOffset = baseOffset
        self.directory = directory
        self.fileSystem = fileSystem
        self.rollJitterMs = rollJitterMs
        log = LazyFile(path: path(.log), fileSystem: fileSystem, isRetained: true)
        offsetIndex = OffsetIndex(path: path(.offsetIndex), baseOffset: baseOffset, fileSystem: fileSystem)
        timeIndex = TimeIndex(path: path(.timeIndex), baseOffset: baseOffset, fileSystem: fileSystem)
        transactionIndex = TransactionIndex(path: path(.transactionIndex), fileSystem: fileSystem)
        state = Mutex(State(sizeInBytes: sizeInBytes, created: now))
    }

    // MARK: Reading

    var sizeInBytes: Int { state.withLock { $0.sizeInBytes } }
    var path: String { log.path }

    func file() throws(LogError) -> any File { try LogError.wrap { () throws(FileSystemError) in try log.open() } }

    /// The largest timestamp of the segment's batches; no timestamp at the base offset where it has none.
    func largestTimestamp() throws(LogError) -> TimestampOffset {
        if let known = state.withLock({ $0.largestTimestamp }) { return known }
        let last = try LogError.wrap { () throws(FileSystemError) in try timeIndex.last() }
        let found = last ?? TimestampOffset(timestamp: .none, offset: baseOffset)
        return state.withLock { state in
            let known = state.largestTimestamp ?? found
            state.largestTimestamp = known
            return known
        }
    }

    /// As ``largestTimestamp()``, but the time of the file's last change where no batch has a timestamp: what retention counts from.
    func largestTimestampOrModified() throws(LogError) -> Timestamp {
        let largest = try largestTimestamp().timestamp
        guard largest < Timestamp(0) else { return largest }
        let status = try LogError.wrap { () throws(FileSystemError) in try fileSystem.status(of: log.path) }
        return Timestamp(status?.modifiedMs ?? -1)
    }

    func canHold(_ offset: Offset) -> Bool { offset >= baseOffset && offset - baseOffset <= Int64(Int32.max) }

    // MARK: Writing (the log's one writer)

    /// Makes this the segment that is appended to; `isNew` makes its files, `.log` with `preallocated` bytes.
    func activate(isNew: Bool, preallocated: Int = 0) throws(FileSystemError) {
        if isNew {
            let file = try log.open(.create)
            try file.truncate(to: 0)
            if preallocated > 0 { try file.truncate(to: Int64(preallocated)) }
            state.withLock { $0.isPreallocated = preallocated > 0 }
            transactionIndex.startEmpty()
            state.withLock { state in
                state.isUnsynced = true
                state.largestTimestamp = TimestampOffset(timestamp: .none, offset: baseOffset)
            }
        }
        try offsetIndex.file.activate(isNew: isNew)
        try timeIndex.file.activate(isNew: isNew)
    }

    /// Whether another segment must be begun before these bytes are appended.
    func mustRoll(
        for sizeInBytes: Int,
        lastOffset: Offset,
        maxTimestamp: Timestamp,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) -> Bool {
        let (size, created) = state.withLock { ($0.sizeInBytes, $0.created) }
        if size > configuration.segmentBytes - sizeInBytes || !canHold(lastOffset) { return true }
        let (offsets, times) = try LogError.wrap { () throws(FileSystemError) in
            (try offsetIndex.file.count(), try timeIndex.file.count())
        }
        if offsets >= configuration.segmentIndexBytes / OffsetIndex.entrySize
            || times >= configuration.segmentIndexBytes / TimeIndex.entrySize - 1
        {
            return true
        }
        guard size > 0 else { return false }
        // By the records' own times where they have any, else by the clock, as Kafka does.
        let first = try firstTimestamp()
        let waited =
            first >= Timestamp(0)
            ? maxTimestamp.rawValue.subtractingReportingOverflow(first.rawValue)
            : now.rawValue.subtractingReportingOverflow(created.rawValue)
        return !waited.overflow && waited.partialValue > configuration.longestSegmentMs - rollJitterMs
    }

    /// Appends whole batches. After an error the file is as long as before, or ``repair()`` must make it so.
    func append(
        _ bytes: Bytes,
        lastOffset: Offset,
        largest: TimestampOffset,
        indexIntervalBytes: Int
    ) throws(FileSystemError) {
        try offsetIndex.file.spillIfDue()
        try timeIndex.file.spillIfDue()
        let position = sizeInBytes
        let file = try log.open()
        try bytes.withUnsafeBytes { (buffer) throws(FileSystemError) in try file.write(buffer, at: Int64(position)) }
        let indexed: TimestampOffset? = state.withLock { state in
            if position == 0 { state.firstTimestamp = largest.timestamp }
            if largest.timestamp > (state.largestTimestamp?.timestamp ?? .none) { state.largestTimestamp = largest }
            state.sizeInBytes += bytes.count
            state.isUnsynced = true
            let isDue = state.bytesSinceIndexEntry > indexIntervalBytes
            state.bytesSinceIndexEntry = (isDue ? 0 : state.bytesSinceIndexEntry) + bytes.count
            return isDue ? state.largestTimestamp : nil
        }
        guard let indexed else { return }
        offsetIndex.append(lastOffset, position: position)
        if indexed.timestamp > .none { try timeIndex.appendIfLater(indexed) }
    }

    /// Appends batches that are in the log already and were gathered in `bytes`, as compaction does: an index entry for each
    /// that is due.
    func appendGathered(
        _ bytes: Bytes,
        _ batches: [BatchHeader],
        indexIntervalBytes: Int
    ) throws(FileSystemError) {
        var position = sizeInBytes
        let file = try log.open()
        try bytes.withUnsafeBytes { (buffer) throws(FileSystemError) in try file.write(buffer, at: Int64(position)) }
        for header in batches {
            let indexed: TimestampOffset? = state.withLock { state in
                if position == 0 { state.firstTimestamp = header.maxTimestamp }
                if header.maxTimestamp > (state.largestTimestamp?.timestamp ?? .none) {
                    state.largestTimestamp = TimestampOffset(
                        timestamp: header.maxTimestamp,
                        offset: header.lastOffset
                    )
                }
                state.sizeInBytes += header.sizeInBytes
                state.isUnsynced = true
                let isDue = state.bytesSinceIndexEntry > indexIntervalBytes
                state.bytesSinceIndexEntry = (isDue ? 0 : state.bytesSinceIndexEntry) + header.sizeInBytes
                return isDue ? state.largestTimestamp : nil
            }
            if let indexed {
                offsetIndex.append(header.lastOffset, position: position)
                if indexed.timestamp > .none { try timeIndex.appendIfLater(indexed) }
            }
            position += header.sizeInBytes
        }
        try offsetIndex.file.spillIfDue()
        try timeIndex.file.spillIfDue()
    }

    /// Cuts `.log` to its whole batches, after an append that failed.
    func repair() throws(FileSystemError) {
        let file = try log.open()
        try file.truncate(to: Int64(sizeInBytes))
    }

    /// Ends the segment: its last index entry, files cut to size. It is still to be synced.
    func complete() throws(LogError) {
        let largest = try largestTimestamp()
        try LogError.wrap { () throws(FileSystemError) in
            if largest.timestamp > .none { try timeIndex.appendIfLater(largest) }
            try offsetIndex.file.trim()
            try timeIndex.file.trim()
            let (isPreallocated, size) = state.withLock { ($0.isPreallocated, $0.sizeInBytes) }
            guard isPreallocated else { return }
            try log.open().truncate(to: Int64(size))
            state.withLock { state in
                state.isPreallocated = false
                state.isUnsynced = true
            }
        }
    }

    /// After ``complete()``: lets go of what only an active segment needs.
    func deactivate() throws(FileSystemError) {
        try offsetIndex.file.deactivate()
        try timeIndex.file.deactivate()
    }

    /// Closes the files until the next use.
    func release() {
        log.release()
        offsetIndex.file.release()
        timeIndex.file.release()
    }

    /// Makes the batches durable, and the indexes where `withIndexes`. Nothing happens where the segment was removed.
    func sync(withIndexes: Bool) throws(FileSystemError) {
        let (isUnsynced, isRemoved) = state.withLock { state in
            defer { state.isUnsynced = false }
            return (state.isUnsynced, state.isRemoved)
        }
        guard !isRemoved else { return }
        do throws(FileSystemError) {
            if isUnsynced { try log.open().sync() }
            guard withIndexes else { return }
            try offsetIndex.file.sync()
            try timeIndex.file.sync()
            try transactionIndex.sync()
        } catch {
            let isRemoved = state.withLock { state in
                state.isUnsynced = true
                return state.isRemoved
            }
            if !isRemoved { throw error }
        }
    }

    /// Cuts the segment to the batches whose last offset is below `offset`; returns how many bytes went.
    func truncate(to offset: Offset, now: Timestamp) throws(LogError) -> Int {
        let found = try locate(offset, end: sizeInBytes)
        try LogError.wrap { () throws(FileSystemError) in
            try offsetIndex.truncate(to: offset)
            try timeIndex.truncate(to: offset)
        }
        try transactionIndex.truncate(to: offset)
        guard let found else { return 0 }
        let removed = sizeInBytes - found.position
        try cut(to: found.position, now: now)
        try rereadLargestTimestamp()
        return removed
    }

    /// Whether the batches end exactly at `end`, with nothing after them, and the indexes agree; only what lies behind
    /// the last index entry is read. Takes over the largest timestamp then.
    ///
    /// Indexes that a crash left with room for more entries (Kafka makes them large in advance) do not agree.
    func isWhole(endingAt end: Offset) throws(LogError) -> Bool {
        let size = sizeInBytes
        guard let (indexed, latest) = try lastIndexEntries(before: end, size: size) else { return false }
        var (next, position, largest) = (baseOffset, indexed?.position ?? 0, latest)
        guard size > 0 else { return next == end }
        var scanner = BatchScanner(try file(), from: position, to: size)
        do throws(LogError) {
            while let (header, start) = try scanner.next() {
                if next == baseOffset, let indexed, header.lastOffset != indexed.offset { return false }
                if header.maxTimestamp > (largest?.timestamp ?? .none) {
                    largest = TimestampOffset(timestamp: header.maxTimestamp, offset: header.lastOffset)
                }
                (next, position) = (header.nextOffset, start + header.sizeInBytes)
            }
        } catch .corruptBatch { return false }
        guard next == end, position == size else { return false }
        state.withLock { $0.largestTimestamp = largest ?? TimestampOffset(timestamp: .none, offset: baseOffset) }
        return true
    }

    /// The last entries of the indexes, where those end in ascending order and below `end` and `size`; else nil.
    private func lastIndexEntries(
        before end: Offset,
        size: Int
    ) throws(LogError) -> (OffsetIndex.Entry?, TimestampOffset?)? {
        try LogError.wrap { () throws(FileSystemError) in
            let (offsets, times) = (try offsetIndex.file.count(), try timeIndex.file.count())
            let (indexed, before) = (try offsetIndex.entry(offsets - 1), try offsetIndex.entry(offsets - 2))
            let (latest, earlier) = (try timeIndex.entry(times - 1), try timeIndex.entry(times - 2))
            guard (offsets == 0) == (indexed == nil), (times == 0) == (latest == nil) else { return nil }
            if let indexed {
                guard indexed.offset < end, indexed.position >= 0, indexed.position < size else { return nil }
                if let before, indexed.offset <= before.offset || indexed.position <= before.position { return nil }
            }
            if let latest {
                guard latest.offset < end, latest.timestamp >= Timestamp(0) else { return nil }
                if let earlier, latest.timestamp <= earlier.timestamp { return nil }
            }
            return (indexed, latest)
        }
    }

    /// Takes over what recovery found: the batches end at `size`, and `largest` is their largest timestamp.
    func recovered(size: Int, largest: TimestampOffset?, firstTimestamp: Timestamp?, now: Timestamp) throws(LogError) {
        try cut(to: size, now: now)
        state.withLock { state in
            state.largestTimestamp = largest ?? TimestampOffset(timestamp: .none, offset: baseOffset)
            state.firstTimestamp = firstTimestamp
        }
    }

    /// The segment is no longer the log's: its files bear names that a restart removes. Whoever still reads it goes on.
    /// The `.log` goes first: without it the others mean nothing.
    func retire() throws(FileSystemError) {
        state.withLock { $0.isRemoved = true }
        try rename(to: .deleted)
    }

    /// Removes the files of a retired segment. Regions of them that are still held can still be read.
    func removeFiles() throws(FileSystemError) {
        for path in [log.path, offsetIndex.file.path, timeIndex.file.path, transactionIndex.path] {
            try fileSystem.remove(path)
        }
        release()
    }

    /// ``retire()`` and ``removeFiles()``.
    func remove() throws(FileSystemError) {
        try retire()
        try removeFiles()
    }

    /// Whether the segment is no longer the log's.
    var isRemoved: Bool { state.withLock { $0.isRemoved } }

    /// Gives the files names of another state, the `.log` first.
    func rename(to files: SegmentFileName.State) throws(FileSystemError) {
        try log.rename(to: SegmentFileName(baseOffset, .log, files).path(in: directory))
        try offsetIndex.file.rename(to: SegmentFileName(baseOffset, .offsetIndex, files).path(in: directory))
        try timeIndex.file.rename(to: SegmentFileName(baseOffset, .timeIndex, files).path(in: directory))
        try transactionIndex.rename(to: SegmentFileName(baseOffset, .transactionIndex, files).path(in: directory))
    }

    // MARK: Private

    private func cut(to size: Int, now: Timestamp) throws(LogError) {
        try LogError.wrap { () throws(FileSystemError) in
            let file = try log.open()
            if try file.size() != Int64(size) { try file.truncate(to: Int64(size)) }
        }
        state.withLock { state in
            state.sizeInBytes = size
            state.bytesSinceIndexEntry = 0
            state.isUnsynced = true
            if size == 0 {
                state.created = now
                state.firstTimestamp = nil
            }
        }
    }

    private func rereadLargestTimestamp() throws(LogError) {
        let (last, start) = try LogError.wrap { () throws(FileSystemError) in
            let last = try timeIndex.last() ?? TimestampOffset(timestamp: .none, offset: baseOffset)
            return (last, try offsetIndex.lookup(last.offset).position)
        }
        var largest = last
        var scanner = BatchScanner(try file(), from: min(start, sizeInBytes), to: sizeInBytes)
        while let (header, _) = try scanner.next() {
            guard header.maxTimestamp > largest.timestamp else { continue }
            largest = TimestampOffset(timestamp: header.maxTimestamp, offset: header.lastOffset)
        }
        let found = largest
        state.withLock { $0.largestTimestamp = found }
    }

    /// The first batch's largest timestamp; none where there is no batch.
    func firstTimestamp() throws(LogError) -> Timestamp {
        if let known = state.withLock({ $0.firstTimestamp }) { return known }
        var scanner = BatchScanner(try file(), from: 0, to: sizeInBytes, chunkSize: BatchHeader.size)
        let found = try scanner.next()?.header.maxTimestamp ?? .none
        state.withLock { $0.firstTimestamp = found }
        return found
    }
}
