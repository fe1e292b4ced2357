import KafkaProtocol
import Records

/// One run of the sticky algorithm: what stays with whom, and where the rest goes.
///
/// Where all members subscribe to the same topics a simple distribution serves (``UniformStickyAssignment``), otherwise
/// partitions are moved about until nothing gets more even (``GeneralStickyAssignment``).
struct StickyAssignment {
    /// What a member owned before.
    struct Previous {
        let partitions: [TopicPartition]
        /// In which generation; nil where it does not tell.
        let generation: Int32?
    }

    struct Result {
        var assignment: [MemberID: [TopicPartition]]
        /// Partitions that go from one member to another, and to whom; nil where that was not noted.
        var moving: [TopicPartition: MemberID]?
    }

    let result: Result

    init(
        _ assignable: AssignablePartitions,
        _ group: GroupSubscription,
        _ previous: (MemberSubscription) -> Previous
    ) {
        let members = group.inHashOrder
        let owners = StickyOwners(assignable, members, previous)
        let racks = StickyRacks(assignable, members)
        if owners.haveEqualSubscriptions {
            var uniform = UniformStickyAssignment(assignable, racks, owners)
            result = uniform.run()
        } else {
            var general = GeneralStickyAssignment(assignable, racks, owners, members)
            result = Result(assignment: general.run(), moving: nil)
        }
    }

    /// Partitions that a member gets while another owns them.
    static func moving(
        _ assignment: [MemberID: [TopicPartition]],
        _ group: GroupSubscription
    ) -> [TopicPartition: MemberID] {
        var added: [TopicPartition: MemberID] = [:]
        var revoked: Set<TopicPartition> = []
        for member in group.members {
            let owned = Set(member.subscription.ownedPartitions)
            let assigned = assignment[member.memberID, default: []]
            for partition in assigned where !owned.contains(partition) { added[partition] = member.memberID }
            revoked.formUnion(owned.subtracting(assigned))
        }
        return added.filter { revoked.contains($0.key) }
    }
}

/// Who owned what before, with contradictions resolved: the younger generation wins, and where two of one generation
/// claim a partition neither has it.
struct StickyOwners {
    /// In the order of a Java hash table.
    let members: [MemberID]
    /// Whether all subscribe to the same topics.
    private(set) var haveEqualSubscriptions = true
    private(set) var owned: [MemberID: [TopicPartition]] = [:]
    /// Claimed by several members of one generation.
    private(set) var contested: Set<TopicPartition> = []
    /// Owned in an older generation, and by whom.
    private(set) var older: [TopicPartition: (member: MemberID, generation: Int32)] = [:]

    init(
        _ assignable: AssignablePartitions,
        _ members: [GroupSubscription.Member],
        _ previous: (MemberSubscription) -> StickyAssignment.Previous
    ) {
        self.members = members.map(\.memberID)
        let topics = Set(assignable.topics.map(\.name))
        let subscriptions = Dictionary(members.map { ($0.memberID, $0.subscription) }) { $1 }
        var claims: [TopicPartition: MemberID] = [:]
        var first: Set<TopicName> = []
        var youngest: Int32 = -1
        for member in members {
            let subscribed = Set(member.subscription.topics)
            if first.isEmpty { first = subscribed } else if first != subscribed { haveEqualSubscriptions = false }
            let before = previous(member.subscription)
            let generation = before.generation ?? -1
            youngest = max(youngest, generation)
            owned[member.memberID] = []
            for partition in before.partitions where topics.contains(partition.topic) {
                guard let rival = claims[partition] else {
                    owned[member.memberID]?.append(partition)
                    claims[partition] = member.memberID
                    continue
                }
                let rivalGeneration = subscriptions[rival]?.generationID ?? -1
                if generation < rivalGeneration { continue }
                if let place = owned[rival]?.firstIndex(of: partition) { owned[rival]?.remove(at: place) }
                claims[partition] = member.memberID
                if generation == rivalGeneration {
                    contested.insert(partition)
                } else {
                    owned[member.memberID]?.append(partition)
                }
            }
        }
        noteOlder(members, previous, youngest)
    }

    private mutating func noteOlder(
        _ members: [GroupSubscription.Member],
        _ previous: (MemberSubscription) -> StickyAssignment.Previous,
        _ youngest: Int32
    ) {
        for member in members {
            let before = previous(member.subscription)
            let generation = before.generation ?? -1
            guard generation < youngest else { continue }
            for partition in before.partitions where older[partition].map({ generation > $0.generation }) ?? true {
                older[partition] = (member.memberID, generation)
            }
        }
    }
}

/// Which member is in the rack of which partition's replicas; empty where racks make no difference.
struct StickyRacks {
    let members: [MemberID: String]
    let partitions: [TopicPartition: Set<String>]
    /// For each partition the members in a rack of a replica; empty where no member names a rack.
    private let nearMembers: [TopicPartition: Int]

    init(_ assignable: AssignablePartitions, _ group: [GroupSubscription.Member]) {
        let members = Dictionary(group.compactMap { member in member.rack.map { (member.memberID, $0) } }) { $1 }
        let all = assignable.topics.flatMap { zip($0.partitions, $0.racks) }
        guard !members.isEmpty else {
            self.members = [:]
            partitions = [:]
            nearMembers = [:]
            return
        }
        var sizes: [String: Int] = [:]
        for rack in members.values { sizes[rack, default: 0] += 1 }
        nearMembers = Dictionary(
            all.map { partition, racks in (partition, racks.reduce(0) { $0 + sizes[$1, default: 0] }) }
        ) { $1 }
        let matter = AssignablePartitions.racksMatter(Set(members.values), all.map(\.1))
        self.members = matter ? members : [:]
        partitions = matter ? Dictionary(all) { $1 } : [:]
    }

    /// Whether the member names a rack in which the partition has no replica.
    func mismatch(_ member: MemberID, _ partition: TopicPartition) -> Bool {
        guard let rack = members[member] else { return false }
        return !(partitions[partition]?.contains(rack) ?? false)
    }

    /// Those first that the fewest members are near.
    func sorted(_ all: [TopicPartition]) -> [TopicPartition] {
        guard !nearMembers.isEmpty else { return all }
        return all.enumerated().sorted {
            (nearMembers[$0.element, default: 0], $0.offset) < (nearMembers[$1.element, default: 0], $1.offset)
        }.map(\.element)
    }

    /// The first place at or after `start`, around the list, of a member near the partition.
    func nextNear(_ partition: TopicPartition, in list: [MemberID], from start: Int) -> Int? {
        guard let racks = partitions[partition], !racks.isEmpty, !list.isEmpty else { return nil }
        for step in list.indices {
            let place = (start + step) % list.count
            if let rack = members[list[place]], racks.contains(rack) { return place }
        }
        return nil
    }
}
