import CommitLog
import Logging
import NIOCore
import Records

/// Writes down, now and then and at the stop, how far each log was synced, where it starts, and how far it is
/// committed.
///
/// Runs on the storage loop. `recovery-point-offset-checkpoint` and `log-start-offset-checkpoint` every 60 s,
/// `replication-offset-checkpoint` every 5 s, as configured.
final class Checkpoints: Sendable {
    private let directories: LogDirectories
    private let registry: PartitionRegistry
    private let configuration: BrokerConfiguration
    private let environment: BrokerEnvironment

    init(
        directories: LogDirectories,
        registry: PartitionRegistry,
        configuration: BrokerConfiguration,
        environment: BrokerEnvironment
    ) {
        self.directories = directories
        self.registry = registry
        self.configuration = configuration
        self.environment = environment
    }

    /// Begins to write; the answer ends it when its tasks are cancelled.
    func start() -> [RepeatedTask] {
        [
            every("replica.high.watermark.checkpoint.interval.ms") { [self] in write(.highWatermark) },
            every("log.flush.offset.checkpoint.interval.ms") { [self] in write(.recoveryPoint) },
            every("log.flush.start.offset.checkpoint.interval.ms") { [self] in write(.logStartOffset) },
        ]
    }

    enum Kind: CaseIterable { case highWatermark, recoveryPoint, logStartOffset }

    /// Writes one file in each log directory, where anything changed or not.
    func write(_ kind: Kind) {
        var offsets: [String: [TopicPartition: Offset]] = [:]
        for directory in directories.all { offsets[directory.path] = [:] }
        for partition in registry.all {
            guard let offset = offset(of: partition, kind) else { continue }
            offsets[partition.parentDirectory]?[partition.topicPartition] = offset
        }
        for (path, offsets) in offsets {
            do throws(LogError) {
                try OffsetCheckpointFile(name(kind), in: path, fileSystem: environment.fileSystem).write(offsets)
            } catch {
                environment.logger.error("a checkpoint was not written: \(error)")
            }
        }
    }

    private func every(_ name: String, _ work: @escaping @Sendable () -> Void) -> RepeatedTask {
        let interval = TimeAmount.milliseconds(max(1, configuration.integer(name)))
        return environment.storageLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in work() }
    }

    private func name(_ kind: Kind) -> String {
        switch kind {
        case .highWatermark: OffsetCheckpointFile.highWatermarkName
        case .recoveryPoint: OffsetCheckpointFile.recoveryPointName
        case .logStartOffset: OffsetCheckpointFile.logStartOffsetName
        }
    }

    /// A log that starts at the base of its first segment needs no entry: only trimmed ones are written down.
    private func offset(of partition: Partition, _ kind: Kind) -> Offset? {
        switch kind {
        case .highWatermark: partition.highWatermark
        case .recoveryPoint: partition.log.recoveryPoint
        case .logStartOffset: partition.logStartOffset > .zero ? partition.logStartOffset : nil
        }
    }
}
