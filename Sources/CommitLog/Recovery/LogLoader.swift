import Logging
import Records

/// Where a log lives and what it works with.
struct LogSite {
    var directory: String
    var topicPartition: TopicPartition
    var fileSystem: any FileSystem
    var logger: Logger
    var random: @Sendable () -> UInt64
}

/// What a directory held.
struct LoadedLog {
    var topicID: TopicID
    var segments: [LogSegment]
    var logStartOffset: Offset
    var logEndOffset: Offset
    var recoveryPoint: Offset
    var epochs: LeaderEpochs
    /// As they stand in the checkpoint file.
    var storedEpochs: LeaderEpochs
    var producers: ProducerStateTable
    var snapshots: ProducerSnapshotFiles
    var isActivated: Bool
    /// Directories with new entries, to be synced before what is written counts as durable.
    var unsyncedDirectories: [String]
}

/// How the log was left, as the broker knows it from ``CleanShutdownFile``.
public enum LogRecovery: Sendable, Hashable {
    /// Every log was closed: nothing is looked over.
    case clean
    /// What lies beyond this offset, from the recovery point checkpoint, may not have reached the disk whole.
    case unclean(recoveryPoint: Offset)
}

/// Opens a partition's directory: tidies what a crash left, finds the segments, recovers those that may be torn, and builds
/// epochs and producers' states.
struct LogLoader {
    let site: LogSite
    let configuration: LogConfiguration
    let recovery: LogRecovery
    let logStartCheckpoint: Offset
    let compactedBelow: Offset
    let now: Timestamp
    private var hasChanged = false

    init(
        _ site: LogSite,
        _ configuration: LogConfiguration,
        _ recovery: LogRecovery,
        logStartOffset: Offset,
        compactedBelow: Offset,
        now: Timestamp
    ) {
        self.site = site
        self.configuration = configuration
        self.recovery = recovery
        self.logStartCheckpoint = max(logStartOffset, .zero)
        self.compactedBelow = compactedBelow
        self.now = now
    }

    private var directory: String { site.directory }
    private var fileSystem: any FileSystem { site.fileSystem }

    /// `topicID` is written where the directory has none yet; `.none` takes what is there.
    mutating func load(topicID: TopicID) throws(LogError) -> LoadedLog {
        let parents = try makeDirectory()
        let listed = try LogError.wrap { () throws(FileSystemError) in try fileSystem.list(directory) }
        let leftovers = LeftoverFiles(directory: directory, fileSystem: fileSystem, logger: site.logger)
        let (names, isTidied) = try leftovers.tidy(listed)
        hasChanged = isTidied
        let files = names.compactMap { SegmentFileName($0) }.filter { $0.state == .current }

        var segments = try openSegments(files)
        var (epochs, storedEpochs) = try loadEpochs(segments)
        var snapshots = ProducerSnapshotFiles(
            directory: directory,
            fileSystem: fileSystem,
            offsets: files.filter { $0.kind == .snapshot }.map(\.baseOffset)
        )
        let recovered = try recover(&segments, files, &epochs, &snapshots)

        let isActivated = segments.isEmpty
        if segments.isEmpty { segments = [try makeSegment()] }
        guard let active = segments.last, let first = segments.first else {
            throw .corruptFile(path: directory, reason: "no segment")
        }
        let end = max(try endOffset(of: active, recovered), active.baseOffset)
        let start = max(logStartCheckpoint, first.baseOffset)
        _ = epochs.truncate(fromEnd: end)
        _ = epochs.truncate(fromStart: start)
        let producers = try loadProducers(segments, recovered, start: start, end: end, &snapshots)
        let isEmpty = segments.count == 1 && active.sizeInBytes == 0
        let id = try identify(topicID, isEmpty: isEmpty)
        for segment in segments { segment.release() }
        return LoadedLog(
            topicID: id,
            segments: segments,
            logStartOffset: start,
            logEndOffset: end,
            recoveryPoint: recoveryPoint(end, start),
            epochs: epochs,
            storedEpochs: storedEpochs,
            producers: producers,
            snapshots: snapshots,
            isActivated: isActivated,
            unsyncedDirectories: hasChanged || !parents.isEmpty ? [directory] + parents : []
        )
    }

