import Records

/// A topic's configuration as far as its logs need it, under Kafka's names and with Kafka's defaults.
public struct LogConfiguration: Sendable, Hashable {
    /// segment.bytes
    public var segmentBytes = 1 << 30
    /// segment.ms
    public var segmentMs: Int64 = 7 * 24 * 3600 * 1000
    /// segment.jitter.ms
    public var segmentJitterMs: Int64 = 0
    /// segment.index.bytes: an index that is this full begins another segment.
    public var segmentIndexBytes = 10 << 20
    /// index.interval.bytes: so many bytes of batches lie between index entries at least.
    public var indexIntervalBytes = 4096
    /// max.message.bytes: the largest batch that is accepted.
    public var maxMessageBytes = 1_048_588
    /// message.timestamp.type
    public var messageTimestampType = TimestampType.createTime
    /// message.timestamp.before.max.ms
    public var messageTimestampBeforeMaxMs = Int64.max
    /// message.timestamp.after.max.ms
    public var messageTimestampAfterMaxMs: Int64 = 3_600_000
    /// compression.type: nil is `producer`, batches stay as they came; `none` is Kafka's `uncompressed`.
    public var compression: Compression?
    /// compression.gzip.level and so on, of the codec in ``compression``; nil is the codec's default.
    public var compressionLevel: Int?
    /// cleanup.policy contains `delete`.
    public var isDeleted = true
    /// cleanup.policy contains `compact`: records must have keys.
    public var isCompacted = false
    /// retention.ms; -1 is for ever.
    public var retentionMs: Int64 = 7 * 24 * 3600 * 1000
    /// retention.bytes; -1 is without limit.
    public var retentionBytes: Int64 = -1
    /// min.cleanable.dirty.ratio
    public var minCleanableDirtyRatio = 0.5
    /// delete.retention.ms
    public var deleteRetentionMs: Int64 = 24 * 3600 * 1000
    /// min.compaction.lag.ms
    public var minCompactionLagMs: Int64 = 0
    /// max.compaction.lag.ms
    public var maxCompactionLagMs = Int64.max
    /// file.delete.delay.ms
    public var fileDeleteDelayMs: Int64 = 60_000
    /// preallocate
    public var isPreallocated = false
    /// flush.messages
    public var flushMessages = Int64.max
    /// flush.ms
    public var flushMs = Int64.max
    /// producer.id.expiration.ms, the broker's.
    public var producerIDExpirationMs: Int64 = 24 * 3600 * 1000
    /// transaction.partition.verification.enable, the broker's: a transaction's first batch needs a ``VerificationGuard``.
    public var verifiesTransactions = false

    public init() {}

    /// After this time a segment is complete: a compacted log must get at its records within max.compaction.lag.ms.
    var longestSegmentMs: Int64 {
        isCompacted && maxCompactionLagMs > 0 ? min(maxCompactionLagMs, segmentMs) : segmentMs
    }

    /// What a new segment's file gets at once.
    var preallocatedBytes: Int { isPreallocated ? segmentBytes : 0 }

    /// A segment's share of ``segmentJitterMs`` from a random number, so that not all segments roll at once.
    func jitterMs(_ random: UInt64) -> Int64 {
        let limit = min(segmentJitterMs, segmentMs)
        return limit > 0 ? Int64(random % UInt64(limit)) : 0
    }
}
