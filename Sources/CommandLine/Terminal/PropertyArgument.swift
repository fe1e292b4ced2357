import ArgumentParser

/// A `name=value` on the command line.
struct PropertyArgument: ExpressibleByArgument, Hashable {
    let name: String
    let value: String

    /// Nil where there is no equals sign, or nothing before it.
    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

extension [String: String] {
    /// Properties as Kafka's tools read them: the last of a name wins, and what has no equals sign has an empty value.
    init(assignments: [String]) {
        self.init()
        for text in assignments {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            self[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
    }
}
