import Logging
import Records
import Synchronization

/// Taking away: from the start by retention and DeleteRecords, from the end by truncation. All of it *owner*.
extension PartitionLog {
    /// Moves the log's start up to `offset`: what lies below is no longer read. Segments that lie below as a whole are removed
    /// by ``removeOldSegments(now:)``. Returns whether the start moved.
    ///
    /// Errors: ``LogError/offsetOutOfRange(requested:logStartOffset:logEndOffset:)`` where it exceeds the high watermark.
    @discardableResult
    public func advanceLogStartOffset(to offset: Offset) throws(LogError) -> Bool {
        let offsets = offsets
        guard offset <= offsets.highWatermark else {
            throw .offsetOutOfRange(
                requested: offset,
                logStartOffset: offsets.logStartOffset,
                logEndOffset: offsets.highWatermark
            )
        }
        guard offset > offsets.logStartOffset else { return false }
        snapshots.withLock { $0.logStartMoved(to: offset) }
        let unstable = producers.withLock { table in
            table.logStartMoved(to: offset)
            return table.firstUnstableOffset
        }
        view.withLock { view in
            view.offsets.logStartOffset = offset
            view.offsets.recoveryPoint = max(view.offsets.recoveryPoint, offset)
            _ = view.leaderEpochs.truncate(fromStart: offset)
            view.updateLastStableOffset(firstUnstable: unstable)
        }
        return true
    }

    /// Removes the oldest segments that lie below the log's start, that are older than `retention.ms`, or that are too
    /// many for `retention.bytes`; never what reaches above the high watermark. Returns how many.
    @discardableResult
    public func removeOldSegments(now: Timestamp) throws(LogError) -> Int {
        try checkWritable()
        let view = view.withLock { $0 }
        var excess =
            view.configuration.isDeleted && view.configuration.retentionBytes >= 0
            ? sizeInBytes - view.configuration.retentionBytes : -1
        var count = 0
        while count < view.segments.count {
            let segment = view.segments[count]
            let isLast = count == view.segments.count - 1
            let end = isLast ? view.offsets.logEndOffset : view.segments[count + 1].baseOffset
            let size = Int64(segment.sizeInBytes)
            guard end <= view.offsets.highWatermark, !(isLast && size == 0) else { break }
            let isBelowStart = !isLast && end <= view.offsets.logStartOffset
            let isOverSize = excess >= size && size > 0
            if !isBelowStart, !isOverSize {
                guard try isExpired(segment, now: now, view.configuration) else { break }
            }
            excess -= size
            count += 1
        }
        guard count > 0 else { return 0 }
        if count == view.segments.count { try roll(at: view.offsets.logEndOffset, now: now, view.configuration) }
        try removeFirstSegments(count, now: now)
        return count
    }

    private func isExpired(
        _ segment: LogSegment,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) -> Bool {
        guard configuration.isDeleted, configuration.retentionMs >= 0 else { return false }
        let largest = try segment.largestTimestampOrModified()
        let (age, overflow) = now.rawValue.subtractingReportingOverflow(largest.rawValue)
        return !overflow && age > configuration.retentionMs
    }

    private func removeFirstSegments(_ count: Int, now: Timestamp) throws(LogError) {
        let start = view.withLock { $0.segments[count].baseOffset }
        if start > logStartOffset { try advanceLogStartOffset(to: start) }
        let removed = view.withLock { view in
            let removed = Array(view.segments[..<count])
            view.segments.removeFirst(count)
            view.directoryChanged(directory)
            return removed
        }
        // Oldest first, so that a crash leaves no hole.
        for segment in removed {
            try retire(segment, now: now)
            logger.info(
                "segment removed",
                metadata: [
                    "partition": "\(topicPartition)", "base offset": "\(segment.baseOffset)", "log start": "\(start)",
                ]
            )
        }
    }

