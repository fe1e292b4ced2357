import CommitLog
import KafkaProtocol
import Records

/// The folders of `log.dirs` and `metadata.log.dir` before a broker runs on them: what they hold, and how they are
/// formatted by hand, as `kafka-storage.sh` does. A broker formats empty folders itself at its first start.
///
/// ```swift
/// let folders = StorageFolders(try BrokerConfiguration(file: "config/server.properties"))
/// try folders.format(StorageFolders.Format(clusterID: StorageFolders.randomID())) { print($0) }
/// ```
public struct StorageFolders: Sendable {
    /// What a folder is.
    public enum State: Sendable, Hashable {
        case missing
        case notAFolder
        case notFormatted
        /// The entries of `meta.properties`, by name.
        case formatted([String: String])
        /// `meta.properties` is there and cannot be used; the reason.
        case damaged(String)
    }

    /// What a new cluster begins with.
    public struct Format: Sendable {
        /// The id that all nodes of the cluster are formatted with.
        public var clusterID: String
        /// Levels of features, by name, where they are not the release's own.
        public var features: [String: Int16] = [:]
        /// Voters of a quorum that may change (KIP-853); nil where `controller.quorum.voters` names them.
        public var voters: [StorageVoter]?
        /// Credentials that users have from the beginning.
        public var credentials: [StorageCredential] = []
        /// Folders that are formatted already are passed over in place of an error.
        public var ignoresFormatted = false

        /// A static quorum, the release's features.
        public init(clusterID: String) { self.clusterID = clusterID }
    }

    /// Every folder once, in the order of their names.
    public let paths: [String]
    private let configuration: BrokerConfiguration
    private let fileSystem: any FileSystem

    /// The folders that `configuration` names.
    public init(_ configuration: BrokerConfiguration) { self.init(configuration, fileSystem: RealFileSystem()) }

    init(_ configuration: BrokerConfiguration, fileSystem: any FileSystem) {
        self.configuration = configuration
        self.fileSystem = fileSystem
        paths = Set(configuration.logDirectories + [configuration.metadataLogDirectory]).sorted()
    }

    /// An id as Kafka writes them, for clusters and folders: 16 random bytes, of which the first letter is no hyphen.
    public static func randomID() -> String {
        var random = SystemRandomNumberGenerator()
        return KafkaUUID.random(using: &random).description
    }

    /// What the folder is now. Errors: ``StartupError`` where it cannot be looked into.
    public func state(of path: String) throws(StartupError) -> State {
        do throws(FileSystemError) {
            guard let status = try fileSystem.status(of: path) else { return .missing }
            guard status.isDirectory else { return .notAFolder }
            guard let contents = try fileSystem.contents(of: "\(path)/\(MetaProperties.name)") else {
                return .notFormatted
            }
            do throws(StartupError) {
                _ = try MetaProperties.read(in: path, fileSystem: fileSystem)
            } catch {
                return .damaged(error.description)
            }
            let pairs = PropertiesFile.parse(contents.utf8 ?? "")
            return .formatted(Dictionary(pairs.map { ($0.key, $0.value) }) { $1 })
        } catch { throw StartupError("\(error)") }
    }

    /// Formats every folder that is not formatted yet, and tells of each in a line.
    ///
    /// Errors: ``StartupError``, with nothing formatted, where a folder is formatted already, belongs to another cluster
    /// or node, or where a feature does not have the level.
    public func format(_ format: Format, tell: (String) -> Void) throws(StartupError) {
        let features = try FormatFeatures(format, configuration)
        var empty: [String] = []
        for path in paths {
            switch try state(of: path) {
            case .missing, .notFormatted: empty.append(path)
            case .notAFolder: throw StartupError("\(path) is not a directory")
            case .damaged(let reason): throw StartupError(reason)
            case .formatted(let properties):
                try check(properties, path, format)
                guard format.ignoresFormatted else {
                    throw StartupError(
                        "Log directory \(path) is already formatted. Use --ignore-formatted to ignore this directory "
                            + "and format the others."
                    )
                }
            }
        }
        guard !empty.isEmpty else { return tell("All of the log directories are already formatted.") }
        for path in empty {
            let voter = format.voters?.first { $0.nodeID == configuration.nodeID.rawValue }
            let isMetadata = path == configuration.metadataLogDirectory
            tell(
                "Formatting \(StorageFolders.kind(isMetadata, format, voter)) \(path) with metadata.version "
                    + "\(features.releaseName)."
            )
            try write(
                path,
                format,
                features,
                directoryID: isMetadata ? voter?.directoryID : nil,
                isMetadata: isMetadata
            )
        }
    }

    private static func kind(_ isMetadata: Bool, _ format: Format, _ voter: StorageVoter?) -> String {
        guard isMetadata else { return "data directory" }
        guard format.voters != nil else { return "metadata directory" }
        return voter == nil ? "dynamic metadata directory" : "dynamic metadata voter directory"
    }

    private func check(_ properties: [String: String], _ path: String, _ format: Format) throws(StartupError) {
        let (cluster, node) = (properties["cluster.id"] ?? "", properties["node.id"] ?? properties["broker.id"] ?? "")
        guard cluster == format.clusterID else {
            throw StartupError(
                "Invalid cluster.id in: \(path)/\(MetaProperties.name). Expected \(format.clusterID), but read "
                    + cluster
            )
        }
        guard node == "\(configuration.nodeID)" else {
            throw StartupError(
                "Stored node id \(node) doesn't match previous node id \(configuration.nodeID) in "
                    + "\(path)/\(MetaProperties.name). If you moved your data, make sure your configured node id "
                    + "matches. If you intend to create a new node, you should remove all data in your data "
                    + "directories."
            )
        }
    }

    /// The folder has its `meta.properties` last: what fails before leaves it not formatted.
    private func write(
        _ path: String,
        _ format: Format,
        _ features: FormatFeatures,
        directoryID: KafkaUUID?,
        isMetadata: Bool
    ) throws(StartupError) {
        var random = SystemRandomNumberGenerator()
        let now = Timestamp.now()
        do {
            try fileSystem.createDirectory(path)
            let records = features.records + format.credentials.map(\.record)
            let bootstrap = try MetadataSnapshot.encoded(records, epoch: 0, lastTimestamp: 0, now: now)
            try fileSystem.replace("\(path)/\(MetadataSnapshot.bootstrapName)", with: bootstrap)
            if isMetadata, let voters = format.voters {
                let folder = "\(path)/\(MetadataLog.topicPartition)"
                try fileSystem.createDirectory(folder)
                let name = MetadataSnapshot.Name(endOffset: 0, epoch: 0).fileName
                try fileSystem.replace("\(folder)/\(name)", with: try StorageVoter.snapshot(voters, now: now))
                try fileSystem.syncDirectory(path)
            }
        } catch { throw StartupError("\(path) cannot be formatted: \(error)") }
        let id = directoryID ?? KafkaUUID.random(using: &random)
        try MetaProperties(clusterID: format.clusterID, nodeID: configuration.nodeID, directoryID: id)
            .write(in: path, fileSystem: fileSystem)
    }
}

extension BrokerConfiguration {
    /// Whether a controller is configured, but nothing that names the voters of its quorum.
    public var needsInitialControllers: Bool {
        list("process.roles").contains("controller") && list("controller.quorum.voters").isEmpty
    }
}
