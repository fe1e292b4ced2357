/// Reads the fields of one message, and collects the structs that it meets.
struct StructBuilder {
    let parser: SchemaParser
    /// The message's latest version, where `v3+` ends.
    let top: Int
    var structs: [StructSchema] = []

    /// Reads the lines below a message, a field, or `struct Name`.
    mutating func structure(
        _ name: String,
        _ documentation: [String],
        _ versions: VersionRange,
        _ lines: [SchemaLine]
    ) throws -> StructSchema {
        var fields: [FieldSchema] = []
        for line in lines {
            if line.words[0] == "struct" {
                try shared(line, versions)
            } else {
                fields.append(try field(line, within: versions))
            }
        }
        return StructSchema(name: name, documentation: documentation, versions: versions, fields: fields)
    }

    private mutating func shared(_ line: SchemaLine, _ outer: VersionRange) throws {
        guard line.words.count == 2 || line.words.count == 3 else {
            throw parser.error(line, "a struct needs a name, and may have versions")
        }
        let range = line.words.count == 3 ? try versions(line.words[2].dropFirst(), line) : outer
        try add(line.words[1], line, range)
    }

    private mutating func add(_ name: String, _ line: SchemaLine, _ versions: VersionRange) throws {
        guard !structs.contains(where: { $0.name == name }) else { throw parser.error(line, "a second struct \(name)") }
        let place = structs.count
        let new = try structure(name, line.words[0] == "struct" ? line.documentation : [], versions, line.children)
        structs.insert(new, at: place)
    }

    private mutating func field(_ line: SchemaLine, within outer: VersionRange) throws -> FieldSchema {
        guard line.words.count >= 2, line.words[0].hasSuffix(":") else {
            throw parser.error(line, "a field is written as `name: type`")
        }
        var attributes = try attributes(line, within: outer)
        let type = line.words[1]
        let parts = type.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            attributes.nullable = parts[1].isEmpty ? attributes.versions : try versions(parts[1], line)
        }
        let isArray = parts[0].hasPrefix("[") && parts[0].hasSuffix("]")
        let element = String(isArray ? parts[0].dropFirst().dropLast() : parts[0])
        if !line.children.isEmpty { try add(element, line, attributes.versions) }
        return FieldSchema(
            name: String(line.words[0].dropLast()),
            documentation: line.documentation,
            element: try self.element(element, line),
            isArray: isArray,
            versions: attributes.versions,
            nullable: attributes.nullable,
            tag: attributes.tag,
            defaultValue: attributes.defaultValue,
            isIgnorable: attributes.isIgnorable
        )
    }

    private func element(_ name: String, _ line: SchemaLine) throws -> FieldSchema.Element {
        if let word = WireWord(rawValue: name) { return .word(word) }
        guard let first = name.first, first.isUppercase else { throw parser.error(line, "unknown type \(name)") }
        return .structure(name)
    }

    private struct Attributes {
        var versions: VersionRange
        var nullable: VersionRange?
        var tag: Int?
        var defaultValue: String?
        var isIgnorable = false
    }

    private func attributes(_ line: SchemaLine, within outer: VersionRange) throws -> Attributes {
        var attributes = Attributes(versions: outer)
        var words = line.words.dropFirst(2)
        while let word = words.popFirst() {
            switch word {
            case "ignorable": attributes.isIgnorable = true
            case "=": attributes.defaultValue = words.popFirst()
            case "tag": attributes.tag = try parser.number(words.popFirst() ?? "", line)
            case _ where word.hasPrefix("v"): attributes.versions = try versions(word.dropFirst(), line)
            default: throw parser.error(line, "unknown word \(word)")
            }
        }
        guard outer.contains(attributes.versions) else {
            throw parser.error(line, "has versions that what is around it has not")
        }
        return attributes
    }

    private func versions(_ text: Substring, _ line: SchemaLine) throws -> VersionRange {
        guard let range = VersionRange(String(text), top: top) else {
            throw parser.error(line, "\(text) are not versions")
        }
        return range
    }
}
