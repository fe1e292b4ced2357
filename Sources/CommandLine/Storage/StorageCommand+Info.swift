import Broker

extension StorageCommand {
    /// Prints which folders there are and what their `meta.properties` say; the exit code is 1 where one has a problem.
    static func info(_ reader: StrictReader, _ console: Console) throws(StartupError) -> Int32 {
        let folders = StorageFolders(try configuration(reader))
        var found: [String] = []
        var problems: [String] = []
        var metadata: [String: String]?
        for path in folders.paths {
            switch try folders.state(of: path) {
            case .missing:
                problems.append("\(path) does not exist")
                continue
            case .notAFolder:
                problems.append("\(path) is not a directory")
                continue
            case .notFormatted: problems.append("\(path) is not formatted.")
            case .damaged(let reason): problems.append("Error loading \(path)/meta.properties: \(reason)")
            case .formatted(let properties):
                if let first = metadata {
                    if first["cluster.id"] != properties["cluster.id"] {
                        problems.append("Mismatched cluster IDs between storage directories.")
                    } else if first["node.id"] != properties["node.id"] {
                        problems.append("Mismatched node IDs between storage directories.")
                    }
                } else {
                    metadata = properties
                }
            }
            found.append(path)
        }
        list(found, one: "Found log directory:", many: "Found log directories:", console)
        if let metadata {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            console.print("Found metadata: {\(pairs.joined(separator: ", "))}\n")
        }
        list(problems, one: "Found problem:", many: "Found problems:", console)
        return problems.isEmpty ? 0 : 1
    }

    private static func list(_ lines: [String], one: String, many: String, _ console: Console) {
        guard !lines.isEmpty else { return }
        console.print(([lines.count == 1 ? one : many] + lines.map { "  \($0)" }).joined(separator: "\n") + "\n")
    }
}
