extension BrokerConfigTable {
    /// Configs of where and how records are kept; many are defaults of a topic's config.
    static let log: [ConfigDefinition] = [
        .init("log.dir", .string, "/tmp/kafka-logs", .high, doc: "The folder of the data where log.dirs is not set."),
        .init("log.dirs", .string, nil, .high, doc: "The folders of the data, several by comma."),
        .init(
            "log.segment.bytes",
            .int,
            "1073741824",
            .high,
            .atLeast(14),
            update: .clusterWide,
            doc: "A segment file that has reached this size is closed and a new one begun."
        ),
        .init(
            "log.roll.ms",
            .long,
            nil,
            .high,
            update: .clusterWide,
            doc: "A segment is closed after this time even if it is small; log.roll.hours where not set."
        ),
        .init("log.roll.hours", .int, "168", .high, .atLeast(1), doc: "The same as log.roll.ms in hours."),
        .init(
            "log.roll.jitter.ms",
            .long,
            nil,
            .high,
            update: .clusterWide,
            doc: "The most that is taken at random from log.roll.ms, so that segments do not roll all at once."
        ),
        .init("log.roll.jitter.hours", .int, "0", .high, .atLeast(0), doc: "The same as log.roll.jitter.ms in hours."),
        .init(
            "log.retention.ms",
            .long,
            nil,
            .high,
            update: .clusterWide,
            doc: "Segments whose newest record is older are deleted; -1 keeps them for ever."
        ),
        .init("log.retention.minutes", .int, nil, .high, doc: "The same as log.retention.ms in minutes."),
        .init("log.retention.hours", .int, "168", .high, doc: "The same as log.retention.ms in hours."),
        .init(
            "log.retention.bytes",
            .long,
            "-1",
            .high,
            update: .clusterWide,
            doc: "The oldest segments are deleted while a partition is larger; -1 means no limit."
        ),
        .init(
            "log.retention.check.interval.ms",
            .long,
            "300000",
            .medium,
            .atLeast(1),
            doc: "How often it is checked what may be deleted."
        ),
        .init(
            "log.cleanup.policy",
            .list,
            "delete",
            .medium,
            .oneOf(["compact", "delete"]),
            update: .clusterWide,
            doc: "What happens to old segments: delete, compact, or both."
        ),
        .init(
            "log.index.size.max.bytes",
            .int,
            "10485760",
            .medium,
            .atLeast(4),
            update: .clusterWide,
            doc: "The most that an offset index may take."
        ),
        .init(
            "log.index.interval.bytes",
            .int,
            "4096",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "Bytes of the log between two entries of its index."
        ),
        .init(
            "log.flush.interval.messages",
            .long,
            "9223372036854775807",
            .high,
            .atLeast(1),
            update: .clusterWide,
            doc: "Records after which a partition is forced to the disk."
        ),
        .init(
            "log.flush.interval.ms",
            .long,
            nil,
            .high,
            update: .clusterWide,
            doc: "Time after which a partition is forced to the disk; log.flush.scheduler.interval.ms where not set."
        ),
        .init(
            "log.flush.scheduler.interval.ms",
            .long,
            "9223372036854775807",
            .high,
            doc: "How often it is checked whether a partition must be forced to the disk."
        ),
        .init(
            "log.flush.offset.checkpoint.interval.ms",
            .int,
            "60000",
            .high,
            .atLeast(0),
            doc: "How often the points from which recovery would start are written down."
        ),
        .init(
            "log.flush.start.offset.checkpoint.interval.ms",
            .int,
            "60000",
            .high,
            .atLeast(0),
            doc: "How often the first offsets of trimmed partitions are written down."
        ),
        .init(
            "replica.high.watermark.checkpoint.interval.ms",
            .long,
            "5000",
            .high,
            doc: "How often high watermarks are written down."
        ),
        .init(
            "log.segment.delete.delay.ms",
            .long,
            "60000",
            .high,
            .atLeast(0),
            update: .clusterWide,
            doc: "How long files of deleted segments and topics stay on the disk."
        ),
        .init(
            "log.preallocate",
            .boolean,
            "false",
            .medium,
            update: .clusterWide,
            doc: "Whether a segment's file gets its full size at once."
        ),
        .init(
            "log.message.timestamp.type",
            .string,
            "CreateTime",
            .medium,
            .oneOf(["CreateTime", "LogAppendTime"]),
            update: .clusterWide,
            doc: "Whether a record bears its producer's time or the time of its append."
        ),
        .init(
            "log.message.timestamp.before.max.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How far before the broker's clock a record's timestamp may lie."
        ),
        .init(
            "log.message.timestamp.after.max.ms",
            .long,
            "3600000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How far after the broker's clock a record's timestamp may lie."
        ),
        .init(
            "log.dir.failure.timeout.ms",
            .long,
            "30000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long a broker that lost a log directory waits for the controller before it stops."
        ),
        .init(
            "min.insync.replicas",
            .int,
            "1",
            .high,
            .atLeast(1),
            update: .clusterWide,
            doc: "How many replicas must have a record that is produced with acks=all."
        ),
        .init(
            "unclean.leader.election.enable",
            .boolean,
            "false",
            .high,
            update: .clusterWide,
            isHonoured: false,
            doc: "Whether a replica that was out of sync may lead when no other is left, and lose records."
        ),
        .init(
            "compression.type",
            .string,
            "producer",
            .high,
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
            update: .clusterWide,
            doc: "How batches are compressed on disk; producer keeps what came."
        ),
        .init(
            "compression.gzip.level",
            .int,
            "-1",
            .medium,
            .gzipLevel,
            update: .clusterWide,
            doc: "The level where compression.type is gzip: 1 to 9, or -1."
        ),
        .init(
            "compression.lz4.level",
            .int,
            "9",
            .medium,
            .between(1, 17),
            update: .clusterWide,
            doc: "The level where compression.type is lz4: 1 to 17."
        ),
        .init(
            "compression.zstd.level",
            .int,
            "3",
            .medium,
            .between(-131072, 22),
            update: .clusterWide,
            doc: "The level where compression.type is zstd: -131072 to 22."
        ),
        .init(
            "log.cleaner.enable",
            .boolean,
            "true",
            .medium,
            doc: "Whether compacted topics are compacted."
        ),
        .init(
            "log.cleaner.threads",
            .int,
            "1",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that compact. Here one thread does, in small steps."
        ),
        .init(
            "log.cleaner.io.max.bytes.per.second",
            .double,
            "1.7976931348623157E308",
            .medium,
            update: .clusterWide,
            doc: "The most bytes that compaction reads and writes in a second."
        ),
        .init(
            "log.cleaner.dedupe.buffer.size",
            .long,
            "134217728",
            .medium,
            update: .clusterWide,
            doc: "Memory for the keys of a compaction."
        ),
        .init(
            "log.cleaner.io.buffer.size",
            .int,
            "524288",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "Memory for reading and writing of a compaction."
        ),
        .init(
            "log.cleaner.io.buffer.load.factor",
            .double,
            "0.9",
            .medium,
            update: .clusterWide,
            doc: "How full the memory for keys may become."
        ),
        .init(
            "log.cleaner.backoff.ms",
            .long,
            "15000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "The pause when there is nothing to compact."
        ),
        .init(
            "log.cleaner.min.cleanable.ratio",
            .double,
            "0.5",
            .medium,
            .between(0, 1),
            update: .clusterWide,
            doc: "The part of a compacted log that must be dirty before it is compacted."
        ),
        .init(
            "log.cleaner.delete.retention.ms",
            .long,
            "86400000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How long the tombstones of a compacted topic are kept."
        ),
        .init(
            "log.cleaner.min.compaction.lag.ms",
            .long,
            "0",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How long a record is safe from compaction."
        ),
        .init(
            "log.cleaner.max.compaction.lag.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            doc: "The longest that a record may escape compaction."
        ),
        .init(
            "log.local.retention.ms",
            .long,
            "-2",
            .medium,
            .atLeast(-2),
            update: .clusterWide,
            isHonoured: false,
            doc: "How long tiered data stays on the local disk; -2 as long as retention says."
        ),
        .init(
            "log.local.retention.bytes",
            .long,
            "-2",
            .medium,
            .atLeast(-2),
            update: .clusterWide,
            isHonoured: false,
            doc: "How much tiered data stays on the local disk; -2 as much as retention says."
        ),
        .init(
            "cordoned.log.dirs",
            .list,
            "",
            .medium,
            update: .clusterWide,
            isHonoured: false,
            doc: "Log directories that take no new partitions."
        ),
        .init(
            "log.initial.task.delay.ms",
            .long,
            "30000",
            .low,
            .atLeast(0),
            doc: "How long after the start the first look for segments that retention no longer wants is taken."
        ),
    ]
}
