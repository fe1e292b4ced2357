import CommitLog
import Logging
import NIOCore
import Records

extension PartitionLogs {
    /// Opens the log of every partition that `image` assigns to this broker. Folders of deleted topics are removed;
    /// folders that no topic owns are renamed to `-stray`.
    ///
    /// Errors: ``StartupError`` when a log cannot be opened: a broker that hides a partition's data does not start.
    func openAll(_ image: MetadataImage) throws(StartupError) -> [Partition] {
        let resolver = ConfigResolver(configuration: configuration, image: image)
        var partitions: [Partition] = []
        for directory in directories.all {
            do throws(LogError) {
                partitions += try open(directory, image, resolver)
            } catch { throw StartupError("\(error)") }
        }
        partitions += try makeMissing(image)
        return partitions
    }

    private func open(
        _ directory: LogDirectories.Directory,
        _ image: MetadataImage,
        _ resolver: ConfigResolver
    ) throws(LogError) -> [Partition] {
        let checkpoints = try DirectoryCheckpoints(directory, fileSystem: environment.fileSystem)
        let names: [String]
        do throws(FileSystemError) {
            names = try environment.fileSystem.list(directory.path)
        } catch { throw .storage(error) }
        var partitions: [Partition] = []
        for name in names.sorted() {
            guard let folder = PartitionDirectoryName(name), folder.topicPartition != MetadataLog.topicPartition,
                let status = try status("\(directory.path)/\(name)"), status.isDirectory
            else { continue }
            let path = "\(directory.path)/\(name)"
            switch folder.role {
            case .deleted: environment.storageLoop.execute { [self] in removeFolder(path) }
            case .stray, .future: environment.logger.warning("\(path) is left alone: no topic owns it")
            case .current:
                guard let (place, assignment) = try owner(of: folder.topicPartition, path, image) else {
                    try setAsideStray(folder.topicPartition, path, directory.path)
                    continue
                }
                let log = try PartitionLog.open(
                    directory: path,
                    topicPartition: folder.topicPartition,
                    topicID: place.topicID,
                    fileSystem: environment.fileSystem,
                    configuration: resolver.logConfiguration(
                        overrides: image.overrides(of: .topic(folder.topicPartition.topic))
                    ),
                    recovery: directory.wasShutDownCleanly
                        ? .clean : .unclean(recoveryPoint: checkpoints.recoveryPoints[folder.topicPartition] ?? .zero),
                    logStartOffset: checkpoints.logStartOffsets[folder.topicPartition] ?? .zero,
                    compactedBelow: checkpoints.cleanedOffsets[folder.topicPartition] ?? .zero,
                    logger: environment.logger,
                    now: environment.now(),
                    random: PartitionLogs.randomSource(environment)
                )
                partitions.append(register(log, place, assignment))
            }
        }
        return partitions
    }

    /// The topic of the metadata that a folder belongs to: of the same name, and of the same id where the folder says
    /// one.
    private func owner(
        of topicPartition: TopicPartition,
        _ path: String,
        _ image: MetadataImage
    ) throws(LogError) -> (MetadataChange.PartitionPlace, MetadataImage.Partition)? {
        guard let topic = image.topic(topicPartition.topic), let assignment = image.partition(topicPartition),
            isOurs(assignment)
        else { return nil }
        let written = try PartitionMetadataFile(in: path, fileSystem: environment.fileSystem).read()
        guard written == nil || written == topic.id else { return nil }
        return (MetadataChange.PartitionPlace(topicPartition: topicPartition, topicID: topic.id), assignment)
    }

    private func setAsideStray(_ topicPartition: TopicPartition, _ path: String, _ parent: String) throws(LogError) {
        var random = environment.randomNumbers()
        let digits = String(random.next(), radix: 16)
        let unique = String(repeating: "0", count: 32 - digits.count) + digits
        let target = "\(parent)/\(PartitionDirectoryName(topicPartition, role: .stray(unique: unique)))"
        environment.logger.warning("\(path) belongs to no topic of the metadata; it is kept as \(target)")
        do throws(FileSystemError) {
            try environment.fileSystem.rename(path, to: target)
        } catch { throw .storage(error) }
    }

    /// Partitions whose folder is missing, after a crash between the metadata's commit and the folder's making.
    private func makeMissing(_ image: MetadataImage) throws(StartupError) -> [Partition] {
        var made: [Partition] = []
        for topic in image.topics.values {
            for (index, assignment) in topic.partitions.enumerated() where isOurs(assignment) {
                let topicPartition = TopicPartition(topic.name, PartitionIndex(Int32(clamping: index)))
                guard registry.partition(topicPartition) == nil else { continue }
                let place = MetadataChange.PartitionPlace(topicPartition: topicPartition, topicID: topic.id)
                do throws(LogError) {
                    made.append(
                        try make(place, assignment, ConfigResolver(configuration: configuration, image: image), image)
                    )
                } catch { throw StartupError("the log of \(topicPartition) cannot be made: \(error)") }
            }
        }
        syncParents(of: made)
        return made
    }

    private func status(_ path: String) throws(LogError) -> FileStatus? {
        do throws(FileSystemError) {
            return try environment.fileSystem.status(of: path)
        } catch { throw .storage(error) }
    }
}

/// What a log directory's checkpoint files said when the broker started.
struct DirectoryCheckpoints {
    let recoveryPoints: [TopicPartition: Offset]
    let logStartOffsets: [TopicPartition: Offset]
    let cleanedOffsets: [TopicPartition: Offset]

    init(_ directory: LogDirectories.Directory, fileSystem: any FileSystem) throws(LogError) {
        func read(_ name: String) throws(LogError) -> [TopicPartition: Offset] {
            try OffsetCheckpointFile(name, in: directory.path, fileSystem: fileSystem).read()
        }
        recoveryPoints = try read(OffsetCheckpointFile.recoveryPointName)
        logStartOffsets = try read(OffsetCheckpointFile.logStartOffsetName)
        cleanedOffsets = try read(OffsetCheckpointFile.cleanerName)
    }
}
