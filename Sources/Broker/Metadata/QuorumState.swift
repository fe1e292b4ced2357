import CommitLog
import Records

/// `quorum-state` beside the metadata log: the newest epoch of the quorum and its leader, so that no epoch is used
/// twice.
///
/// ```
/// {"clusterId":"","leaderId":1,"leaderEpoch":2,"votedId":-1,"appliedOffset":0,
///  "currentVoters":[{"voterId":1}],"data_version":0}
/// ```
struct QuorumState: Hashable, Sendable {
    static let name = "quorum-state"

    var leaderID: BrokerID
    var leaderEpoch: LeaderEpoch
    /// 0 where the voters stand in the configuration, 1 where they stand in the log (KIP-853).
    var dataVersion = 0

    /// Nil where there is no such file.
    static func read(in directory: String, fileSystem: any FileSystem) throws(StartupError) -> QuorumState? {
        let path = "\(directory)/\(name)"
        let contents: Bytes?
        do throws(FileSystemError) { contents = try fileSystem.contents(of: path) } catch {
            throw StartupError("\(error)")
        }
        guard let contents else { return nil }
        guard let text = contents.utf8, let epoch = number("leaderEpoch", in: text).flatMap({ Int32(exactly: $0) })
        else {
            throw StartupError("\(path) has no leaderEpoch")
        }
        let leader = number("leaderId", in: text).flatMap { Int32(exactly: $0) } ?? -1
        let version = number("data_version", in: text).flatMap { Int(exactly: $0) } ?? 0
        return QuorumState(leaderID: BrokerID(leader), leaderEpoch: LeaderEpoch(epoch), dataVersion: version)
    }

    func write(in directory: String, fileSystem: any FileSystem) throws(StartupError) {
        let head = "\"leaderId\":\(leaderID),\"leaderEpoch\":\(leaderEpoch)"
        let text =
            switch dataVersion {
            case 0:
                "{\"clusterId\":\"\",\(head),\"votedId\":-1,\"appliedOffset\":0,"
                    + "\"currentVoters\":[{\"voterId\":\(leaderID)}],\"data_version\":0}"
            default: "{\(head),\"votedId\":-1,\"votedDirectoryId\":\"\(KafkaUUID.zero)\",\"data_version\":1}"
            }
        do throws(FileSystemError) {
            try fileSystem.replace("\(directory)/\(QuorumState.name)", with: Bytes(utf8: text))
        } catch { throw StartupError("\(error)") }
    }

    /// The number after `"key":`. The file is a flat object of our own or of Kafka's making.
    private static func number(_ key: String, in text: String) -> Int64? {
        let marker = Array("\"\(key)\"".utf8)
        let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: " ") })
        guard bytes.count > marker.count else { return nil }
        for start in 0..<(bytes.count - marker.count) where bytes[start...].starts(with: marker) {
            let rest = bytes[(start + marker.count)...].dropFirst()
            return Int64(
                String(decoding: rest.prefix { $0 == UInt8(ascii: "-") || (48...57).contains($0) }, as: UTF8.self)
            )
        }
        return nil
    }
}
