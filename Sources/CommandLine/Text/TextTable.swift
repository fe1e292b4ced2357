/// Rows of text under headings, in columns as wide as their widest text.
struct TextTable: Sendable {
    /// A heading, and how wide its column is.
    struct Column: Sendable {
        let heading: String
        /// The least width.
        let minimum: Int
        /// What is added to the widest text.
        let extra: Int
        /// Whether it grows with its texts; otherwise longer texts stand out.
        let grows: Bool

        init(_ heading: String, atLeast minimum: Int, extra: Int = 0, grows: Bool = true) {
            self.heading = heading
            self.minimum = minimum
            self.extra = extra
            self.grows = grows
        }
    }

    var columns: [Column]
    var rows: [[String]] = []

    /// The headings and the rows, with blanks up to the width of the last column. Widths count UTF-16 units, as Java's.
    func lines() -> [String] {
        let widths = columns.indices.map { index in
            let column = columns[index]
            let longest = column.grows ? rows.map { $0[index].utf16.count }.max() ?? 0 : 0
            return max(column.minimum, longest) + column.extra
        }
        return ([columns.map(\.heading)] + rows).map { row in
            zip(row, widths).map { text, width in
                text + String(repeating: " ", count: max(0, width - text.utf16.count))
            }.joined(separator: " ")
        }
    }
}
