/// Every config of a topic, in alphabetical order: the one place that names, types and judges them.
///
/// A topic that does not set a config takes the broker's value of its synonym.
enum TopicConfigTable {
    /// Note: Apache Kafka 4 wants segment.bytes to be 1 MiB or more; smaller ones, which older folders hold, are taken.
    static let definitions: [ConfigDefinition] = [
        .init(
            "cleanup.policy",
            .list,
            "delete",
            .medium,
            .oneOf(["compact", "delete"]),
            synonym: "log.cleanup.policy",
            doc: "What happens to old segments: delete, compact, or both."
        ),
        .init(
            "compression.type",
            .string,
            "producer",
            .medium,
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
            synonym: "compression.type",
            doc: "How batches are compressed on disk; producer keeps what came."
        ),
        .init(
            "compression.gzip.level",
            .int,
            "-1",
            .medium,
            .gzipLevel,
            synonym: "compression.gzip.level",
            doc: "The level where compression.type is gzip: 1 to 9, or -1."
        ),
        .init(
            "compression.lz4.level",
            .int,
            "9",
            .medium,
            .between(1, 17),
            synonym: "compression.lz4.level",
            doc: "The level where compression.type is lz4: 1 to 17."
        ),
        .init(
            "compression.zstd.level",
            .int,
            "3",
            .medium,
            .between(-131072, 22),
            synonym: "compression.zstd.level",
            doc: "The level where compression.type is zstd: -131072 to 22."
        ),
        .init(
            "delete.retention.ms",
            .long,
            "86400000",
            .medium,
            .atLeast(0),
            synonym: "log.cleaner.delete.retention.ms",
            doc: "How long the tombstones of a compacted topic are kept."
        ),
        .init(
            "file.delete.delay.ms",
            .long,
            "60000",
            .medium,
            .atLeast(0),
            synonym: "log.segment.delete.delay.ms",
            doc: "How long files of deleted segments stay on the disk."
        ),
        .init(
            "flush.messages",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(1),
            synonym: "log.flush.interval.messages",
            doc: "Records after which the log is forced to the disk; 1 makes every acknowledgement mean on disk."
        ),
        .init(
            "flush.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            synonym: "log.flush.interval.ms",
            doc: "Time after which the log is forced to the disk."
        ),
        .init(
            "follower.replication.throttled.replicas",
            .list,
            "",
            .medium,
            .throttledReplicas,
            isHonoured: false,
            doc: "Replicas whose fetches are throttled: partition:broker, or * for all."
        ),
        .init(
            "index.interval.bytes",
            .int,
            "4096",
            .medium,
            .atLeast(0),
            synonym: "log.index.interval.bytes",
            doc: "Bytes of the log between two entries of its index."
        ),
        .init(
            "leader.replication.throttled.replicas",
            .list,
            "",
            .medium,
            .throttledReplicas,
            isHonoured: false,
            doc: "Replicas that are sent to slowly: partition:broker, or * for all."
        ),
        .init(
            "local.retention.bytes",
            .long,
            "-2",
            .medium,
            .atLeast(-2),
            synonym: "log.local.retention.bytes",
            isHonoured: false,
            doc: "How much tiered data stays on the local disk."
        ),
        .init(
            "local.retention.ms",
            .long,
            "-2",
            .medium,
            .atLeast(-2),
            synonym: "log.local.retention.ms",
            isHonoured: false,
            doc: "How long tiered data stays on the local disk."
        ),
        .init(
            "max.compaction.lag.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(1),
            synonym: "log.cleaner.max.compaction.lag.ms",
            doc: "The longest that a record may escape compaction."
        ),
        .init(
            "max.message.bytes",
            .int,
            "1048588",
            .medium,
            .atLeast(0),
            synonym: "message.max.bytes",
            doc: "The largest batch of records that the topic takes."
        ),
        .init(
            "message.timestamp.after.max.ms",
            .long,
            "3600000",
            .medium,
            .atLeast(0),
            synonym: "log.message.timestamp.after.max.ms",
            doc: "How far after the broker's clock a record's timestamp may lie."
        ),
        .init(
            "message.timestamp.before.max.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            synonym: "log.message.timestamp.before.max.ms",
            doc: "How far before the broker's clock a record's timestamp may lie."
        ),
        .init(
            "message.timestamp.type",
            .string,
            "CreateTime",
            .medium,
            .oneOf(["CreateTime", "LogAppendTime"]),
            synonym: "log.message.timestamp.type",
            doc: "Whether a record bears its producer's time or the time of its append."
        ),
        .init(
            "min.cleanable.dirty.ratio",
            .double,
            "0.5",
            .medium,
            .between(0, 1),
            synonym: "log.cleaner.min.cleanable.ratio",
            doc: "The part of a compacted log that must be dirty before it is compacted."
        ),
        .init(
            "min.compaction.lag.ms",
            .long,
            "0",
            .medium,
            .atLeast(0),
            synonym: "log.cleaner.min.compaction.lag.ms",
            doc: "How long a record is safe from compaction."
        ),
        .init(
            "min.insync.replicas",
            .int,
            "1",
            .medium,
            .atLeast(1),
            synonym: "min.insync.replicas",
            doc: "How many replicas must have a record that is produced with acks=all; never more than there are."
        ),
        .init(
            "preallocate",
            .boolean,
            "false",
            .medium,
            synonym: "log.preallocate",
            doc: "Whether a segment's file gets its full size at once."
        ),
        .init(
            "remote.log.copy.disable",
            .boolean,
            "false",
            .medium,
            isHonoured: false,
            doc: "Whether tiered data becomes read-only."
        ),
        .init(
            "remote.log.delete.on.disable",
            .boolean,
            "false",
            .medium,
            isHonoured: false,
            doc: "Whether tiered data is deleted when tiering is switched off."
        ),
        .init("remote.storage.enable", .boolean, "false", .medium, doc: "Whether old segments go to remote storage."),
        .init(
            "retention.bytes",
            .long,
            "-1",
            .medium,
            synonym: "log.retention.bytes",
            doc: "The oldest segments are deleted while a partition is larger; -1 means no limit."
        ),
        .init(
            "retention.ms",
            .long,
            "604800000",
            .medium,
            .atLeast(-1),
            synonym: "log.retention.ms",
            doc: "Segments whose newest record is older are deleted; -1 keeps them for ever."
        ),
        .init(
            "segment.bytes",
            .int,
            "1073741824",
            .medium,
            .atLeast(14),
            synonym: "log.segment.bytes",
            doc: "A segment file that has reached this size is closed and a new one begun."
        ),
        .init(
            "segment.index.bytes",
            .int,
            "10485760",
            .medium,
            .atLeast(4),
            synonym: "log.index.size.max.bytes",
            doc: "The most that an offset index may take."
        ),
        .init(
            "segment.jitter.ms",
            .long,
            "0",
            .medium,
            .atLeast(0),
            synonym: "log.roll.jitter.ms",
            doc: "The most that is taken at random from segment.ms."
        ),
        .init(
            "segment.ms",
            .long,
            "604800000",
            .medium,
            .atLeast(1),
            synonym: "log.roll.ms",
            doc: "A segment is closed after this time even if it is small."
        ),
        .init(
            "unclean.leader.election.enable",
            .boolean,
            "false",
            .medium,
            synonym: "unclean.leader.election.enable",
            isHonoured: false,
            doc: "Whether a replica that was out of sync may lead when no other is left, and lose records."
        ),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })
}
