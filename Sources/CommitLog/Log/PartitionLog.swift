import Logging
import Records
import Synchronization

/// One partition's log on disk, in Kafka's format: a directory with segments, their indexes, the leader epochs, the
/// state of its producers, and the topic's id.
///
/// Threads: one owner writes. What is marked *owner* below must not run at the same time as another such call; the
/// caller sees to it. Everything else, above all ``read(from:maxBytes:upTo:minOneBatch:)`` and ``flush(recordsOnly:)``,
/// may run on any thread at any time: it sees a published view that the owner replaces after each change.
///
/// ```swift
/// let log = try PartitionLog.open(directory: "/data/orders-0", topicPartition: partition, topicID: id,
///     fileSystem: RealFileSystem(), configuration: LogConfiguration(), recovery: .clean, logger: logger, now: now)
/// let appended = try log.appendAsLeader(batches, leaderEpoch: 0, now: now)
/// log.updateHighWatermark(to: log.offsets.logEndOffset)
/// let read = try log.read(from: appended.baseOffset, maxBytes: 1 << 20, upTo: log.offsets.highWatermark)
/// ```
///
/// Invariant: `logStartOffset <= lastStableOffset <= highWatermark <= logEndOffset`; the published end of the active
/// segment lies behind the batch before the log end offset.
public final class PartitionLog: @unchecked Sendable {
    /// What readers see.
    struct View {
        /// Ascending by base offset, never empty; the last one is active.
        var segments: [LogSegment]
        /// Where the active segment's published batches end.
        var activeSize: Int
        var offsets: LogOffsets
        var leaderEpochs: LeaderEpochs
        var configuration: LogConfiguration
        /// Why nothing may be written any more.
        var failure: String?
        /// Directories with names that have changed since they were last synced.
        var unsyncedDirectories: [String]
        /// Below it all batches are on the disk; the indexes are so below the recovery point.
        var flushedOffset: Offset
    }

    public let topicPartition: TopicPartition
    public let topicID: TopicID
    let fileSystem: any FileSystem
    let logger: Logger
    let random: @Sendable () -> UInt64

    let view: Mutex<View>
    let producers: Mutex<ProducerStateTable>
    let snapshots: Mutex<ProducerSnapshotFiles>
    /// The leader epochs as they stand in the checkpoint file; held while flushing, so that flushes follow each other.
    let flushed: Mutex<LeaderEpochs>
    let directoryPath: Mutex<String>
    let retired = Mutex(RetiredSegments())

    // The owner's own.
    var isActivated: Bool
    var needsRepair = false
    var unflushedRecords: Int64 = 0

    init(_ loaded: LoadedLog, _ site: LogSite, configuration: LogConfiguration) {
        topicPartition = site.topicPartition
        topicID = loaded.topicID
        fileSystem = site.fileSystem
        logger = site.logger
        random = site.random
        isActivated = loaded.isActivated
        producers = Mutex(loaded.producers)
        snapshots = Mutex(loaded.snapshots)
        flushed = Mutex(loaded.storedEpochs)
        directoryPath = Mutex(site.directory)
        view = Mutex(
            View(
                segments: loaded.segments,
                activeSize: loaded.segments.last?.sizeInBytes ?? 0,
                offsets: LogOffsets(
                    logStartOffset: loaded.logStartOffset,
                    logEndOffset: loaded.logEndOffset,
                    highWatermark: loaded.logStartOffset,
                    lastStableOffset: loaded.logStartOffset,
                    recoveryPoint: loaded.recoveryPoint
                ),
                leaderEpochs: loaded.epochs,
                configuration: configuration,
                failure: nil,
                unsyncedDirectories: loaded.unsyncedDirectories,
                flushedOffset: loaded.recoveryPoint
            )
        )
    }

    // MARK: State, on any thread

