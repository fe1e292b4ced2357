import Records

/// Each topic's partitions in runs, one for each of the members that consume it, in the order of their instance ids, then
/// of their member ids. The first members get one more where it does not come out even.
struct RangeAssignment {
    let result: [MemberID: PartitionsByTopic]

    init(_ input: ServerAssignor.Input) {
        let members = input.members.sorted(by: RangeAssignment.precedes)
        var consumers: [TopicID: Int] = [:]
        for member in members { for topic in member.topics { consumers[topic, default: 0] += 1 } }
        var next: [TopicID: (start: Int, rank: Int)] = [:]
        var result: [MemberID: PartitionsByTopic] = [:]
        for member in members {
            var partitions = PartitionsByTopic()
            for topic in member.topics {
                guard let count = input.partitionCounts[topic], let consumerCount = consumers[topic] else { continue }
                let (start, rank) = next[topic] ?? (0, 0)
                let end = start + count / consumerCount + (rank < count % consumerCount ? 1 : 0)
                for index in start..<end { partitions.insert(topic, PartitionIndex(Int32(clamping: index))) }
                next[topic] = (end, rank + 1)
            }
            result[member.id] = partitions
        }
        self.result = result
    }

    private static func precedes(_ a: ServerAssignor.Input.Member, _ b: ServerAssignor.Input.Member) -> Bool {
        switch (a.instanceID, b.instanceID) {
        case (let a?, let b?): a < b
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): a.id < b.id
        }
    }
}
