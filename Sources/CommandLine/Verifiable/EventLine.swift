import Records

/// A line of the verifiable tools: an event as JSON, its time and its name first.
enum EventLine {
    static func print(_ name: String, _ members: KeyValuePairs<String, JSONValue> = [:], on console: Console) {
        guard case .object(let rest) = JSONValue.members(members) else { return }
        let head: [JSONValue.Member] = [
            .init(name: "timestamp", value: .integer(Timestamp.now().rawValue)),
            .init(name: "name", value: .string(name)),
        ]
        console.print(JSONValue.object(head + rest).description)
    }

    /// A partition as the events have it.
    static func partition(_ id: TopicPartition) -> JSONValue {
        .members(["topic": .string(id.topic.rawValue), "partition": .integer(Int64(id.partition.rawValue))])
    }
}
