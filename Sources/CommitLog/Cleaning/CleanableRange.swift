import Records
import Synchronization

/// Which part of a log compaction may look at, and whether that is worth its while. Offsets are of one moment.
public struct CleanableRange: Sendable, Hashable {
    /// Up to here the log was compacted before.
    public var firstDirtyOffset: Offset
    /// From here on it must not be: the active segment, open transactions, records younger than min.compaction.lag.ms.
    public var firstUncleanableOffset: Offset
    /// Bytes of what was compacted before.
    public var cleanBytes: Int64
    /// Bytes of what was not, and may be.
    public var cleanableBytes: Int64
    /// A record has waited for longer than max.compaction.lag.ms.
    public var isOverdue: Bool
    /// The checkpoint that was given does not fit the log.
    public var contradictsCheckpoint: Bool

    /// The part of the log that is dirty; 0 for an empty one.
    public var dirtyRatio: Double {
        let total = cleanBytes + cleanableBytes
        return total > 0 ? Double(cleanableBytes) / Double(total) : 0
    }

    /// Whether compaction is due where min.cleanable.dirty.ratio is `ratio`.
    public func isDue(ratio: Double) -> Bool {
        cleanBytes + cleanableBytes > 0 && (isOverdue && cleanableBytes > 0 || dirtyRatio > ratio)
    }
}

extension PartitionLog {
    /// What compaction could do, given up to where it came the last time; nil where it never ran. On any thread.
    public func cleanableRange(checkpoint: Offset?, now: Timestamp) throws(LogError) -> CleanableRange {
        let view = view.withLock { $0 }
        let offsets = view.offsets
        let known = checkpoint ?? offsets.logStartOffset
        let isSound = known >= offsets.logStartOffset && known <= offsets.logEndOffset
        let dirty = isSound ? known : offsets.logStartOffset
        let complete = view.segments.dropLast()
        let activeBase = view.segments.last?.baseOffset ?? dirty

        var limit = min(offsets.lastStableOffset, activeBase)
        let lag = view.configuration.minCompactionLagMs
        let firstDirty = max(0, view.segmentIndex(for: dirty) ?? 0)
        if lag > 0 {
            for segment in complete.dropFirst(firstDirty) {
                let largest = try segment.largestTimestampOrModified()
                guard largest.rawValue > now.rawValue - lag else { continue }
                limit = min(limit, segment.baseOffset)
                break
            }
        }
        limit = max(limit, dirty)
        let last = view.segmentIndex(for: limit) ?? 0
        let end = last < complete.count ? complete[last].baseOffset : activeBase

        var range = CleanableRange(
            firstDirtyOffset: dirty,
            firstUncleanableOffset: end,
            cleanBytes: 0,
            cleanableBytes: 0,
            isOverdue: false,
            contradictsCheckpoint: checkpoint != nil && !isSound
        )
        // By whole segments: the one that the limit lies in is left alone.
        for segment in complete {
            let size = Int64(segment.sizeInBytes)
            if segment.baseOffset < dirty { range.cleanBytes += size }
        }
        for (index, segment) in complete.enumerated() where index >= firstDirty && segment.baseOffset < end {
            range.cleanableBytes += Int64(segment.sizeInBytes)
        }
        range.isOverdue = try isOverdue(complete.dropFirst(firstDirty), view.configuration, now: now)
        return range
    }

    private func isOverdue(
        _ dirty: ArraySlice<LogSegment>,
        _ configuration: LogConfiguration,
        now: Timestamp
    ) throws(LogError) -> Bool {
        let (latest, overflow) = now.rawValue.subtractingReportingOverflow(configuration.maxCompactionLagMs)
        guard configuration.maxCompactionLagMs != .max, !overflow else { return false }
        for segment in dirty where segment.sizeInBytes > 0 {
            let first = try segment.firstTimestamp()
            if first > Timestamp(0), first.rawValue < latest { return true }
        }
        return false
    }
}
