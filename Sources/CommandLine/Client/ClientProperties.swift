import Broker
import KafkaClient
import Logging

/// The dotted properties of a tool's client: those of a file, over them those of the command line.
struct ClientProperties: Hashable {
    /// By name.
    var values: [String: String]

    /// Errors: a file that cannot be read, named as Kafka's tools name it.
    init(file path: String?, assignments: [String] = []) throws(ToolFailure) {
        values = try path.map { path throws(ToolFailure) in try ClientProperties.read(path) } ?? [:]
        values.merge([String: String](assignments: assignments)) { _, own in own }
    }

    /// Takes out the names that are not in `known`, which a client of Kafka would only warn of.
    mutating func removeUnknown(besides known: Set<String>) -> [String] {
        let unknown = values.keys.filter { !known.contains($0) }.sorted()
        for name in unknown { values[name] = nil }
        return unknown
    }

    private static func read(_ path: String) throws(ToolFailure) -> [String: String] {
        do throws(FileError) {
            return Dictionary(PropertiesFile.parse(try TextFile.read(path)).map { ($0.key, $0.value) }) { $1 }
        } catch {
            throw .cannotBegin(path, cause: "\(path) cannot be read: \(error.reason)")
        }
    }
}
