import CommitLog
import Logging
import Records

/// The folders of `log.dirs`: made where they are missing, formatted where they are new, locked while the broker runs.
///
/// Invariant: all have the same cluster id and node id, and each a directory id of its own.
struct LogDirectories: Sendable {
    struct Directory: Sendable {
        let path: String
        let id: KafkaUUID
        /// Whether the last broker that used the folder closed every log.
        let wasShutDownCleanly: Bool
        private let lock: DirectoryLock?

        init(path: String, id: KafkaUUID, wasShutDownCleanly: Bool, lock: DirectoryLock?) {
            self.path = path
            self.id = id
            self.wasShutDownCleanly = wasShutDownCleanly
            self.lock = lock
        }

        /// Lets another broker have the folder.
        func unlock() { lock?.release() }
    }

    let clusterID: String
    let all: [Directory]
    /// Where `__cluster_metadata-0` lies.
    let metadataPath: String

    /// Opens every folder. Errors: ``StartupError`` that names the file and both ids where two do not agree.
    static func open(
        _ configuration: BrokerConfiguration,
        environment: BrokerEnvironment,
        locks: Bool
    ) throws(StartupError) -> LogDirectories {
        let (fileSystem, logger) = (environment.fileSystem, environment.logger)
        var paths = configuration.logDirectories
        if !paths.contains(configuration.metadataLogDirectory) { paths.append(configuration.metadataLogDirectory) }
        var found: [(path: String, lock: DirectoryLock?, properties: MetaProperties?)] = []
        for path in paths {
            do throws(FileSystemError) {
                let isNew = try fileSystem.status(of: path) == nil
                try fileSystem.createDirectory(path)
                if isNew { try fileSystem.syncDirectory(LogDirectories.parent(of: path)) }
            } catch { throw StartupError("\(error)") }
            let lock = locks ? try DirectoryLock(path) : nil
            let properties = try MetaProperties.read(in: path, fileSystem: fileSystem)
            if let properties { try check(properties, in: path, configuration) }
            found.append((path, lock, properties))
        }
        var random = environment.randomNumbers()
        let clusterID =
            try agreedClusterID(found.map { ($0.path, $0.properties) })
            ?? KafkaUUID.random(using: &random).description
        var directories: [Directory] = []
        for (path, lock, properties) in found {
            let id: KafkaUUID
            if let known = properties?.directoryID {
                id = known
            } else {
                id = try format(path, properties, clusterID, configuration.nodeID, environment, using: &random)
            }
            let clean = CleanShutdownFile(in: path, fileSystem: fileSystem)
            do throws(LogError) {
                let wasClean = try clean.exists()
                directories.append(Directory(path: path, id: id, wasShutDownCleanly: wasClean, lock: lock))
                try clean.remove()
            } catch { throw StartupError("\(error)") }
        }
        logger.debug("log directories \(paths) of cluster \(clusterID)")
        return LogDirectories(clusterID: clusterID, all: directories, metadataPath: configuration.metadataLogDirectory)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func check(
        _ properties: MetaProperties,
        in path: String,
        _ configuration: BrokerConfiguration
    ) throws(StartupError) {
        guard properties.nodeID == configuration.nodeID else {
            throw StartupError(
                "\(path)/\(MetaProperties.name) belongs to node.id \(properties.nodeID), but this broker's node.id is "
                    + "\(configuration.nodeID)"
            )
        }
    }

    private static func agreedClusterID(
        _ found: [(path: String, properties: MetaProperties?)]
    ) throws(StartupError) -> String? {
        var agreed: (path: String, id: String)?
        for (path, properties) in found {
            guard let id = properties?.clusterID else { continue }
            if let agreed, agreed.id != id {
                throw StartupError(
                    "\(path)/\(MetaProperties.name) has cluster.id \(id), but "
                        + "\(agreed.path)/\(MetaProperties.name) has cluster.id \(agreed.id)"
                )
            }
            agreed = (path, id)
        }
        return agreed?.id
    }

    /// Writes `meta.properties` into a new folder, or adds the directory id to that of an old one.
    private static func format(
        _ path: String,
        _ properties: MetaProperties?,
        _ clusterID: String,
        _ nodeID: BrokerID,
        _ environment: BrokerEnvironment,
        using random: inout any RandomNumberGenerator
    ) throws(StartupError) -> KafkaUUID {
        let id = KafkaUUID.random(using: &random)
        let written = MetaProperties(clusterID: clusterID, nodeID: nodeID, directoryID: id)
        try written.write(in: path, fileSystem: environment.fileSystem)
        if properties == nil {
            environment.logger.notice(
                "formatted \(path): cluster.id \(clusterID), node.id \(nodeID), directory.id \(id)"
            )
        }
        return id
    }
}
