/// Collects lines of Swift, indented by block.
struct CodeWriter {
    private(set) var text = ""
    private var level = 0

    /// One line; an empty one is not indented.
    mutating func line(_ content: String = "") {
        if !content.isEmpty { text += String(repeating: "    ", count: level) + content }
        text += "\n"
    }

    /// Documentation lines.
    mutating func documentation(_ lines: [String]) {
        for content in lines { line("/// \(content)") }
    }

    /// `head {`, the body, `}`.
    mutating func block(_ head: String, _ body: (inout CodeWriter) -> Void) {
        line("\(head) {")
        indented(body)
        line("}")
    }

    /// The body, one level further in.
    mutating func indented(_ body: (inout CodeWriter) -> Void) {
        level += 1
        body(&self)
        level -= 1
    }
}
