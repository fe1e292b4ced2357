import Records

/// Kafka's text checkpoints: a version line, a line with the number of entries, a line for each entry.
///
/// ```
/// 0
/// 2
/// orders 0 17
/// orders 1 4
/// ```
///
/// They are replaced as a whole and synced, so a reader never meets half of one; what does not parse was written by
/// something else, and is refused with file and line.
struct CheckpointFile: Sendable {
    static let version = 0
    let path: String
    let fileSystem: any FileSystem

    /// The entries' lines split at blanks; none where there is no file. Errors: ``LogError/corruptFile(path:reason:)``.
    func read(fieldsPerLine: Int) throws(LogError) -> [[Substring]] {
        let contents = try LogError.wrap { () throws(FileSystemError) in try fileSystem.contents(of: path) }
        // Kafka makes the file empty before it writes it for the first time.
        guard let contents, !contents.isEmpty else { return [] }
        guard let text = contents.utf8 else { throw .corruptFile(path: path, reason: "not UTF-8") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        guard lines.count >= 2, let version = Int(lines[0]), let count = Int(lines[1]) else {
            throw .corruptFile(path: path, reason: "no version and entry count in the first two lines")
        }
        guard version == Self.version else {
            throw .corruptFile(path: path, reason: "version \(version) is not known, expected \(Self.version)")
        }
        guard count == lines.count - 2 else {
            throw .corruptFile(path: path, reason: "\(count) entries announced, \(lines.count - 2) found")
        }
        var entries = [[Substring]]()
        entries.reserveCapacity(count)
        for (index, line) in lines.dropFirst(2).enumerated() {
            let fields = line.split(separator: " ")
            guard fields.count == fieldsPerLine else {
                throw .corruptFile(
                    path: path,
                    reason: "line \(index + 3) has \(fields.count) fields, expected \(fieldsPerLine)"
                )
            }
            entries.append(fields)
        }
        return entries
    }

    func write(_ lines: [String]) throws(LogError) {
        var text = "\(Self.version)\n\(lines.count)\n"
        for line in lines {
            text += line
            text += "\n"
        }
        let contents = Bytes(utf8: text)
        try LogError.wrap { () throws(FileSystemError) in try fileSystem.replace(path, with: contents) }
    }
}
