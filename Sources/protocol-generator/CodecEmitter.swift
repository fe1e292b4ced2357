/// Writes how a message, or a struct within one, is decoded and encoded: about one line a field.
struct CodecEmitter {
    let message: MessageSchema
    let structure: StructSchema
    /// Whether some version ends with tagged fields.
    let hasTags: Bool
    let isPublic: Bool

    private var plain: [FieldSchema] { structure.fields.filter { $0.tag == nil } }
    private var tagged: [FieldSchema] { structure.fields.filter { $0.tag != nil }.sorted { $0.tag ?? 0 < $1.tag ?? 0 } }
    private var access: String { isPublic ? "public " : "" }

    func emit(_ code: inout CodeWriter) {
        code.line()
        if isPublic { code.line("/// Reads the fields that the reader's version has.") }
        code.block("\(access)init(from reader: inout WireReader) throws(WireError)", decode)
        code.line()
        if isPublic { code.line("/// Writes the fields that the writer's version has.") }
        code.block("\(access)func encode(to writer: inout WireWriter) throws(WireError)", encode)
    }

    // MARK: Decoding

    private func decode(_ code: inout CodeWriter) {
        for field in plain {
            let assignment = "\(field.swiftName) = \(expression(field))"
            if let condition = field.versions.condition("reader.version", known: structure.versions) {
                code.line("if \(condition) { \(assignment) }")
            } else {
                code.line(assignment)
            }
        }
        guard hasTags else { return }
        if tagged.isEmpty {
            code.line("unknownTaggedFields = try reader.unknownTaggedFields()")
        } else {
            decodeTags(&code)
        }
    }

    private func decodeTags(_ code: inout CodeWriter) {
        code.line("var tags = try reader.tagSection()")
        code.block("while let tag = try reader.nextTag(&tags)") { code in
            code.line("switch tag {")
            for field in tagged {
                let condition = field.versions.condition("reader.version", known: flexibleVersions)
                let guardClause = condition.map { " where \($0)" } ?? ""
                code.line("case \(field.tag ?? 0)\(guardClause): \(field.swiftName) = \(expression(field))")
            }
            code.line("default: unknownTaggedFields.append(reader.unknownTaggedField(tag))")
            code.line("}")
        }
    }

    private func expression(_ field: FieldSchema) -> String {
        field.decodeExpression(minimumSize: field.minimumElementSize(in: message))
    }

    /// Only these have tags to look at.
    private var flexibleVersions: VersionRange {
        let first = max(structure.versions.first, message.firstFlexible ?? structure.versions.first)
        return VersionRange(first: first, last: structure.versions.last)
    }

    // MARK: Encoding

    private func encode(_ code: inout CodeWriter) {
        for field in plain { encode(field, &code) }
        guard hasTags else { return }
        if tagged.isEmpty {
            code.line("try writer.unknownTaggedFields(unknownTaggedFields)")
        } else {
            code.line("var tags = try writer.beginTags(unknownTaggedFields)")
            for field in tagged { encodeTag(field, &code) }
            code.line("try writer.endTags(tags)")
        }
    }

    private func encode(_ field: FieldSchema, _ code: inout CodeWriter) {
        guard let condition = field.versions.condition("writer.version", known: structure.versions) else {
            return code.line(field.encodeStatement)
        }
        if field.isIgnorable {
            return code.line("if \(condition) { \(field.encodeStatement) }")
        }
        code.line("if \(condition) {")
        code.indented { $0.line(field.encodeStatement) }
        code.block("} else if \(field.isSet)") { $0.line("throw writer.absent(\"\(field.name)\")") }
    }

    private func encodeTag(_ field: FieldSchema, _ code: inout CodeWriter) {
        let condition = field.versions.condition("writer.version", known: structure.versions)
        let head = [field.isIgnorable ? condition : nil, field.isSet].compactMap(\.self).joined(separator: ", ")
        code.block("if \(head)") { code in
            if let condition, !field.isIgnorable {
                code.line("guard \(condition) else { throw writer.absent(\"\(field.name)\") }")
            }
            code.line("try writer.beginTag(\(field.tag ?? 0), &tags)")
            code.line(field.encodeStatement)
            code.line("try writer.endTag(tags)")
        }
    }
}
