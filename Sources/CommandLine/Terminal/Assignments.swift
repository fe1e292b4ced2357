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