    // MARK: Files

    /// Returns the directories that got a new entry, for the caller to sync.
    private func makeDirectory() throws(LogError) -> [String] {
        try LogError.wrap { () throws(FileSystemError) in
            var parents = [String]()
            var path = directory
            while try fileSystem.status(of: path)?.isDirectory != true, path.parentDirectory != path {
                path = path.parentDirectory
                parents.append(path)
            }
            if !parents.isEmpty { try fileSystem.createDirectory(directory) }
            return parents
        }
    }

    private func openSegments(_ files: [SegmentFileName]) throws(LogError) -> [LogSegment] {
        var segments = [LogSegment]()
        for offset in files.filter({ $0.kind == .log }).map(\.baseOffset).sorted() {
            let path = SegmentFileName(offset, .log).path(in: directory)
            let status = try LogError.wrap { () throws(FileSystemError) in try fileSystem.status(of: path) }
            let size = status?.sizeInBytes ?? 0
            guard size <= Int64(Int32.max) else {
                throw .corruptFile(path: path, reason: "\(size) bytes, where a segment holds 2 GiB at most")
            }
            let segment = LogSegment(
                baseOffset: offset,
                directory: directory,
                fileSystem: fileSystem,
                sizeInBytes: Int(size),
                now: now,
                rollJitterMs: configuration.jitterMs(site.random())
            )
            if !files.contains(SegmentFileName(offset, .transactionIndex)) { segment.transactionIndex.startEmpty() }
            segments.append(segment)
        }
        return segments
    }

    private mutating func makeSegment() throws(LogError) -> LogSegment {
        let segment = LogSegment(
            baseOffset: min(logStartCheckpoint, SegmentFileName.largestBaseOffset),
            directory: directory,
            fileSystem: fileSystem,
            sizeInBytes: 0,
            now: now,
            rollJitterMs: configuration.jitterMs(site.random())
        )
        try LogError.wrap { () throws(FileSystemError) in
            try segment.activate(isNew: true, preallocated: configuration.preallocatedBytes)
        }
        hasChanged = true
        return segment
    }

    /// The topic's id: what the directory says, or `topicID`, which is then written.
    ///
    /// A file that cannot be read is written anew where the log is empty: then a crash struck while it was made.
    private func identify(_ topicID: TopicID, isEmpty: Bool) throws(LogError) -> TopicID {
        let file = PartitionMetadataFile(in: directory, fileSystem: fileSystem)
        do throws(LogError) {
            if let found = try file.read() {
                guard topicID == .none || found == topicID else {
                    throw .inconsistentTopicID(path: file.path, expected: topicID, found: found)
                }
                return found
            }
        } catch .corruptFile(let path, let reason) {
            guard isEmpty, topicID != .none else { throw .corruptFile(path: path, reason: reason) }
            site.logger.warning("topic id written anew", metadata: ["file": "\(path)", "reason": "\(reason)"])
        }
        if topicID != .none { try file.write(topicID) }
        return topicID
    }

    /// The epochs of the checkpoint, or where that cannot be read, of the batches.
    private func loadEpochs(
        _ segments: [LogSegment]
    ) throws(LogError) -> (current: LeaderEpochs, stored: LeaderEpochs) {
        do throws(LogError) {
            let stored = try LeaderEpochCheckpoint(in: directory, fileSystem: fileSystem).read()
            return (stored, stored)
        } catch .corruptFile(let path, let reason) {
            site.logger.warning(
                "leader epochs read from the log",
                metadata: ["file": "\(path)", "reason": "\(reason)"]
            )
            var epochs = LeaderEpochs()
            for segment in segments {
                var scanner = BatchScanner(try segment.file(), from: 0, to: segment.sizeInBytes)
                do throws(LogError) {
                    while let (header, _) = try scanner.next() {
                        guard header.leaderEpoch > (epochs.latest?.epoch ?? .none) else { continue }
                        _ = epochs.assign(header.leaderEpoch, startOffset: header.baseOffset)
                    }
                } catch .corruptBatch {
                    // Recovery cuts it, and says so.
                    continue
                }
            }
            return (epochs, LeaderEpochs())
        }
    }

