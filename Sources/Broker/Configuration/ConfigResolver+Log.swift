import CommitLog
import Records

extension ConfigResolver {
    /// What a log of a topic with `overrides` needs to know.
    func logConfiguration(overrides: [String: String]) -> LogConfiguration {
        func text(_ name: String) -> String? {
            TopicConfigTable.byName[name].flatMap { topicValue($0, overrides: overrides) }
        }
        func integer(_ name: String, _ otherwise: Int64) -> Int64 { text(name).flatMap { Int64($0) } ?? otherwise }
        var log = LogConfiguration()
        log.segmentBytes = Int(integer("segment.bytes", 1 << 30))
        log.segmentMs = integer("segment.ms", log.segmentMs)
        log.segmentJitterMs = integer("segment.jitter.ms", 0)
        log.segmentIndexBytes = Int(integer("segment.index.bytes", 10 << 20))
        log.indexIntervalBytes = Int(integer("index.interval.bytes", 4096))
        log.maxMessageBytes = Int(integer("max.message.bytes", 1_048_588))
        log.messageTimestampType = text("message.timestamp.type") == "LogAppendTime" ? .logAppendTime : .createTime
        log.messageTimestampBeforeMaxMs = integer("message.timestamp.before.max.ms", .max)
        log.messageTimestampAfterMaxMs = integer("message.timestamp.after.max.ms", 3_600_000)
        let policies = (text("cleanup.policy") ?? "delete").split(separator: ",")
        log.isDeleted = policies.contains("delete")
        log.isCompacted = policies.contains("compact")
        log.retentionMs = integer("retention.ms", log.retentionMs)
        log.retentionBytes = integer("retention.bytes", -1)
        log.minCleanableDirtyRatio = text("min.cleanable.dirty.ratio").flatMap { Double($0) } ?? 0.5
        log.deleteRetentionMs = integer("delete.retention.ms", log.deleteRetentionMs)
        log.minCompactionLagMs = integer("min.compaction.lag.ms", 0)
        log.maxCompactionLagMs = integer("max.compaction.lag.ms", .max)
        log.fileDeleteDelayMs = integer("file.delete.delay.ms", log.fileDeleteDelayMs)
        log.isPreallocated = text("preallocate") == "true"
        log.flushMessages = integer("flush.messages", .max)
        log.flushMs = integer("flush.ms", .max)
        log.producerIDExpirationMs = brokerInteger("producer.id.expiration.ms")
        log.verifiesTransactions = verifiesTransactions
        (log.compression, log.compressionLevel) = compression(text)
        return log
    }

    /// Whether a transaction's first batch for a partition is checked with the transaction coordinator.
    var verifiesTransactions: Bool { brokerValue("transaction.partition.verification.enable") != "false" }

    /// `producer` is nil: batches stay as they came.
    private func compression(_ text: (String) -> String?) -> (Compression?, Int?) {
        func level(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
        return switch text("compression.type") {
        case "uncompressed": (Compression.none, nil)
        case "gzip": (.gzip, level("compression.gzip.level"))
        case "snappy": (.snappy, nil)
        case "lz4": (.lz4, level("compression.lz4.level"))
        case "zstd": (.zstd, level("compression.zstd.level"))
        default: (nil, nil)
        }
    }
}