    public var directory: String { directoryPath.withLock { $0 } }
    public var offsets: LogOffsets { view.withLock { $0.offsets } }
    public var logStartOffset: Offset { offsets.logStartOffset }
    public var logEndOffset: Offset { offsets.logEndOffset }
    public var highWatermark: Offset { offsets.highWatermark }
    public var lastStableOffset: Offset { offsets.lastStableOffset }
    public var recoveryPoint: Offset { offsets.recoveryPoint }
    public var configuration: LogConfiguration { view.withLock { $0.configuration } }
    public var leaderEpochs: LeaderEpochs { view.withLock { $0.leaderEpochs } }

    /// False after a failed sync, and after ``close()`` or ``delete(unique:)``: appends are refused, reads go on.
    public var isWritable: Bool { view.withLock { $0.failure == nil } }

    /// The bytes of all segments' batches.
    public var sizeInBytes: Int64 { view.withLock { $0.segments }.reduce(0) { $0 + Int64($1.sizeInBytes) } }

    public var segmentCount: Int { view.withLock { $0.segments.count } }

    /// What is known of idempotent producers, by id.
    public var producerStates: [ProducerID: ProducerState] { producers.withLock { $0.producers } }

    /// Whether the producer has an open transaction in this partition.
    public func hasOngoingTransaction(_ id: ProducerID) -> Bool {
        producers.withLock { $0.hasOngoingTransaction(id) }
    }

    /// Where the largest epoch up to `epoch` ends; nil where the log knows none that large. See KIP-101, KIP-320.
    public func end(of epoch: LeaderEpoch) -> (epoch: LeaderEpoch, endOffset: Offset)? {
        view.withLock { $0.leaderEpochs.end(of: epoch, logEndOffset: $0.offsets.logEndOffset) }
    }

    // MARK: Changes by the owner

    /// *Owner.* Takes effect with the next append.
    public func update(_ configuration: LogConfiguration) {
        view.withLock { $0.configuration = configuration }
    }

    /// *Owner.* Moves the high watermark, within the log's start and end. Returns where it now is.
    @discardableResult
    public func updateHighWatermark(to offset: Offset) -> Offset {
        let unstable = producers.withLock { table in
            table.highWatermarkMoved(to: offset)
            return table.firstUnstableOffset
        }
        return view.withLock { view in
            let bounded = min(max(offset, view.offsets.logStartOffset), view.offsets.logEndOffset)
            view.offsets.highWatermark = bounded
            view.updateLastStableOffset(firstUnstable: unstable)
            return bounded
        }
    }

    /// *Owner.* Notes that this broker leads with `epoch` from the log's end on; appends do so themselves.
    public func assign(_ epoch: LeaderEpoch) {
        view.withLock { view in
            _ = view.leaderEpochs.assign(epoch, startOffset: view.offsets.logEndOffset)
        }
    }

    /// *Owner.* Forgets producers that have been silent for `producer.id.expiration.ms`.
    public func expireProducers(now: Timestamp) {
        let expirationMs = configuration.producerIDExpirationMs
        producers.withLock { $0.expire(now: now, expirationMs: expirationMs) }
    }

    // MARK: Within the module

    func checkWritable() throws(LogError) {
        if let failure = view.withLock({ $0.failure }) { throw .notWritable(reason: failure) }
    }

    /// A sync failed: nobody knows what is on the disk, so nothing may be built on it.
    func fail(_ error: FileSystemError) {
        view.withLock { view in
            if view.failure == nil { view.failure = "\(error)" }
        }
        logger.error("log failed", metadata: ["partition": "\(topicPartition)", "error": "\(error)"])
    }
}

extension PartitionLog.View {
    mutating func updateLastStableOffset(firstUnstable: Offset?) {
        let unstable = firstUnstable.map { max($0, offsets.logStartOffset) } ?? offsets.highWatermark
        offsets.lastStableOffset = min(unstable, offsets.highWatermark)
    }

    /// A name in the log's directory has changed.
    mutating func directoryChanged(_ directory: String) {
        if !unsyncedDirectories.contains(directory) { unsyncedDirectories.append(directory) }
    }

    /// The segment that `offset` would lie in.
    func segmentIndex(for offset: Offset) -> Int? { segments.lastSegmentIndex(for: offset) }
}

extension [LogSegment] {
    /// The last segment that begins at `offset` or before.
    func lastSegmentIndex(for offset: Offset) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
