import Records

/// Kafka's `.checkpoint` file of a task: how far its stores had come, by changelog partition.
///
/// ```
/// 0                            the format's version
/// 2                            how many lines follow
/// app-counts-changelog 0 42    topic, partition, next offset; -4 where it is not known
/// app-visits-changelog 0 -4
/// ```
///
/// Our persistent stores keep their own offset with their content, which this file only repeats for others to read.
public struct OffsetCheckpoint: Sendable {
    /// Where the file is.
    public let path: String

    /// Stands for an offset that is not known.
    public static let unknownOffset = Offset(-4)

    /// The file at `path`, which need not exist.
    public init(path: String) { self.path = path }

    /// The offsets; none when there is no file. Errors: ``ProcessorStateException`` for a file in another format.
    public func read() throws -> [TopicPartition: Offset] {
        guard let text = try StateFile.read(path) else { return [:] }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let version = lines.popFirst(), version == "0" else {
            throw malformed("its first line is not version 0")
        }
        guard let announced = lines.popFirst().flatMap({ Int($0) }) else { throw malformed("it has no count") }
        var offsets: [TopicPartition: Offset] = [:]
        var invalid = 0
        for line in lines {
            let parts = line.split { $0 == " " || $0 == "\t" }
            guard parts.count == 3, let partition = Int32(parts[1]), let offset = Int64(parts[2]) else {
                throw malformed("the line '\(line)' is not 'topic partition offset'")
            }
            guard offset >= 0 || Offset(offset) == OffsetCheckpoint.unknownOffset else {
                invalid += 1
                continue
            }
            offsets[TopicPartition(TopicName(String(parts[0])), PartitionIndex(partition))] = Offset(offset)
        }
        guard offsets.count + invalid == announced else {
            throw malformed("it announces \(announced) lines and has \(offsets.count + invalid)")
        }
        return offsets
    }

    /// Replaces the file; without any offset there is none afterwards.
    public func write(_ offsets: [TopicPartition: Offset]) throws {
        guard !offsets.isEmpty else { return try delete() }
        if let (partition, offset) = offsets.first(where: { $1 < .zero && $1 != OffsetCheckpoint.unknownOffset }) {
            throw ProcessorStateException("\(path) takes no offset \(offset) for \(partition)")
        }
        var text = "0\n\(offsets.count)\n"
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            text += "\(partition.topic) \(partition.partition) \(offset)\n"
        }
        try StateFile.replace(path, with: text)
    }

    /// Removes the file, if it is there.
    public func delete() throws { try FolderTree.remove(path) }

    private func malformed(_ reason: String) -> ProcessorStateException {
        ProcessorStateException(
            "\(path) is no checkpoint: \(reason). Delete it: stores are rebuilt from their changelogs"
        )
    }
}
