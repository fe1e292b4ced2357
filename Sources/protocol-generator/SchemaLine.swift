/// A line of a schema file with the lines indented below it, and the comment right above it.
///
/// Four spaces are one level. A comment line begins with `#`; it documents the next line unless an empty line parts them.
struct SchemaLine {
    let number: Int
    let words: [String]
    let documentation: [String]
    var children: [SchemaLine] = []

    /// Reads a file into its outermost lines.
    static func tree(_ text: String, file: String) throws -> [SchemaLine] {
        var flat: [(level: Int, line: SchemaLine)] = []
        var comment: [String] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let indent = raw.prefix { $0 == " " }.count
            let content = raw.dropFirst(indent)
            if content.isEmpty {
                comment = []
            } else if content.hasPrefix("#") {
                comment.append(String(content.dropFirst().drop { $0 == " " }))
            } else {
                guard indent % 4 == 0 else {
                    throw SchemaError(file: file, line: index + 1, problem: "indented by \(indent), not by fours")
                }
                let words = content.split(separator: " ").map(String.init)
                flat.append((indent / 4, SchemaLine(number: index + 1, words: words, documentation: comment)))
                comment = []
            }
        }
        var rest = flat[...]
        return try nest(&rest, level: 0, file: file)
    }

    private static func nest(
        _ rest: inout ArraySlice<(level: Int, line: SchemaLine)>,
        level: Int,
        file: String
    ) throws -> [SchemaLine] {
        var lines: [SchemaLine] = []
        while let next = rest.first, next.level >= level {
            guard next.level == level else {
                throw SchemaError(file: file, line: next.line.number, problem: "indented too far")
            }
            rest.removeFirst()
            var line = next.line
            line.children = try nest(&rest, level: level + 1, file: file)
            lines.append(line)
        }
        return lines
    }
}
