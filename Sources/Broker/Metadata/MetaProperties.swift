import CommitLog
import Records

/// `meta.properties` of a log directory: whose data lies here.
///
/// ```
/// node.id=1
/// directory.id=g_Y_hSJTQd-3MH8kWd-vkw
/// version=1
/// cluster.id=MkU3OEVBNTcwNTJENDM2Qk
/// ```
struct MetaProperties: Hashable, Sendable {
    static let name = "meta.properties"

    var clusterID: String
    var nodeID: BrokerID
    /// Missing in folders that were written before KIP-858.
    var directoryID: KafkaUUID?

    /// Nil where the folder has no such file. Errors: ``StartupError`` that names the file and what is wrong with it.
    static func read(in directory: String, fileSystem: any FileSystem) throws(StartupError) -> MetaProperties? {
        let path = "\(directory)/\(name)"
        let contents: Bytes?
        do throws(FileSystemError) {
            contents = try fileSystem.contents(of: path)
        } catch { throw StartupError("\(error)") }
        guard let contents else { return nil }
        guard let text = contents.utf8 else { throw StartupError("\(path) is not UTF-8 text") }
        var values: [String: String] = [:]
        for (key, value) in PropertiesFile.parse(text) { values[key] = value }
        guard let version = values["version"], version == "1" || version == "0" else {
            throw StartupError("\(path): version is \(values["version"] ?? "missing"), expected 1")
        }
        guard let clusterID = values["cluster.id"], !clusterID.isEmpty else {
            throw StartupError("\(path) has no cluster.id")
        }
        let node = values["node.id"] ?? values["broker.id"]
        guard let node, let nodeID = Int32(node), nodeID >= 0 else {
            throw StartupError("\(path): node.id is \(node ?? "missing"), expected a number of 0 or more")
        }
        return MetaProperties(
            clusterID: clusterID,
            nodeID: BrokerID(nodeID),
            directoryID: values["directory.id"].flatMap { KafkaUUID($0) }
        )
    }

    /// Replaces the file in one step.
    func write(in directory: String, fileSystem: any FileSystem) throws(StartupError) {
        var text = "version=1\ncluster.id=\(clusterID)\nnode.id=\(nodeID)\n"
        if let directoryID { text += "directory.id=\(directoryID)\n" }
        do throws(FileSystemError) {
            try fileSystem.replace("\(directory)/\(MetaProperties.name)", with: Bytes(utf8: text))
        } catch { throw StartupError("\(error)") }
    }
}
