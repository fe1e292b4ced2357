import CommitLog
import Logging
import NIOCore
import Records

/// Removes segments that retention no longer wants and producers that have been silent for too long:
/// `log.initial.task.delay.ms` after the start and every `log.retention.check.interval.ms` from then on. Removes files of
/// removed segments once `file.delete.delay.ms` has passed. On the storage loop.
///
/// Compacted logs are looked over by the ``LogCleaner`` as well, more often.
enum Retention {
    private static let fileInterval = TimeAmount.seconds(1)

    static func start(
        _ registry: PartitionRegistry,
        _ configuration: BrokerConfiguration,
        _ environment: BrokerEnvironment
    ) -> [RepeatedTask] {
        let first = TimeAmount.milliseconds(configuration.integer("log.initial.task.delay.ms"))
        let interval = TimeAmount.milliseconds(configuration.integer("log.retention.check.interval.ms"))
        let loop = environment.storageLoop
        return [
            loop.scheduleRepeatedTask(initialDelay: first, delay: interval) { _ in
                for partition in registry.all {
                    partition.whileLeading { $0.expireProducers(now: environment.now()) }
                    removeOldSegments(of: partition, environment)
                }
            },
            loop.scheduleRepeatedTask(initialDelay: fileInterval, delay: fileInterval) { _ in
                for partition in registry.all where partition.log.hasRetiredFiles {
                    do throws(LogError) {
                        try partition.log.removeRetiredFiles(now: environment.now())
                    } catch { environment.logger.error("files of \(partition.topicPartition): \(error)") }
                }
            },
        ]
    }

    /// Removes what retention no longer wants of one log.
    static func removeOldSegments(of partition: Partition, _ environment: BrokerEnvironment) {
        let now = environment.now()
        do throws(LogError) {
            try partition.whileLeading { (log) throws(LogError) in
                if log.isWritable { try log.removeOldSegments(now: now) }
            }
        } catch { environment.logger.error("retention of \(partition.topicPartition): \(error)") }
    }
}
