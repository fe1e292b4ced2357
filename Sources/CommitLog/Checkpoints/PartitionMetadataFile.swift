import Records

/// `partition.metadata` in a partition's directory: which topic it belongs to, so that a topic deleted and made again
/// under the same name never takes over old data. See KIP-516.
///
/// ```
/// version: 0
/// topic_id: 8FcBs4zFQdKj5WoRTRLyPw
/// ```
public struct PartitionMetadataFile: Sendable {
    public static let name = "partition.metadata"
    let path: String
    private let fileSystem: any FileSystem

    public init(in directory: String, fileSystem: any FileSystem) {
        path = directory + "/" + Self.name
        self.fileSystem = fileSystem
    }

    /// The topic's id, nil where there is no file.
    public func read() throws(LogError) -> TopicID? {
        let contents = try LogError.wrap { () throws(FileSystemError) in try fileSystem.contents(of: path) }
        guard let contents else { return nil }
        guard let text = contents.utf8 else { throw .corruptFile(path: path, reason: "not UTF-8") }
        let lines = text.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
        guard lines.count == 2, lines.allSatisfy({ $0.count == 2 }), lines[0][0] == "version", lines[1][0] == "topic_id"
        else { throw .corruptFile(path: path, reason: "expected a line 'version: 0' and a line 'topic_id: <id>'") }
        let version = lines[0][1].drop { $0 == " " }
        guard version == "0" else {
            throw .corruptFile(path: path, reason: "version \(version) is not known, expected 0")
        }
        let text22 = String(lines[1][1].drop { $0 == " " })
        guard let id = KafkaUUID(text22), id != .zero else {
            throw .corruptFile(path: path, reason: "'\(text22)' is not a topic id")
        }
        return TopicID(id)
    }

    /// Writes the file and syncs it, but not its directory: a crash that loses the one loses the log with it.
    public func write(_ topicID: TopicID) throws(LogError) {
        let contents = Bytes(utf8: "version: 0\ntopic_id: \(topicID)")
        try LogError.wrap { () throws(FileSystemError) in
            let file = try fileSystem.open(path, .create)
            try file.truncate(to: 0)
            try contents.withUnsafeBytes { (bytes) throws(FileSystemError) in try file.write(bytes, at: 0) }
            try file.sync()
        }
    }
}
