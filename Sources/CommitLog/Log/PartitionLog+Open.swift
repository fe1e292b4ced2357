import Logging
import Records

extension PartitionLog {
    /// Opens the log in `directory`, which is made where it is missing.
    ///
    /// - `topicID` is written into a directory that has none; `.none` takes what is there.
    /// - `recovery` says whether the log was closed. If not, everything from the segment of the recovery point on is read,
    ///   cut at the first byte that is no whole sound batch, and its indexes are built anew; the log says what it cut.
    /// - `logStartOffset` and `highWatermark` are those of the checkpoints.
    /// - `compactedBelow` is that of the cleaner's checkpoint: below it a gap between segments is no damage.
    /// - `random` spreads the times at which segments roll (segment.jitter.ms).
    ///
    /// Errors: ``LogError/storage(_:)``, ``LogError/corruptFile(path:reason:)``, and
    /// ``LogError/inconsistentTopicID(path:expected:found:)`` where the directory belongs to another topic.
    public static func open(
        directory: String,
        topicPartition: TopicPartition,
        topicID: TopicID = .none,
        fileSystem: any FileSystem,
        configuration: LogConfiguration = LogConfiguration(),
        recovery: LogRecovery,
        logStartOffset: Offset = .zero,
        highWatermark: Offset = .zero,
        compactedBelow: Offset = .zero,
        logger: Logger,
        now: Timestamp,
        random: @escaping @Sendable () -> UInt64 = { 0 }
    ) throws(LogError) -> PartitionLog {
        let site = LogSite(
            directory: directory,
            topicPartition: topicPartition,
            fileSystem: fileSystem,
            logger: logger,
            random: random
        )
        var loader = LogLoader(
            site,
            configuration,
            recovery,
            logStartOffset: logStartOffset,
            compactedBelow: compactedBelow,
            now: now
        )
        let log = PartitionLog(try loader.load(topicID: topicID), site, configuration: configuration)
        log.updateHighWatermark(to: highWatermark)
        return log
    }
}
