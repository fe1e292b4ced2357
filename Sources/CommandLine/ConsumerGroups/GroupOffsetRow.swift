import KafkaClient
import Records

/// A line of `--describe`: a partition, how far the group is in it, and who has it.
struct GroupOffsetRow: Sendable, Hashable {
    let group: GroupID
    let partition: TopicPartition
    /// Nil where the group has not committed one.
    let current: Offset?
    /// Nil where it is not known.
    let end: Offset?
    /// Nil where no member has the partition.
    let member: GroupDescription.Member?

    /// Records that were not consumed yet.
    var lag: Int64? {
        guard let current, let end else { return nil }
        return end.rawValue - current.rawValue
    }

    /// What members have, those with the most first, and then the partitions with offsets that nobody has.
    static func rows(
        of group: GroupDescription,
        committed: [TopicPartition: OffsetAndMetadata],
        ends: [TopicPartition: Offset]
    ) -> [GroupOffsetRow] {
        func row(_ partition: TopicPartition, _ member: GroupDescription.Member?) -> GroupOffsetRow {
            GroupOffsetRow(
                group: group.id,
                partition: partition,
                current: committed[partition]?.offset,
                end: ends[partition],
                member: member
            )
        }
        let members = group.members.enumerated().sorted {
            ($1.element.assignment.count, $0.offset) < ($0.element.assignment.count, $1.offset)
        }.map(\.element)
        let assigned = members.flatMap { member in member.assignment.map { row($0, member) } }
        let taken = Set(assigned.map(\.partition))
        return assigned + committed.keys.filter { !taken.contains($0) }.sorted().map { row($0, nil) }
    }

    static func table(_ rows: [GroupOffsetRow]) -> TextTable {
        var table = TextTable(columns: [
            .init("GROUP", atLeast: 15), .init("TOPIC", atLeast: 15), .init("PARTITION", atLeast: 10, grows: false),
            .init("CURRENT-OFFSET", atLeast: 15, grows: false), .init("LOG-END-OFFSET", atLeast: 15, grows: false),
            .init("LAG", atLeast: 15, grows: false), .init("CONSUMER-ID", atLeast: 15), .init("HOST", atLeast: 15),
            .init("CLIENT-ID", atLeast: 0, grows: false),
        ])
        table.rows = rows.map { row in
            [
                row.group.rawValue, row.partition.topic.rawValue, row.partition.partition.description,
                row.current?.description ?? "-", row.end?.description ?? "-", row.lag.map { String($0) } ?? "-",
                row.member?.id.rawValue ?? "-", row.member?.host ?? "-", row.member?.clientID ?? "-",
            ]
        }
        return table
    }

    var json: JSONValue {
        .members([
            "topic": .string(partition.topic.rawValue), "partition": .integer(Int64(partition.partition.rawValue)),
            "currentOffset": .number(current?.rawValue), "logEndOffset": .number(end?.rawValue), "lag": .number(lag),
            "consumerId": .text(member?.id.rawValue), "host": .text(member?.host), "clientId": .text(member?.clientID),
        ])
    }
}

extension GroupDescription {
    /// The group, and one thing more.
    func json(with name: String, _ value: JSONValue) -> JSONValue {
        .object([
            .init(name: "group", value: .string(id.rawValue)), .init(name: "type", value: .string(type.rawValue)),
            .init(name: "state", value: .string(state.rawValue)), .init(name: "assignor", value: .string(assignor)),
            .init(name: "coordinator", value: .integer(Int64(coordinator.id.rawValue))),
            .init(name: name, value: value),
        ])
    }
}

extension GroupDescription.Member {
    /// The member and what it has.
    var json: JSONValue {
        .members([
            "consumerId": .string(id.rawValue), "groupInstanceId": .text(instanceID), "host": .string(host),
            "clientId": .string(clientID),
            "assignment": .array(
                assignment.map {
                    .members([
                        "topic": .string($0.topic.rawValue), "partition": .integer(Int64($0.partition.rawValue)),
                    ])
                }
            ),
        ])
    }
}
