import Records

/// For members that consume different topics: no member could give a partition to another one that consumes the topic and
/// has at least two fewer. Members keep what they have as far as that allows.
struct BalancedAssignment {
    private(set) var result: [MemberID: PartitionsByTopic] = [:]
    private var counts: [MemberID: Int] = [:]
    /// The members that consume a topic, by id.
    private var consumers: [TopicID: [MemberID]] = [:]

    init(_ input: ServerAssignor.Input) {
        var owners: [TopicID: [PartitionIndex: MemberID]] = [:]
        for member in input.members.sorted(by: { $0.id < $1.id }) {
            result[member.id] = PartitionsByTopic()
            counts[member.id] = 0
            for topic in member.topics { consumers[topic, default: []].append(member.id) }
            for (topic, partitions) in member.target.sorted where member.topics.contains(topic) {
                for partition in partitions where partition.rawValue < input.partitionCounts[topic] ?? 0 {
                    guard owners[topic]?[partition] == nil else { continue }
                    owners[topic, default: [:]][partition] = member.id
                    give(topic, partition, to: member.id)
                }
            }
        }
        // Topics with the fewest consumers first: they have the least choice.
        let topics = consumers.keys.sorted {
            (consumers[$0]?.count ?? 0, $0) < (consumers[$1]?.count ?? 0, $1)
        }
        for topic in topics {
            for index in 0..<(input.partitionCounts[topic] ?? 0) {
                let partition = PartitionIndex(Int32(clamping: index))
                if owners[topic]?[partition] == nil, let least = leastLoaded(topic) {
                    owners[topic, default: [:]][partition] = least
                    give(topic, partition, to: least)
                }
            }
        }
        balance(topics, &owners)
    }

    /// Moves partitions until none can move to somebody with at least two fewer. Each move lowers the sum of the squares of
    /// the counts, so it ends.
    private mutating func balance(_ topics: [TopicID], _ owners: inout [TopicID: [PartitionIndex: MemberID]]) {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for topic in topics {
                for (partition, owner) in (owners[topic] ?? [:]).sorted(by: { $0.key < $1.key }) {
                    guard let least = leastLoaded(topic), counts[least, default: 0] + 1 < counts[owner, default: 0]
                    else { continue }
                    owners[topic]?[partition] = least
                    result[owner]?.remove(topic, partition)
                    counts[owner, default: 0] -= 1
                    give(topic, partition, to: least)
                    hasMoved = true
                }
            }
        }
    }

    private mutating func give(_ topic: TopicID, _ partition: PartitionIndex, to member: MemberID) {
        result[member]?.insert(topic, partition)
        counts[member, default: 0] += 1
    }

    private func leastLoaded(_ topic: TopicID) -> MemberID? {
        consumers[topic]?.min { (counts[$0, default: 0], $0) < (counts[$1, default: 0], $1) }
    }
}
