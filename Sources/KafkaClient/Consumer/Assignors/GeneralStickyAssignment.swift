import Records

/// Shares out partitions among members of different subscriptions.
///
/// Everybody keeps what they own and still subscribe to; the rest goes, topic by topic, to the member with the fewest
/// partitions that may have it. Then partitions move from members with more to members with fewer, as long as the
/// assignment gets more even; a partition rather moves back to whom it came from, and where two members exchange
/// partitions of one topic both movements are spared.
struct GeneralStickyAssignment {
    private let counts: [TopicName: [TopicPartition]]
    private let racks: StickyRacks
    private let owners: StickyOwners
    /// Members that may have a topic's partitions, in the order of a Java hash table.
    private var takers: [TopicName: [MemberID]] = [:]
    private var wanted: [MemberID: [TopicName]] = [:]
    private var wantedSets: [MemberID: Set<TopicName>] = [:]
    private var current: [MemberID: [TopicPartition]]
    private var holder: [TopicPartition: MemberID] = [:]
    /// All partitions, of topics with the fewest takers first.
    private var all: [TopicPartition] = []
    /// Members that take part, those with the fewest partitions first.
    private var ranking: [MemberID] = []
    private var movements = PartitionMovements()
    private var mustRevoke = false

    init(
        _ assignable: AssignablePartitions,
        _ racks: StickyRacks,
        _ owners: StickyOwners,
        _ members: [GroupSubscription.Member]
    ) {
        self.racks = racks
        self.owners = owners
        counts = Dictionary(assignable.topics.map { ($0.name, $0.partitions) }) { $1 }
        current = owners.owned
        for topic in assignable.topics { takers[topic.name] = [] }
        for member in members {
            let topics = member.subscription.topics.filter { counts[$0] != nil }
            wanted[member.memberID] = topics
            wantedSets[member.memberID] = Set(topics)
            for topic in topics { takers[topic]?.append(member.memberID) }
        }
        for (member, partitions) in current { for partition in partitions { holder[partition] = member } }
        let takerCounts = takers.mapValues(\.count)
        all = assignable.topics.sorted { a, b in
            let left = takerCounts[a.name, default: 0]
            let right = takerCounts[b.name, default: 0]
            return left != right ? left < right : a.name.rawValue.utf16.lexicographicallyPrecedes(b.name.rawValue.utf16)
        }.flatMap(\.partitions)
    }

    mutating func run() -> [MemberID: [TopicPartition]] {
        let kept = keepOwned()
        let unassigned = kept.isEmpty ? all : all.filter { !kept.contains($0) }
        ranking = owners.members.sorted { precedes($0, $1) }
        balance(unassigned)
        return current
    }

    private mutating func keepOwned() -> Set<TopicPartition> {
        var kept: Set<TopicPartition> = []
        for member in owners.members {
            var partitions: [TopicPartition] = []
            for partition in current[member, default: []] {
                if !(wantedSets[member]?.contains(partition.topic) ?? false) || racks.mismatch(member, partition) {
                    mustRevoke = true
                } else {
                    partitions.append(partition)
                    kept.insert(partition)
                }
            }
            current[member] = partitions
        }
        return kept
    }

    private mutating func balance(_ unassigned: [TopicPartition]) {
        let isFirst = ranking.last.map { current[$0, default: []].isEmpty } ?? true
        var rest = unassigned
        if !racks.members.isEmpty { rest = rest.filter { !give($0, nearOnly: true) } }
        for partition in rest { _ = give(partition, nearOnly: false) }

        // What only one member may have does not take part, nor do members who have nothing else.
        let movable = all.filter { takers[$0.topic, default: []].count >= 2 }
        let newlyMovable = unassigned.filter { takers[$0.topic, default: []].count >= 2 }
        var fixed: [MemberID: [TopicPartition]] = [:]
        for member in owners.members where !takesPart(member) {
            fixed[member] = current.removeValue(forKey: member)
            ranking.removeAll { $0 == member }
        }
        let before = (current, holder)
        if !mustRevoke { _ = reassign(newlyMovable) }
        let isChanged = reassign(movable)
        if !isFirst, isChanged, score(current) >= score(before.0) { (current, holder) = before }
        current.merge(fixed) { $1 }
    }

