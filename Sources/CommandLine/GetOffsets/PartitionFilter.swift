import Records

/// Which partitions are meant by patterns of topic and partition.
struct PartitionFilter {
    /// One pattern.
    private struct Rule {
        let topic: TopicFilter
        let partitions: Partitions

        func allows(_ id: TopicPartition) -> Bool {
            topic.allows(id.topic.rawValue) && partitions.allows(id.partition.rawValue)
        }
    }

    private enum Partitions: Sendable {
        case all
        case these(Set<Int32>)
        /// Up to and without the end.
        case range(Range<Int32>)

        func allows(_ number: Int32) -> Bool {
            switch self {
            case .all: true
            case .these(let numbers): numbers.contains(number)
            case .range(let range): range.contains(number)
            }
        }
    }

    private let rules: [Rule]

    /// One topic expression, and partitions parted by commas; an empty text stands for all.
    init(topic: String, partitions: String) throws(OffsetQueryError) {
        var numbers: Set<Int32> = []
        for text in partitions.split(separator: ",", omittingEmptySubsequences: partitions.isEmpty) {
            guard let number = Int32(text) else {
                throw OffsetQueryError(
                    "--partitions expects a comma separated list of numeric partition ids, but received: \(partitions)"
                )
            }
            numbers.insert(number)
        }
        rules = [Rule(topic: try PartitionFilter.topic(topic), partitions: numbers.isEmpty ? .all : .these(numbers))]
    }

    /// Patterns `topic`, `topic:1`, `topic:1-3`, `topic:1-`, `topic:-3`, parted by commas.
    init(patterns: String) throws(OffsetQueryError) {
        var rules: [Rule] = []
        for text in patterns.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let partitions = parts.count == 2 ? PartitionFilter.partitions(parts[1]) : .all else {
                let sentence = "Invalid rule specification: \(text)"
                throw OffsetQueryError("org.apache.kafka.tools.TerseException: \(sentence)")
            }
            let topic = parts[0].isEmpty ? ".*" : String(parts[0])
            rules.append(Rule(topic: try PartitionFilter.topic(topic), partitions: partitions))
        }
        self.rules = rules
    }

    /// Whether any pattern means the partition.
    func allows(_ id: TopicPartition) -> Bool { rules.contains { $0.allows(id) } }

    private static func topic(_ text: String) throws(OffsetQueryError) -> TopicFilter {
        do throws(TopicToolError) {
            return try TopicFilter(text)
        } catch {
            throw OffsetQueryError(error.message)
        }
    }

    /// Nil where the text is neither a number nor a range.
    private static func partitions(_ text: Substring) -> Partitions? {
        if text.isEmpty { return .all }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, ends.allSatisfy({ $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) })
        else { return nil }
        guard ends.count == 2 else { return Int32(text).map { .these([$0]) } }
        guard let from = ends[0].isEmpty ? 0 : Int32(ends[0]), let to = ends[1].isEmpty ? .max : Int32(ends[1]) else {
            return nil
        }
        return .range(from..<max(from, to))
    }
}
