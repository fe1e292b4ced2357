import Records

/// A log directory's checkpoint of one offset a partition: ``recoveryPointName``, ``logStartOffsetName``,
/// ``highWatermarkName`` and ``cleanerName``, as Kafka names and writes them.
///
/// ```swift
/// let file = OffsetCheckpointFile(OffsetCheckpointFile.recoveryPointName, in: directory, fileSystem: fileSystem)
/// var points = try file.read()
/// points[partition] = log.recoveryPoint
/// try file.write(points)
/// ```
public struct OffsetCheckpointFile: Sendable {
    public static let recoveryPointName = "recovery-point-offset-checkpoint"
    public static let logStartOffsetName = "log-start-offset-checkpoint"
    public static let highWatermarkName = "replication-offset-checkpoint"
    public static let cleanerName = "cleaner-offset-checkpoint"

    private let file: CheckpointFile

    public init(_ name: String, in logDirectory: String, fileSystem: any FileSystem) {
        file = CheckpointFile(path: logDirectory + "/" + name, fileSystem: fileSystem)
    }

    /// Empty where there is no file. Errors: ``LogError/corruptFile(path:reason:)`` with the line, and those of the file system.
    public func read() throws(LogError) -> [TopicPartition: Offset] {
        var offsets = [TopicPartition: Offset]()
        for fields in try file.read(fieldsPerLine: 3) {
            guard let partition = Int32(fields[1]), let offset = Int64(fields[2]), partition >= 0, offset >= 0 else {
                let line = fields.joined(separator: " ")
                throw .corruptFile(path: file.path, reason: "'\(line)' is not topic, partition and offset")
            }
            offsets[TopicPartition(TopicName(String(fields[0])), PartitionIndex(partition))] = Offset(offset)
        }
        return offsets
    }

    /// Replaces the file in one step, synced. Sorted by partition.
    public func write(_ offsets: [TopicPartition: Offset]) throws(LogError) {
        let sorted = offsets.sorted { $0.key < $1.key }
        try file.write(sorted.map { "\($0.key.topic) \($0.key.partition) \($0.value)" })
    }
}