    /// Gives the partition to the first in the ranking who may have it. False where there is nobody.
    private mutating func give(_ partition: TopicPartition, nearOnly: Bool) -> Bool {
        let taker = ranking.first {
            wantedSets[$0]?.contains(partition.topic) ?? false && !(nearOnly && racks.mismatch($0, partition))
        }
        guard let taker else { return false }
        change(taker) { $0.append(partition) }
        holder[partition] = taker
        return true
    }

    private func takesPart(_ member: MemberID) -> Bool {
        let partitions = current[member, default: []]
        if partitions.count < limit(member) { return true }
        return partitions.contains { takers[$0.topic, default: []].count >= 2 }
    }

    /// The most partitions that the member can get.
    private func limit(_ member: MemberID) -> Int {
        wanted[member, default: []].reduce(0) { $0 + counts[$1, default: []].count }
    }

    // MARK: Moving

    /// Moves partitions until nothing gets more even. True where one was moved.
    private mutating func reassign(_ partitions: [TopicPartition]) -> Bool {
        var isChanged = false
        var isMoving = true
        while isMoving {
            isMoving = false
            for partition in partitions {
                if isBalanced { break }
                guard let member = holder[partition], let count = current[member]?.count else { continue }
                if let older = owners.older[partition], let olderCount = current[older.member]?.count,
                    count > olderCount + 1
                {
                    move(partition, to: older.member)
                } else if hasSmallerTaker(partition, member, count), let taker = firstTaker(partition.topic) {
                    move(partition, to: taker)
                } else {
                    continue
                }
                isMoving = true
                isChanged = true
            }
        }
        return isChanged
    }

    private func hasSmallerTaker(_ partition: TopicPartition, _ member: MemberID, _ count: Int) -> Bool {
        takers[partition.topic, default: []].contains { other in
            (current[other]?.count).map { count > $0 + 1 } ?? false
        }
    }

    private func firstTaker(_ topic: TopicName) -> MemberID? {
        ranking.first { wantedSets[$0]?.contains(topic) ?? false }
    }

    private mutating func move(_ partition: TopicPartition, to taker: MemberID) {
        guard let giver = holder[partition] else { return }
        let moved = movements.partitionToMove(partition, from: giver, to: taker)
        guard let giver = holder[moved], giver != taker else { return }
        movements.moved(moved, from: giver, to: taker)
        change(giver) { partitions in partitions.removeAll { $0 == moved } }
        change(taker) { $0.append(moved) }
        holder[moved] = taker
    }

    /// Whether no member could get a partition from another that has at least two more.
    private var isBalanced: Bool {
        guard let first = ranking.first, let last = ranking.last else { return true }
        if current[first, default: []].count >= current[last, default: []].count - 1 { return true }
        for member in ranking {
            let count = current[member, default: []].count
            guard count != limit(member) else { continue }
            for topic in wanted[member, default: []] {
                for partition in counts[topic, default: []] {
                    guard let other = holder[partition], other != member, let otherCount = current[other]?.count else {
                        continue
                    }
                    if count + 1 < otherCount { return false }
                }
            }
        }
        return true
    }

    /// The sum of all differences: 0 where all have the same.
    private func score(_ assignment: [MemberID: [TopicPartition]]) -> Int {
        let sizes = assignment.values.map(\.count)
        var score = 0
        for (place, size) in sizes.enumerated() {
            for other in sizes[(place + 1)...] { score += abs(size - other) }
        }
        return score
    }

    // MARK: Ranking

    private func precedes(_ a: MemberID, _ b: MemberID) -> Bool {
        let left = current[a, default: []].count
        let right = current[b, default: []].count
        return left != right ? left < right : a.precedesInJava(b)
    }

    /// Changes what the member has, and its place in the ranking.
    private mutating func change(_ member: MemberID, _ body: (inout [TopicPartition]) -> Void) {
        ranking.removeAll { $0 == member }
        body(&current[member, default: []])
        let place = ranking.firstIndex { precedes(member, $0) } ?? ranking.count
        ranking.insert(member, at: place)
    }
}
