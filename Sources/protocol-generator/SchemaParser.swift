/// Reads a schema file.
///
/// ```
/// # What the API does.
/// api Produce 0  versions 3-13  flexible 9+
///
/// request
///     transactionalId: transactionalId?  = null
///     topicData: [TopicProduceData]
///         name: topicName  v3-12  ignorable
///         partitions: [partition]
///
/// response
///     throttleTimeMs: int32  ignorable
///     nodeEndpoints: [NodeEndpoint]  v10+  tag 0
///         nodeId: brokerId
/// ```
///
/// A file holds one `api` with its `request` and `response`, or any number of `message`s. After a field's type stand, in
/// any order: `v3+` (its versions, where it has not all of those around it), `= value` (its default), `tag n`, and
/// `ignorable`. `?` makes it nullable, `?2-7` only in these versions. The fields of a struct stand below the field that
/// has it; one that is used twice stands below `struct Name` beside the fields.
struct SchemaParser {
    let file: String

    /// Reads the messages of a file.
    func messages(_ text: String) throws -> [MessageSchema] {
        let lines = try SchemaLine.tree(text, file: file)
        guard let first = lines.first else { throw error(1, "an empty file") }
        if first.words[0] == "api" { return try api(first, lines.dropFirst()) }
        return try lines.map { line in
            guard line.words[0] == "message", line.words.count >= 2 else { throw error(line, "not a message") }
            return try message(line, body: line.children, name: line.words[1], documentation: line.documentation)
        }
    }

    private func api(_ head: SchemaLine, _ bodies: ArraySlice<SchemaLine>) throws -> [MessageSchema] {
        guard head.words.count >= 3, let key = Int(head.words[2]), head.children.isEmpty else {
            throw error(head, "an api needs a name and a key")
        }
        guard bodies.map(\.words) == [["request"], ["response"]] else {
            throw error(head, "an api needs a request and a response")
        }
        let api = head.words[1]
        let kinds: [MessageSchema.Kind] = [.request(api: api, key: key), .response(api: api, key: key)]
        return try zip(bodies, kinds).map { body, kind in
            let name = api + (body.words == ["request"] ? "Request" : "Response")
            let documentation = body.documentation.isEmpty ? head.documentation : body.documentation
            return try message(head, body: body.children, name: name, documentation: documentation, kind: kind)
        }
    }

    private func message(
        _ head: SchemaLine,
        body: [SchemaLine],
        name: String,
        documentation: [String],
        kind: MessageSchema.Kind = .plain
    ) throws -> MessageSchema {
        var kind = kind
        var versions: VersionRange?
        var flexible: VersionRange?
        var words = head.words.dropFirst(kind == .plain ? 2 : 3)
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { throw error(head, "\(word) needs a value") }
            switch word {
            case "versions": versions = VersionRange(value, top: Int(Int16.max))
            case "flexible": flexible = VersionRange(value, top: Int(Int16.max))
            case "metadata": kind = .metadata(key: try number(value, head))
            default: throw error(head, "unknown word \(word)")
            }
        }
        guard let versions else { throw error(head, "a message needs its versions") }
        var builder = StructBuilder(parser: self, top: versions.last)
        let root = try builder.structure(name, documentation, versions, body)
        return MessageSchema(
            name: name,
            kind: kind,
            documentation: documentation,
            versions: versions,
            firstFlexible: flexible?.first,
            root: root,
            structs: builder.structs
        )
    }

    func number(_ text: String, _ line: SchemaLine) throws -> Int {
        guard let number = Int(text) else { throw error(line, "\(text) is not a number") }
        return number
    }

    func error(_ line: SchemaLine, _ problem: String) -> SchemaError { error(line.number, problem) }

    func error(_ line: Int, _ problem: String) -> SchemaError { SchemaError(file: file, line: line, problem: problem) }
}
