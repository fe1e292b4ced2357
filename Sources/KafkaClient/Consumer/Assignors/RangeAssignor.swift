import KafkaProtocol
import Records

/// Gives each member a range of each topic's partitions, so that members who have partition 3 of one topic have it of
/// the other too, where the counts are equal. Where members and replicas name racks, partitions go to members in the
/// rack of a replica first. See KIP-881.
public struct RangeAssignor: PartitionAssignor {
    public let name = "range"

    /// An assignor.
    public init() {}

    public func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) -> [MemberID: PartitionAssignment] {
        assign(AssignablePartitions(metadata, group), group).mapValues { PartitionAssignment($0) }
    }

    func assign(_ assignable: AssignablePartitions, _ group: GroupSubscription) -> [MemberID: [TopicPartition]] {
        var assignment = Dictionary(group.members.map { ($0.memberID, [TopicPartition]()) }) { first, _ in first }
        var topics = assignable.topics.map { TopicRanges($0, group) }
        let racksMatter = topics.contains(where: \.racksMatter)
        if racksMatter { assignByRack(&topics, &assignment) }
        for index in topics.indices { topics[index].assignRanges(&assignment) { _, _ in true } }
        if racksMatter { assignment = assignment.mapValues { $0.sorted() } }
        return assignment
    }

    /// Topics with the same members and counts are assigned together, so that they stay co-partitioned.
    private func assignByRack(_ topics: inout [TopicRanges], _ assignment: inout [MemberID: [TopicPartition]]) {
        struct Shape: Hashable {
            let members: [MemberID]
            let count: Int
        }
        var groups: [(shape: Shape, topics: [Int])] = []
        for index in topics.indices {
            let shape = Shape(members: topics[index].members, count: topics[index].racks.count)
            if let place = groups.firstIndex(where: { $0.shape == shape }) {
                groups[place].topics.append(index)
            } else {
                groups.append((shape, [index]))
            }
        }
        for (shape, together) in groups {
            if together.count > 1 {
                assignTogether(together, shape.members, shape.count, &topics, &assignment)
            } else if topics[together[0]].racksMatter {
                let ranges = topics[together[0]]
                topics[together[0]].assignRanges(&assignment) { ranges.racksMatch($0, $1) }
            }
        }
    }

    private func assignTogether(
        _ together: [Int],
        _ members: [MemberID],
        _ count: Int,
        _ topics: inout [TopicRanges],
        _ assignment: inout [MemberID: [TopicPartition]]
    ) {
        var remaining = members
        for index in 0..<count {
            let match = remaining.firstIndex { member in
                together.allSatisfy {
                    let ranges = topics[$0]
                    return ranges.racksMatch(
                        member,
                        TopicPartition(ranges.name, PartitionIndex(Int32(clamping: index)))
                    )
                        && ranges.room(member) > 0
                }
            }
            guard let match else { continue }
            let member = remaining[match]
            for topic in together {
                let partition = TopicPartition(topics[topic].name, PartitionIndex(Int32(clamping: index)))
                topics[topic].assigned([partition], to: member, &assignment)
            }
            if together.allSatisfy({ topics[$0].room(member) == 0 }) {
                remaining.remove(at: match)
                if remaining.isEmpty { return }
            }
        }
    }
}

/// One topic while it is shared out in ranges.
private struct TopicRanges {
    let name: TopicName
    /// Those who subscribe, in the order in which they are served.
    let members: [MemberID]
    let racksMatter: Bool
    /// Empty where no member names a rack.
    let racks: [TopicPartition: Set<String>]
    private let memberRacks: [MemberID: String]
    private var unassigned: [TopicPartition]
    private var counts: [MemberID: Int] = [:]
    private let perMember: Int
    /// How many members may have one more than `perMember`.
    private var extras: Int

    init(_ topic: AssignablePartitions.Topic, _ group: GroupSubscription) {
        name = topic.name
        let subscribers = group.inServingOrder.filter { $0.subscription.topics.contains(topic.name) }
        members = subscribers.map(\.memberID)
        memberRacks = Dictionary(subscribers.compactMap { member in member.rack.map { (member.memberID, $0) } }) { $1 }
        unassigned = topic.partitions
        perMember = members.isEmpty ? 0 : topic.partitions.count / members.count
        extras = members.isEmpty ? 0 : topic.partitions.count % members.count
        racks = memberRacks.isEmpty ? [:] : Dictionary(zip(topic.partitions, topic.racks)) { $1 }
        racksMatter = AssignablePartitions.racksMatter(Set(memberRacks.values), racks.isEmpty ? [] : topic.racks)
    }

    func racksMatch(_ member: MemberID, _ partition: TopicPartition) -> Bool {
        guard let rack = memberRacks[member] else { return true }
        return racks[partition]?.contains(rack) ?? false
    }

    /// How many more partitions the member may have.
    func room(_ member: MemberID) -> Int { max(0, perMember + (extras > 0 ? 1 : 0) - counts[member, default: 0]) }

    mutating func assignRanges(
        _ assignment: inout [MemberID: [TopicPartition]],
        where mayHave: (MemberID, TopicPartition) -> Bool
    ) {
        for member in members {
            if unassigned.isEmpty { return }
            let range = unassigned.filter { mayHave(member, $0) }.prefix(room(member))
            if !range.isEmpty { assigned(Array(range), to: member, &assignment) }
        }
    }

    mutating func assigned(
        _ partitions: [TopicPartition],
        to member: MemberID,
        _ assignment: inout [MemberID: [TopicPartition]]
    ) {
        assignment[member, default: []] += partitions
        counts[member, default: 0] += partitions.count
        if counts[member, default: 0] > perMember { extras -= 1 }
        let gone = Set(partitions)
        unassigned.removeAll { gone.contains($0) }
    }
}
