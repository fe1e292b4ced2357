/// The versions of a message, struct or field: `3-13`, `5`, or `3+`, which ends where the message does.
struct VersionRange: Equatable {
    let first: Int
    let last: Int

    /// Reads the words of the schema; `top` is what `+` ends at. Nil for anything else, and for an empty range.
    init?(_ text: String, top: Int) {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        if text.hasSuffix("+"), let first = Int(text.dropLast()), first <= top {
            self.init(first: first, last: top)
        } else if bounds.count == 2, let first = Int(bounds[0]), let last = Int(bounds[1]), first <= last {
            self.init(first: first, last: last)
        } else if let only = Int(text) {
            self.init(first: only, last: only)
        } else {
            return nil
        }
    }

    init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    func contains(_ other: VersionRange) -> Bool { first <= other.first && other.last <= last }

    func contains(_ version: Int) -> Bool { first <= version && version <= last }

    var text: String { first == last ? "\(first)" : "\(first)-\(last)" }

    /// For a sentence: `version 5`, `versions 3-13`.
    var noun: String { first == last ? "version \(text)" : "versions \(text)" }

    /// Swift for "`subject` lies in this range", where it is known to lie in `known`; nil where it always does.
    func condition(_ subject: String, known: VersionRange) -> String? {
        switch (first > known.first, last < known.last) {
        case (false, false): nil
        case (true, false): "\(subject) >= \(first)"
        case (false, true): "\(subject) <= \(last)"
        case (true, true): first == last ? "\(subject) == \(first)" : "\(subject) >= \(first) && \(subject) <= \(last)"
        }
    }
}
