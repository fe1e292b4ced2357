import Records

/// The CSV that `--export` writes and `--from-file` reads: `topic,partition,offset` for one group,
/// `group,topic,partition,offset` for several.
struct ResetPlan: Sendable, Hashable {
    /// By group.
    private(set) var offsets: [GroupID: [TopicPartition: Offset]] = [:]

    /// Reads a file; with `group` lines may have either form, without it each line names its group. Errors: a file that
    /// cannot be read, and lines of another form.
    init(file path: String, group: GroupID?) throws(GroupToolError) {
        let text: String
        do throws(FileError) {
            text = try TextFile.read(path)
        } catch {
            throw .failed("java.io.IOException: Unable to read file \(path)", cause: error.reason)
        }
        try self.init(text, group: group)
    }

    init(_ text: String, group: GroupID?) throws(GroupToolError) {
        for (place, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            var fields = ResetPlan.fields(line)
            var owner = group
            if fields.count == 4 { owner = GroupID(fields.removeFirst()) }
            guard let owner, fields.count == 3, let partition = Int32(fields[1]), let offset = Int64(fields[2]) else {
                let form = group == nil ? "group,topic,partition,offset" : "topic,partition,offset"
                throw .failed("Line \(place + 1) is not of the form \(form): \(line)")
            }
            offsets[owner, default: [:]][TopicPartition(TopicName(fields[0]), PartitionIndex(partition))] = Offset(
                offset
            )
        }
    }

    /// Parts a line at commas outside of quotes; a quote within quotes is doubled.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        var rest = line
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                fields[fields.count - 1].append("\"")
                rest.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            case _: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    /// A line without its end.
    static func line(_ group: GroupID?, _ id: TopicPartition, _ offset: Offset) -> String {
        let texts = [group?.rawValue, id.topic.rawValue].compactMap { $0 }.map(quoted)
        return (texts + ["\(id.partition)", "\(offset)"]).joined(separator: ",")
    }

    /// Kafka's writer puts quotes around what is long or has a character before the hyphen.
    private static func quoted(_ text: String) -> String {
        guard text.utf16.count > 24 || text.utf16.contains(where: { $0 < 0x2D }) else { return text }
        return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
