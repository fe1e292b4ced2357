import Records

extension TopicDescription {
    /// The topic with its partitions and its own configs.
    var json: JSONValue {
        let own = configs.filter { !$0.isDefault }.map { JSONValue.Member(name: $0.name, value: .string($0.value)) }
        return .members([
            "topic": .string(name.rawValue),
            "topicId": .string(id.description),
            "replicationFactor": .integer(Int64(partitions.first?.replicationFactor ?? 0)),
            "configs": .object(own),
            "partitions": .array(partitions.map(\.json)),
        ])
    }
}

extension PartitionDescription {
    /// The partition; `leader` is null while there is none.
    var json: JSONValue {
        func list(_ ids: [BrokerID]) -> JSONValue { .array(ids.map { .integer(Int64($0.rawValue)) }) }
        return .members([
            "partition": .integer(Int64(index.rawValue)),
            "leader": leader.rawValue >= 0 ? .integer(Int64(leader.rawValue)) : .null,
            "replicas": list(replicas),
            "isr": list(inSyncReplicas),
            "elr": eligibleLeaderReplicas.map(list) ?? .null,
            "lastKnownElr": lastKnownEligibleLeaderReplicas.map(list) ?? .null,
            "addingReplicas": list(reassignment?.adding ?? []),
            "removingReplicas": list(reassignment?.removing ?? []),
        ])
    }
}
