import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records

/// Takes snapshots of the metadata, after `metadata.log.max.record.bytes.between.snapshots` or
/// `metadata.log.max.snapshot.interval.ms`, and removes old ones, with the part of the log that they stand for, beyond
/// `metadata.max.retention.bytes` and `metadata.max.retention.ms`.
///
/// Everything but the writing, which the storage loop does, happens on the control loop.
final class MetadataSnapshots: MetadataListener {
    private let configuration: BrokerConfiguration
    private let environment: BrokerEnvironment
    private let log: NIOLoopBound<MetadataLog>
    private let isBusy: NIOLoopBoundBox<Bool>

    /// On the control loop.
    init(_ configuration: BrokerConfiguration, _ environment: BrokerEnvironment, log: NIOLoopBound<MetadataLog>) {
        self.configuration = configuration
        self.environment = environment
        self.log = log
        isBusy = NIOLoopBoundBox(false, eventLoop: environment.controlLoop)
    }

    /// Begins to look at the clock; nil where time makes no snapshots.
    func start(_ image: @escaping @Sendable () -> MetadataImage) -> RepeatedTask? {
        let interval = configuration.integer("metadata.log.max.snapshot.interval.ms")
        guard interval > 0 else { return nil }
        let amount = TimeAmount.milliseconds(min(interval, 365 * 24 * 3600 * 1000))
        return environment.controlLoop.scheduleRepeatedTask(initialDelay: amount, delay: amount) { _ in
            if self.log.value.bytesSinceSnapshot > 0 { self.take(image()) }
        }
    }

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        let limit = configuration.integer("metadata.log.max.record.bytes.between.snapshots")
        if log.value.bytesSinceSnapshot >= limit { take(change.after) }
    }

    private func take(_ image: MetadataImage) {
        guard !isBusy.value else { return }
        isBusy.value = true
        let name = MetadataSnapshot.Name(endOffset: image.nextOffset, epoch: log.value.epoch)
        let (path, lastTimestamp) = ("\(log.value.directory)/\(name.fileName)", log.value.lastTimestamp)
        log.value.bytesSinceSnapshot = 0
        environment.storageLoop.execute { [self] in
            do {
                let contents = try MetadataSnapshot.encoded(
                    image.records(),
                    epoch: name.epoch,
                    lastTimestamp: lastTimestamp,
                    now: environment.now()
                )
                try environment.fileSystem.replace(path, with: contents)
                environment.logger.info("metadata snapshot \(path), \(contents.count) bytes")
            } catch { environment.logger.error("the metadata snapshot \(path) was not written: \(error)") }
            environment.controlLoop.execute { self.finish() }
        }
    }

    private func finish() {
        isBusy.value = false
        do {
            try log.value.removeOldSnapshots(
                maxBytes: configuration.integer("metadata.max.retention.bytes"),
                maxAgeMs: configuration.integer("metadata.max.retention.ms"),
                now: environment.now()
            )
        } catch { environment.logger.error("old metadata was not removed: \(error)") }
    }
}
