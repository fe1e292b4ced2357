import CommitLog
import Logging
import NIOCore
import Records

/// Flushes partitions whose oldest record that is not on the disk has been waiting for `flush.ms`. On the storage loop.
///
/// Partitions are looked over every second, or as often as `log.flush.scheduler.interval.ms` says where that is less; so
/// a flush may come that much late. Where neither the broker nor a topic sets `flush.ms` this costs a comparison for
/// each partition.
struct FlushSchedule {
    private static let longestInterval: Int64 = 1000

    /// When a partition was first seen with records that are not on the disk.
    private var dirtySince: [ObjectIdentifier: Timestamp] = [:]

    /// Begins to look; the answer ends it when it is cancelled.
    static func start(
        _ registry: PartitionRegistry,
        _ configuration: BrokerConfiguration,
        _ environment: BrokerEnvironment
    ) -> RepeatedTask {
        let asked = configuration.integer("log.flush.scheduler.interval.ms")
        let interval = TimeAmount.milliseconds(max(1, min(asked, longestInterval)))
        let loop = environment.storageLoop
        let schedule = NIOLoopBoundBox.makeBoxSendingValue(FlushSchedule(), eventLoop: loop)
        return loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            for partition in schedule.value.takeDue(registry.all, now: environment.now()) {
                do throws(PartitionError) {
                    try partition.flush()
                } catch { environment.logger.error("flushing \(partition.topicPartition): \(error)") }
            }
        }
    }

    /// Those that must be flushed now.
    mutating func takeDue(_ partitions: [Partition], now: Timestamp) -> [Partition] {
        var stillDirty: [ObjectIdentifier: Timestamp] = [:]
        let due = partitions.filter { partition in
            let limit = partition.log.configuration.flushMs
            guard limit != .max, partition.log.recoveryPoint < partition.logEndOffset else { return false }
            let since = dirtySince[ObjectIdentifier(partition)] ?? now
            if now.rawValue - since.rawValue >= limit { return true }
            stillDirty[ObjectIdentifier(partition)] = since
            return false
        }
        dirtySince = stillDirty
        return due
    }
}