    // MARK: Recovery

    private struct Recovered {
        var endOffset: Offset
        var producers: ProducerStateTable
    }

    private func recoveryPoint(_ end: Offset, _ start: Offset) -> Offset {
        switch recovery {
        case .clean: end
        case .unclean(let point): min(max(point, start), end)
        }
    }

    private func endOffset(of last: LogSegment, _ recovered: Recovered?) throws(LogError) -> Offset {
        if let recovered { return recovered.endOffset }
        return try last.nextOffset()
    }

    /// The first segment whose batches must be looked over: that of the recovery point, or one without its indexes.
    private func firstSuspect(_ segments: [LogSegment], _ files: Set<SegmentFileName>) -> (any: Int?, unflushed: Int) {
        let unflushed =
            switch recovery {
            case .clean: segments.count
            case .unclean(let point): segments.lastSegmentIndex(for: max(point, .zero)) ?? 0
            }
        let bare = segments.firstIndex { segment in
            !files.contains(SegmentFileName(segment.baseOffset, .offsetIndex))
                || !files.contains(SegmentFileName(segment.baseOffset, .timeIndex))
        }
        let first = min(bare ?? segments.count, unflushed)
        return (first < segments.count ? first : nil, unflushed)
    }

    /// Whether the only suspect is the active segment and it ends at the recovery point: then all of it had reached the
    /// disk, with its indexes, and nothing was appended since. Most partitions of a broker that was killed are like that.
    private func isWhole(_ segments: [LogSegment], from first: Int) throws(LogError) -> Bool {
        guard case .unclean(let point) = recovery, first == segments.count - 1 else { return false }
        return try segments[first].isWhole(endingAt: max(point, .zero))
    }

    private mutating func recover(
        _ segments: inout [LogSegment],
        _ files: [SegmentFileName],
        _ epochs: inout LeaderEpochs,
        _ snapshots: inout ProducerSnapshotFiles
    ) throws(LogError) -> Recovered? {
        let known = Set(files)
        let suspects = firstSuspect(segments, known)
        guard let first = suspects.any, try !isWhole(segments, from: first) else {
            return try removeIfBelowStart(&segments, nil, &epochs, &snapshots)
        }
        let base = segments[first].baseOffset
        var producers = try replay(segments, start: logStartCheckpoint).rebuild(upTo: base, &snapshots)
        let epochBefore = epochs.entries.last { $0.startOffset < base }?.epoch ?? .none
        var position = BatchHeader.Position(nextOffset: base, leaderEpoch: epochBefore)
        var index = first
        while index < segments.count {
            let segment = segments[index]
            let isUnflushed = index >= suspects.unflushed
            if index > first {
                if isUnflushed, let reason = gap(before: segment, position) {
                    try drop(&segments, from: index, reason: reason, &snapshots)
                    break
                }
                position.nextOffset = max(position.nextOffset, segment.baseOffset)
                producers.endOffset = max(producers.endOffset, segment.baseOffset)
                try LogError.wrap { () throws(FileSystemError) in try snapshots.write(producers) }
            }
            var validator = SegmentRecovery(segment, indexIntervalBytes: configuration.indexIntervalBytes)
            let outcome = try validator.run(&position, &epochs, &producers, now: now)
            if let reason = outcome.reason {
                hasChanged = true
                report(segment, outcome, reason, position)
                try LogError.wrap { () throws(FileSystemError) in try segment.sync(withIndexes: true) }
                if isUnflushed {
                    try drop(&segments, from: index + 1, reason: "it follows what was cut", &snapshots)
                }
            }
            try LogError.wrap { () throws(FileSystemError) in try segment.deactivate() }
            index += 1
        }
        producers.endOffset = max(producers.endOffset, position.nextOffset)
        let recovered = Recovered(endOffset: position.nextOffset, producers: producers)
        return try removeIfBelowStart(&segments, recovered, &epochs, &snapshots)
    }

