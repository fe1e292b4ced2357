import CommitLog
import Logging
import NIOCore
import Records

/// Removes, every `log.retention.check.interval.ms`, segments that retention no longer wants and producers that have
/// been silent for too long. On the control loop.
enum Retention {
    static func start(
        _ registry: PartitionRegistry,
        _ configuration: BrokerConfiguration,
        _ environment: BrokerEnvironment
    ) -> RepeatedTask {
        let interval = TimeAmount.milliseconds(configuration.integer("log.retention.check.interval.ms"))
        return environment.controlLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            for partition in registry.all { check(partition, environment) }
        }
    }

    private static func check(_ partition: Partition, _ environment: BrokerEnvironment) {
        let now = environment.now()
        do throws(LogError) {
            try partition.withWriterExcluded { (log) throws(LogError) in
                log.expireProducers(now: now)
                try log.removeOldSegments(now: now)
            }
        } catch { environment.logger.error("retention of \(partition.topicPartition): \(error)") }
    }
}
