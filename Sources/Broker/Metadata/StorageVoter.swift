import KafkaProtocol
import Records

/// A voter of a metadata quorum that may change: `1@localhost:9093:JEXY6aqzQY-32P5TStzaFg`. See KIP-853.
public struct StorageVoter: Sendable, Hashable {
    /// The node.
    public let nodeID: Int32
    /// Where its controller listens.
    public let host: String
    /// The port there.
    public let port: UInt16
    /// The id of its metadata folder.
    public let directoryID: KafkaUUID
    /// The name of the controller's listener.
    public var listener = "CONTROLLER"

    /// Reads `id@host:port:directory`, the host of which may stand in brackets. Errors: ``StartupError`` that says what
    /// is missing.
    public init(_ text: String) throws(StartupError) {
        func wrong(_ what: String) -> StartupError { StartupError("\(what) in voter '\(text)'") }
        let text = text.trimmingWhitespace()
        guard let at = text.firstIndex(of: "@") else { throw wrong("No @ found") }
        guard let id = Int32(text[..<at]), id >= 0 else { throw wrong("Failed to parse the node id") }
        let rest = text[text.index(after: at)...]
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let port = UInt16(parts[parts.count - 2]) else { throw wrong("No host:port:directory") }
        guard let directory = KafkaUUID(String(parts[parts.count - 1])) else {
            throw wrong("Failed to parse the directory id")
        }
        let host = parts.dropLast(2).joined(separator: ":").filter { $0 != "[" && $0 != "]" }
        guard !host.isEmpty else { throw wrong("No host") }
        self.init(nodeID: id, host: host, port: port, directoryID: directory)
    }

    /// A voter with these parts.
    public init(nodeID: Int32, host: String, port: UInt16, directoryID: KafkaUUID) {
        self.nodeID = nodeID
        self.host = host
        self.port = port
        self.directoryID = directoryID
    }

    /// The node of `configuration` alone, with a folder id of its own. Errors: ``StartupError`` where it has no
    /// controller listener.
    public static func standalone(_ configuration: BrokerConfiguration) throws(StartupError) -> StorageVoter {
        guard configuration.list("process.roles").contains("controller") else {
            throw StartupError("You can only use --standalone on a controller.")
        }
        let names = configuration.controllerListenerNames.map { $0.rawValue.uppercased() }
        let addresses = ["advertised.listeners", "listeners"].flatMap { name in
            (configuration.string(name) ?? "").split(separator: ",").compactMap { ListenerAddress(String($0)) }
        }
        let listener = addresses.first { names.contains($0.name.rawValue) }
        guard let listener else { throw StartupError("No controller listeners found.") }
        var random = SystemRandomNumberGenerator()
        var voter = StorageVoter(
            nodeID: configuration.nodeID.rawValue,
            host: listener.host.isEmpty ? "localhost" : listener.host,
            port: listener.port,
            directoryID: .random(using: &random)
        )
        voter.listener = listener.name.rawValue
        return voter
    }

    /// The snapshot that a log of such a quorum begins with: no records, but the version of the quorum and its voters.
    static func snapshot(_ voters: [StorageVoter], now: Timestamp) throws -> Bytes {
        var record = VotersRecord()
        record.voters = voters.sorted { $0.nodeID < $1.nodeID }.map { voter in
            var entry = VotersRecord.Voter()
            entry.voterId = BrokerID(voter.nodeID)
            entry.voterDirectoryId = voter.directoryID
            var endpoint = VotersRecord.Endpoint()
            endpoint.name = voter.listener
            endpoint.host = voter.host
            endpoint.port = voter.port
            entry.endpoints = [endpoint]
            entry.kRaftVersionFeature.maxSupportedVersion = BrokerFeature.kraftVersion.levels.upperBound
            return entry
        }
        let version = KRaftVersionRecord(version: 0, kRaftVersion: 1)
        let kinds: [ControlRecord.Kind] = [
            .snapshotHeader(try SnapshotHeaderRecord(version: 0, lastContainedLogTimestamp: 0).encoded(version: 0)),
            .kraftVersion(try version.encoded(version: 0)), .kraftVoters(try record.encoded(version: 0)),
            .snapshotFooter(try SnapshotFooterRecord(version: 0).encoded(version: 0)),
        ]
        var file = RawBuffer()
        for (offset, kind) in kinds.enumerated() {
            file.append(
                try ControlRecord(kind).batch(
                    baseOffset: Offset(Int64(offset)),
                    timestamp: now,
                    partitionLeaderEpoch: 0
                )
            )
        }
        return file.bytes()
    }
}