    private func report(
        _ segment: LogSegment,
        _ outcome: SegmentRecovery.Outcome,
        _ reason: String,
        _ position: BatchHeader.Position
    ) {
        let place = "\(segment.path) at byte \(segment.sizeInBytes)"
        site.logger.warning(
            "cut \(outcome.cutBytes) bytes off \(place): \(reason)",
            metadata: ["partition": "\(site.topicPartition)", "log end offset": "\(position.nextOffset)"]
        )
    }

    /// Why the segment does not continue the log, nil where it does. Compaction leaves holes, a crash must not.
    private func gap(before segment: LogSegment, _ position: BatchHeader.Position) -> String? {
        let isHole =
            segment.baseOffset > position.nextOffset && !configuration.isCompacted
            && position.nextOffset >= compactedBelow
        guard isHole || segment.baseOffset < position.nextOffset else { return nil }
        return "it begins at offset \(segment.baseOffset), the log before it ends at \(position.nextOffset)"
    }

    private mutating func drop(
        _ segments: inout [LogSegment],
        from index: Int,
        reason: String,
        _ snapshots: inout ProducerSnapshotFiles
    ) throws(LogError) {
        guard index < segments.count else { return }
        // From the end, so that a crash meanwhile leaves no hole.
        for segment in segments[index...].reversed() {
            site.logger.warning(
                "removed \(segment.path), \(segment.sizeInBytes) bytes: \(reason)",
                metadata: ["partition": "\(site.topicPartition)"]
            )
            try LogError.wrap { () throws(FileSystemError) in
                try segment.remove()
                try snapshots.remove(segment.baseOffset)
            }
        }
        segments.removeSubrange(index...)
        hasChanged = true
    }

    /// A log that ends before its start holds nothing that may be read: it begins anew at its start.
    private mutating func removeIfBelowStart(
        _ segments: inout [LogSegment],
        _ recovered: Recovered?,
        _ epochs: inout LeaderEpochs,
        _ snapshots: inout ProducerSnapshotFiles
    ) throws(LogError) -> Recovered? {
        guard let last = segments.last, last.baseOffset < logStartCheckpoint else { return recovered }
        let end = try endOffset(of: last, recovered)
        guard end < logStartCheckpoint else { return recovered }
        try drop(
            &segments,
            from: 0,
            reason: "the log ends at \(end), before its start at \(logStartCheckpoint)",
            &snapshots
        )
        try LogError.wrap { () throws(FileSystemError) in try snapshots.removeAll { _ in true } }
        _ = epochs.truncate(fromEnd: .zero)
        return nil
    }

    // MARK: Producers

    private func replay(_ segments: [LogSegment], start: Offset) -> ProducerReplay {
        ProducerReplay(
            segments: segments,
            logStartOffset: start,
            now: now,
            expirationMs: configuration.producerIDExpirationMs,
            logger: site.logger
        )
    }

    private func loadProducers(
        _ segments: [LogSegment],
        _ recovered: Recovered?,
        start: Offset,
        end: Offset,
        _ snapshots: inout ProducerSnapshotFiles
    ) throws(LogError) -> ProducerStateTable {
        let bases = segments.map(\.baseOffset)
        if let recovered {
            var table = recovered.producers
            table.endOffset = end
            try LogError.wrap { () throws(FileSystemError) in
                try snapshots.removeAll { $0 > end }
                try snapshots.write(table)
                try snapshots.removeStray(segmentBaseOffsets: bases)
            }
            return table
        }
        try LogError.wrap { () throws(FileSystemError) in try snapshots.removeStray(segmentBaseOffsets: bases) }
        // After a clean stop a log without snapshots never had an idempotent producer: Kafka takes empty ones.
        guard snapshots.offsets.isEmpty, recovery == .clean else {
            return try replay(segments, start: start).rebuild(upTo: end, &snapshots)
        }
        try LogError.wrap { () throws(FileSystemError) in
            for offset in bases.suffix(2) + [end] { try snapshots.write(ProducerStateTable(endOffset: offset)) }
        }
        return ProducerStateTable(endOffset: end)
    }
}
