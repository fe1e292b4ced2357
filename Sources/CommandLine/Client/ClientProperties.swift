import Broker
import KafkaClient
import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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
        guard let file = fopen(path, "r") else { throw unreadable(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
        }
        guard ferror(file) == 0 else { throw unreadable(path) }
        return Dictionary(PropertiesFile.parse(String(decoding: bytes, as: UTF8.self)).map { ($0.key, $0.value) }) {
            $1
        }
    }

    private static func unreadable(_ path: String) -> ToolFailure {
        .cannotBegin(path, cause: "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
}
