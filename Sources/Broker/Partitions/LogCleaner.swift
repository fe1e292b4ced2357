import CommitLog
import Logging
import NIOCore
import Records

/// Compacts the logs of compacted topics, one after the other, the dirtiest first.
///
/// Runs on the storage loop in small steps, so that the other chores there get their turn between them. After each
/// compaction `cleaner-offset-checkpoint` says how far it came. A log that cannot be compacted because of what is in it
/// is left alone until the broker starts again; why stands in the log.
///
/// The configs `log.cleaner.*` are read before each compaction, so changes take effect with the next.
final class LogCleaner: Sendable {
    private struct State {
        var checkpoints: CleanerCheckpoints
        var current: Running?
        var uncleanable: Set<ObjectIdentifier> = []
        var isStopped = false
    }

    /// A compaction in progress.
    private struct Running {
        let partition: Partition
        let cleaning: LogCleaning
        let bytesPerSecond: Double
        let begun: NIODeadline
    }

    /// Read in one step.
    private static let bytesPerStep = 1 << 20
    private static let longestFirstDelay: Int64 = 1000

    private let registry: PartitionRegistry
    private let metadata: MetadataController
    private let environment: BrokerEnvironment
    private let state: NIOLoopBoundBox<State>

    private var loop: any EventLoop { environment.storageLoop }

    init(
        _ checkpoints: CleanerCheckpoints,
        registry: PartitionRegistry,
        metadata: MetadataController,
        environment: BrokerEnvironment
    ) {
        self.registry = registry
        self.metadata = metadata
        self.environment = environment
        let state = State(checkpoints: checkpoints)
        self.state = NIOLoopBoundBox.makeBoxSendingValue(state, eventLoop: environment.storageLoop)
    }

    /// Begins to look for work, every `log.cleaner.backoff.ms`.
    func start() {
        guard metadata.configuration.boolean("log.cleaner.enable") else { return }
        let delay = min(LogCleaner.longestFirstDelay, metadata.resolver.brokerInteger("log.cleaner.backoff.ms"))
        loop.scheduleTask(in: .milliseconds(delay)) { self.look() }
    }

    /// Ends the compaction in progress. On the storage loop.
    func stop() {
        state.value.isStopped = true
        if let running = state.value.current { abandon(running) }
    }

    // MARK: On the storage loop

    private func look() {
        guard !state.value.isStopped else { return }
        let compacted = registry.all.filter { $0.log.configuration.isCompacted }
        state.value.uncleanable.formIntersection(compacted.map { ObjectIdentifier($0) })
        for partition in compacted { Retention.removeOldSegments(of: partition, environment) }
        guard let (partition, range) = dirtiest(compacted), begin(partition, range) else {
            let backoff = max(1, metadata.resolver.brokerInteger("log.cleaner.backoff.ms"))
            loop.scheduleTask(in: .milliseconds(backoff)) { self.look() }
            return
        }
        loop.execute { self.step() }
    }

    private func dirtiest(_ partitions: [Partition]) -> (Partition, CleanableRange)? {
        var found: (partition: Partition, range: CleanableRange)?
        for partition in partitions where !state.value.uncleanable.contains(ObjectIdentifier(partition)) {
            do throws(LogError) {
                let log = partition.log
                let range = try log.cleanableRange(
                    checkpoint: state.value.checkpoints.offset(of: partition),
                    now: environment.now()
                )
                if range.contradictsCheckpoint, !log.configuration.isDeleted {
                    environment.logger.warning(
                        "compaction of \(partition.topicPartition) begins anew at \(range.firstDirtyOffset)"
                    )
                }
                guard range.isDue(ratio: log.configuration.minCleanableDirtyRatio) else { continue }
                if let known = found?.range.dirtyRatio, known >= range.dirtyRatio { continue }
                found = (partition, range)
            } catch { leaveAlone(partition, error) }
        }
        return found
    }

