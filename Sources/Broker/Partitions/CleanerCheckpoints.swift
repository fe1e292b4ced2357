import CommitLog
import Records

/// `cleaner-offset-checkpoint` of every log directory: below which offset each log is compacted.
struct CleanerCheckpoints {
    private var offsets: [String: [TopicPartition: Offset]] = [:]
    private let fileSystem: any FileSystem

    /// Reads the files. Errors: those of reading.
    init(_ directories: LogDirectories, fileSystem: any FileSystem) throws(LogError) {
        self.fileSystem = fileSystem
        for directory in directories.all {
            offsets[directory.path] = try CleanerCheckpoints.file(directory.path, fileSystem).read()
        }
    }

    /// Nil where the log was never compacted.
    func offset(of partition: Partition) -> Offset? {
        offsets[partition.parentDirectory]?[partition.topicPartition]
    }

    /// Below it every log in the directory that is named here may have gaps between its segments.
    func offsets(in directory: String) -> [TopicPartition: Offset] { offsets[directory] ?? [:] }

    /// Notes `offset` and writes the file, without partitions that are no more.
    mutating func note(_ partition: Partition, _ offset: Offset, of partitions: [Partition]) throws(LogError) {
        let directory = partition.parentDirectory
        let known = Set(partitions.map(\.topicPartition))
        var updated = (offsets[directory] ?? [:]).filter { known.contains($0.key) }
        updated[partition.topicPartition] = offset
        offsets[directory] = updated
        try CleanerCheckpoints.file(directory, fileSystem).write(updated)
    }

    private static func file(_ directory: String, _ fileSystem: any FileSystem) -> OffsetCheckpointFile {
        OffsetCheckpointFile(OffsetCheckpointFile.cleanerName, in: directory, fileSystem: fileSystem)
    }
}
