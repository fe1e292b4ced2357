import Records

/// `topic`, or `topic:0,1,2`.
struct TopicArgument: Sendable, Hashable {
    let topic: TopicName
    /// Nil for all.
    let partitions: [PartitionIndex]?

    /// Errors: partitions that are no numbers, in the words of Kafka's tool.
    init(_ text: String) throws(GroupToolError) {
        guard text.contains(":") else {
            topic = TopicName(text)
            partitions = nil
            return
        }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        while parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.count == 2 else {
            throw .misuse("Invalid topic arg '\(text)', expected topic name and partitions")
        }
        topic = TopicName(String(parts[0]))
        partitions = try parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
            part throws(GroupToolError) in
            guard let number = Int32(part) else {
                // The quotes stand as Kafka's tool puts them.
                throw .misuse("Invalid partition '\(part)' specified in topic arg '\(text)''")
            }
            return PartitionIndex(number)
        }
    }
}