    /// Removes what lies at `target` or above, as a follower does whose leader never had it; a batch that reaches above
    /// goes as a whole. Returns whether anything went.
    @discardableResult
    public func truncate(to target: Offset, now: Timestamp) throws(LogError) -> Bool {
        try checkWritable()
        let current = view.withLock { $0 }
        guard target < current.offsets.logEndOffset else {
            view.withLock { _ = $0.leaderEpochs.truncate(fromEnd: $0.offsets.logEndOffset) }
            return false
        }
        guard let index = current.segmentIndex(for: target) else {
            try truncateFully(startAt: max(target, .zero), now: now)
            return true
        }
        let kept = Array(current.segments[...index])
        let active = kept[index]
        let first = try active.locate(target, end: active.sizeInBytes)
        let offset = min(target, first?.header.baseOffset ?? target)
        // Readers first lose sight of it, then it goes.
        publishTruncation(kept, at: offset, size: first?.position)
        for segment in current.segments[(index + 1)...].reversed() {
            try LogError.wrap { () throws(FileSystemError) in try segment.remove() }
        }
        try LogError.wrap { () throws(FileSystemError) in try active.activate(isNew: false) }
        isActivated = true
        let removed = try active.truncate(to: offset, now: now)
        logger.info(
            "log truncated",
            metadata: [
                "partition": "\(topicPartition)", "offset": "\(offset)", "bytes": "\(removed)",
                "file": "\(active.path)",
            ]
        )
        try rebuildProducers(upTo: offset, now: now)
        return true
    }

    /// Removes everything and begins anew at `offset`.
    public func truncateFully(startAt offset: Offset, now: Timestamp) throws(LogError) {
        try checkWritable()
        let current = view.withLock { $0 }
        let segment = LogSegment(
            baseOffset: offset,
            directory: directory,
            fileSystem: fileSystem,
            sizeInBytes: 0,
            now: now,
            rollJitterMs: current.configuration.jitterMs(random())
        )
        for old in current.segments.reversed() {
            try LogError.wrap { () throws(FileSystemError) in try old.remove() }
        }
        try LogError.wrap { () throws(FileSystemError) in
            try segment.activate(isNew: true)
            try snapshots.withLock { (files) throws(FileSystemError) in
                try files.removeAll { _ in true }
                files.restart(at: .zero)
            }
        }
        isActivated = true
        producers.withLock { $0 = ProducerStateTable(endOffset: offset) }
        view.withLock { view in
            view.segments = [segment]
            view.activeSize = 0
            view.offsets = LogOffsets(
                logStartOffset: offset,
                logEndOffset: offset,
                highWatermark: offset,
                lastStableOffset: offset,
                recoveryPoint: offset
            )
            _ = view.leaderEpochs.truncate(fromEnd: .zero)
            view.directoryChanged(directory)
        }
    }

    private func publishTruncation(_ kept: [LogSegment], at offset: Offset, size: Int?) {
        view.withLock { view in
            view.segments = kept
            view.activeSize = size ?? kept.last?.sizeInBytes ?? 0
            view.offsets.logEndOffset = offset
            view.offsets.logStartOffset = min(view.offsets.logStartOffset, offset)
            view.offsets.highWatermark = min(view.offsets.highWatermark, offset)
            view.offsets.lastStableOffset = min(view.offsets.lastStableOffset, offset)
            view.offsets.recoveryPoint = min(view.offsets.recoveryPoint, offset)
            view.flushedOffset = min(view.flushedOffset, offset)
            _ = view.leaderEpochs.truncate(fromEnd: offset)
            view.directoryChanged(directory)
        }
    }

    private func rebuildProducers(upTo offset: Offset, now: Timestamp) throws(LogError) {
        let current = view.withLock { $0 }
        let replay = ProducerReplay(
            segments: current.segments,
            logStartOffset: current.offsets.logStartOffset,
            now: now,
            expirationMs: current.configuration.producerIDExpirationMs,
            logger: logger
        )
        var files = snapshots.withLock { $0 }
        let table = try replay.rebuild(upTo: offset, &files)
        let unstable = table.firstUnstableOffset
        let rebuilt = files
        snapshots.withLock { $0 = rebuilt }
        producers.withLock { $0 = table }
        view.withLock { $0.updateLastStableOffset(firstUnstable: unstable) }
    }
}