    private func begin(_ partition: Partition, _ range: CleanableRange) -> Bool {
        let resolver = metadata.resolver
        var limits = CleaningLimits()
        limits.offsetMapBytes = Int(clamping: resolver.brokerInteger("log.cleaner.dedupe.buffer.size"))
        limits.loadFactor = resolver.brokerNumber("log.cleaner.io.buffer.load.factor")
        limits.bufferBytes = max(4096, Int(clamping: resolver.brokerInteger("log.cleaner.io.buffer.size")))
        // What takes the place of others must be as durable as they are.
        if partition.log.recoveryPoint < range.firstUncleanableOffset {
            do throws(PartitionError) { try partition.flush() } catch {
                environment.logger.error("flushing \(partition.topicPartition) before its compaction: \(error)")
                return false
            }
        }
        let cleaning = LogCleaning(
            partition.log,
            range,
            limits: limits,
            now: environment.now(),
            random: PartitionLogs.randomSource(environment)
        )
        guard let cleaning else {
            environment.logger.error("no memory to compact \(partition.topicPartition)")
            return false
        }
        state.value.current = Running(
            partition: partition,
            cleaning: cleaning,
            bytesPerSecond: max(1, resolver.brokerNumber("log.cleaner.io.max.bytes.per.second")),
            begun: .now()
        )
        return true
    }

    private func step() {
        guard let running = state.value.current else { return }
        let partition = running.partition
        guard !partition.isStopped else { return endAfter(running) }
        do throws(LogError) {
            switch try running.cleaning.step(maxBytes: LogCleaner.bytesPerStep) {
            case .working: continueLater(running)
            case .readyToSwap:
                let now = environment.now()
                try partition.whileLeading { (_) throws(LogError) in try running.cleaning.swap(now: now) }
                continueLater(running)
            case .done(let endOffset):
                state.value.current = nil
                noteCleaned(partition, endOffset, running.cleaning)
                loop.execute { self.look() }
            }
        } catch {
            leaveAlone(partition, error)
            endAfter(running)
        }
    }

    /// At once, or when as many bytes may have been read and written.
    private func continueLater(_ running: Running) {
        let bytes = Double(running.cleaning.bytesRead + running.cleaning.bytesWritten)
        let due = min(bytes / running.bytesPerSecond, 3600)
        let elapsed = Double((NIODeadline.now() - running.begun).nanoseconds) / 1e9
        guard due > elapsed else { return loop.execute { self.step() } }
        loop.scheduleTask(in: .nanoseconds(Int64((due - elapsed) * 1e9))) { self.step() }
    }

    private func noteCleaned(_ partition: Partition, _ endOffset: Offset, _ cleaning: LogCleaning) {
        environment.logger.info(
            "compacted \(partition.topicPartition) up to \(endOffset)",
            metadata: ["bytes read": "\(cleaning.bytesRead)", "bytes written": "\(cleaning.bytesWritten)"]
        )
        do throws(LogError) {
            try state.value.checkpoints.note(partition, endOffset, of: registry.all)
        } catch { environment.logger.error("the cleaner's checkpoint was not written: \(error)") }
    }

    /// Disks recover; what a log holds does not.
    private func leaveAlone(_ partition: Partition, _ error: LogError) {
        guard !partition.isStopped else { return }
        if case .storage = error {} else { state.value.uncleanable.insert(ObjectIdentifier(partition)) }
        environment.logger.error("\(partition.topicPartition) is not compacted: \(error)")
    }

    private func endAfter(_ running: Running) {
        abandon(running)
        let backoff = max(1, metadata.resolver.brokerInteger("log.cleaner.backoff.ms"))
        loop.scheduleTask(in: .milliseconds(backoff)) { self.look() }
    }

    private func abandon(_ running: Running) {
        state.value.current = nil
        do throws(LogError) { try running.cleaning.abandon() } catch {
            environment.logger.error("after the compaction of \(running.partition.topicPartition): \(error)")
        }
    }
}
