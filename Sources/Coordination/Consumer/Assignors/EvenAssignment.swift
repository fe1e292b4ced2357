import Records

/// For members that all consume the same topics: each gets as many partitions as any other, or one more, and keeps what
/// it has up to that number.
struct EvenAssignment {
    let result: [MemberID: PartitionsByTopic]

    init(_ input: ServerAssignor.Input) {
        let topics = (input.members.first?.topics ?? []).sorted()
        let members = EvenAssignment.inHashOrder(input.members)
        let assigned = members.reduce(PartitionsByTopic()) { $0.union($1.target) }
        var free: [(TopicID, PartitionIndex)] = []
        var total = 0
        for topic in topics {
            let count = input.partitionCounts[topic] ?? 0
            total += count
            for index in 0..<count {
                let partition = PartitionIndex(Int32(clamping: index))
                if !assigned.contains(topic, partition) { free.append((topic, partition)) }
            }
        }
        var extra = total % members.count
        var kept: [(MemberID, PartitionsByTopic, missing: Int)] = []
        for member in members {
            var quota = total / members.count
            if extra > 0 {
                quota += 1
                extra -= 1
            }
            var partitions = PartitionsByTopic()
            for (topic, owned) in member.target.sorted where member.topics.contains(topic) {
                for partition in owned {
                    // A topic may have been made anew with fewer partitions.
                    guard partition.rawValue < input.partitionCounts[topic] ?? 0 else { continue }
                    if quota > 0 {
                        quota -= 1
                        partitions.insert(topic, partition)
                    } else {
                        free.append((topic, partition))
                    }
                }
            }
            kept.append((member.id, partitions, quota))
        }
        var next = free.makeIterator()
        var result: [MemberID: PartitionsByTopic] = [:]
        for (id, partitions, missing) in kept {
            var partitions = partitions
            for _ in 0..<missing {
                guard let (topic, partition) = next.next() else { break }
                partitions.insert(topic, partition)
            }
            result[id] = partitions
        }
        self.result = result
    }

    /// In the order in which Java's HashMap holds their ids: it decides who gets one partition more.
    private static func inHashOrder(_ members: [ServerAssignor.Input.Member]) -> [ServerAssignor.Input.Member] {
        var capacity = 16
        while Double(members.count) > Double(capacity) * 0.75 { capacity *= 2 }
        return members.map { member -> (bucket: Int, member: ServerAssignor.Input.Member) in
            let hash = UInt32(bitPattern: CoordinatorPartitioning.javaHash(member.id.rawValue))
            return (Int(hash ^ hash >> 16) & (capacity - 1), member)
        }.sorted { ($0.bucket, $0.member.id) < ($1.bucket, $1.member.id) }.map(\.member)
    }
}
