import CommitLog
import Logging
import NIOCore
import Records

/// Opens, makes, checkpoints and removes the logs of this broker's partitions, in all its log directories.
///
/// Everything here runs on the control loop. After an unclean stop only what lies beyond a log's recovery point is read
/// again.
///
/// Invariant: a folder on the disk that no topic of the metadata owns is set aside, never opened and never silently
/// kept.
final class PartitionLogs: MetadataListener {
    let directories: LogDirectories
    let registry: PartitionRegistry
    let configuration: BrokerConfiguration
    let environment: BrokerEnvironment
    private let notify: @Sendable (PartitionChange) -> Void

    /// `notify` is told of every change after the first opening, on the control loop.
    init(
        directories: LogDirectories,
        registry: PartitionRegistry,
        configuration: BrokerConfiguration,
        environment: BrokerEnvironment,
        notify: @escaping @Sendable (PartitionChange) -> Void
    ) {
        self.directories = directories
        self.registry = registry
        self.configuration = configuration
        self.environment = environment
        self.notify = notify
    }

    // MARK: Changes of the metadata

    func willPublish(_ change: MetadataChange) {
        for topic in change.removedTopics { stopPartitions(of: topic, before: change) }
        var started: [Partition] = []
        let resolver = ConfigResolver(configuration: configuration, image: change.after)
        for place in change.createdPartitions {
            guard let assignment = change.after.partition(place.topicPartition), isOurs(assignment) else { continue }
            do throws(LogError) {
                started.append(try make(place, assignment, resolver, change.after))
            } catch {
                environment.logger.error("the log of \(place.topicPartition) cannot be made: \(error)")
            }
        }
        for place in change.changedPartitions {
            guard let assignment = change.after.partition(place.topicPartition),
                assignment.leader == configuration.nodeID
            else { continue }
            registry.partition(place.topicPartition)?.lead(assignment.leaderEpoch)
        }
        if !started.isEmpty { notify(PartitionChange(started: started)) }
        syncParents(of: started)
    }

    /// New folders must survive what their records survive.
    func syncParents(of partitions: [Partition]) {
        for path in Set(partitions.map(\.parentDirectory)) {
            do throws(FileSystemError) {
                try environment.fileSystem.syncDirectory(path)
            } catch { environment.logger.error("\(error)") }
        }
    }

    func didPublish(_ change: MetadataChange) {
        guard change.changedConfigs.contains(where: { $0.kind == .topic || $0.kind == .broker }) else { return }
        let resolver = ConfigResolver(configuration: configuration, image: change.after)
        let everyTopic = change.changedConfigs.contains { $0.kind == .broker }
        for partition in registry.all {
            let resource = ConfigResource.topic(partition.topicPartition.topic)
            guard everyTopic || change.changedConfigs.contains(resource) else { continue }
            let updated = resolver.logConfiguration(overrides: change.after.overrides(of: resource))
            partition.withWriterExcluded { $0.update(updated) }
        }
    }

    func isOurs(_ assignment: MetadataImage.Partition) -> Bool { assignment.replicas.contains(configuration.nodeID) }

    // MARK: New partitions

    func make(
        _ place: MetadataChange.PartitionPlace,
        _ assignment: MetadataImage.Partition,
        _ resolver: ConfigResolver,
        _ image: MetadataImage
    ) throws(LogError) -> Partition {
        let parent = parentDirectory(for: place, assignment)
        let log = try PartitionLog.open(
            directory: "\(parent)/\(place.topicPartition)",
            topicPartition: place.topicPartition,
            topicID: place.topicID,
            fileSystem: environment.fileSystem,
            configuration: resolver.logConfiguration(
                overrides: image.overrides(of: .topic(place.topicPartition.topic))
            ),
            recovery: .unclean(recoveryPoint: .zero),
            logger: environment.logger,
            now: environment.now(),
            random: PartitionLogs.randomSource(environment)
        )
        return register(log, place, assignment)
    }

    func register(
        _ log: PartitionLog,
        _ place: MetadataChange.PartitionPlace,
        _ assignment: MetadataImage.Partition
    ) -> Partition {
        log.updateHighWatermark(to: log.logEndOffset)
        let partition = Partition(
            topicPartition: place.topicPartition,
            topicID: place.topicID,
            log: log,
            leaderEpoch: assignment.leaderEpoch,
            flushSoon: { [environment] partition in
                environment.storageLoop.execute { partition.flushLogging(environment.logger) }
            },
            onDisk: { [environment] work in environment.diskThreads.run(work) }
        )
        registry.insert(partition)
        return partition
    }

    /// The directory that the assignment names, else the one with the fewest partitions.
    private func parentDirectory(
        for place: MetadataChange.PartitionPlace,
        _ assignment: MetadataImage.Partition
    ) -> String {
        if let index = assignment.replicas.firstIndex(of: configuration.nodeID),
            assignment.directories.indices.contains(index),
            let directory = directories.all.first(where: { $0.id == assignment.directories[index] })
        {
            return directory.path
        }
        guard directories.all.count > 1 else { return directories.all[0].path }
        var counts: [String: Int] = [:]
        for partition in registry.all { counts[partition.parentDirectory, default: 0] += 1 }
        let fewest = directories.all.min { counts[$0.path, default: 0] < counts[$1.path, default: 0] }
        return fewest?.path ?? directories.all[0].path
    }

    // MARK: Deleted topics

    private func stopPartitions(of topic: MetadataImage.Topic, before change: MetadataChange) {
        let indices = topic.partitions.indices.map { PartitionIndex(Int32(clamping: $0)) }
        let stopped = indices.compactMap { registry.partition(topic.id, $0) }
        guard !stopped.isEmpty else { return }
        notify(PartitionChange(stopped: stopped))
        for partition in stopped {
            partition.stop()
            registry.remove(partition)
            setAside(partition)
        }
    }

    /// Renames the folder to `<topic>-<partition>.<unique>-delete` and removes it after `log.segment.delete.delay.ms`.
    private func setAside(_ partition: Partition) {
        var random = environment.randomNumbers()
        let unique = PartitionLogs.hexadecimal(random.next()) + PartitionLogs.hexadecimal(random.next())
        let name = PartitionDirectoryName(partition.topicPartition, role: .deleted(unique: unique))
        let path = "\(partition.parentDirectory)/\(name)"
        do throws(FileSystemError) {
            try environment.fileSystem.rename(partition.log.directory, to: path)
        } catch {
            environment.logger.error("the deleted \(partition.topicPartition) stays on the disk: \(error)")
            return
        }
        let delay = configuration.integer("log.segment.delete.delay.ms")
        environment.storageLoop.scheduleTask(in: .milliseconds(delay)) { [self] in removeFolder(path) }
    }

    func removeFolder(_ path: String) {
        do throws(FileSystemError) {
            try environment.fileSystem.removeTree(path)
        } catch {
            environment.logger.error("\(path) cannot be removed: \(error)")
        }
    }

    static func randomSource(_ environment: BrokerEnvironment) -> @Sendable () -> UInt64 {
        {
            var random = environment.randomNumbers()
            return random.next()
        }
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Partition {
    /// Flushes where nobody waits for the outcome: a failure stands in the log, and the next append is refused.
    fileprivate func flushLogging(_ logger: Logger) {
        do throws(PartitionError) { try flush() } catch { logger.error("flushing \(topicPartition): \(error)") }
    }

    /// The log directory that holds the partition's folder.
    var parentDirectory: String {
        guard let slash = log.directory.lastIndex(of: "/") else { return "." }
        return String(log.directory[..<slash])
    }
}
