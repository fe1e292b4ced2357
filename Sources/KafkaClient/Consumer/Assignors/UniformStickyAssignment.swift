import Records

/// Shares out partitions among members who all subscribe to the same topics.
///
/// Everybody keeps what they own up to their share (`minQuota`, or `maxQuota` for as many as the remainder allows), and
/// the rest is dealt out in turn to those who have less. Invariant: at the end every member has `minQuota` or
/// `maxQuota`, which differ by at most one.
struct UniformStickyAssignment {
    private let assignable: AssignablePartitions
    private let racks: StickyRacks
    private let owners: StickyOwners
    private let minQuota: Int
    private let maxQuota: Int
    /// How many members may have more than `minQuota`.
    private let extras: Int
    private var extrasUsed = 0
    private var assignment: [MemberID: [TopicPartition]]
    private var assigned: Set<TopicPartition> = []
    /// Members with less than `minQuota`.
    private var short: [MemberID] = []
    /// Members with exactly `minQuota`, who may get one more.
    private var candidates: [MemberID] = []
    /// Partitions that their owners did not keep.
    private var released: [TopicPartition: MemberID] = [:]
    private var moving: [TopicPartition: MemberID] = [:]

    init(_ assignable: AssignablePartitions, _ racks: StickyRacks, _ owners: StickyOwners) {
        self.assignable = assignable
        self.racks = racks
        self.owners = owners
        let total = assignable.topics.reduce(0) { $0 + $1.partitions.count }
        let members = max(1, owners.members.count)
        minQuota = total / members
        extras = total % members
        maxQuota = minQuota + (extras > 0 ? 1 : 0)
        assignment = Dictionary(owners.members.map { ($0, []) }) { first, _ in first }
    }

    mutating func run() -> StickyAssignment.Result {
        for member in owners.members { keep(member) }
        let all = assignable.topics.sorted { $0.name.rawValue.utf16.lexicographicallyPrecedes($1.name.rawValue.utf16) }
        var left = all.flatMap(\.partitions).filter { !assigned.contains($0) }
        short.sort { $0.precedesInJava($1) }
        candidates.sort { $0.precedesInJava($1) }
        left = racks.sorted(left)
        if !racks.members.isEmpty { dealByRack(&left) }
        deal(left)
        return StickyAssignment.Result(assignment: assignment, moving: moving)
    }

    private mutating func keep(_ member: MemberID) {
        var owned: [TopicPartition] = []
        for partition in owners.owned[member, default: []] {
            if racks.mismatch(member, partition) {
                released[partition] = member
            } else if !owners.contested.contains(partition) {
                owned.append(partition)
            }
        }
        owned.sort {
            $0.partition != $1.partition
                ? $0.partition < $1.partition
                : $0.topic.rawValue.utf16.lexicographicallyPrecedes($1.topic.rawValue.utf16)
        }
        var kept = owned.count
        if owned.count < minQuota {
            short.append(member)
        } else if owned.count >= maxQuota, extrasUsed < extras {
            extrasUsed += 1
            if extrasUsed == extras { candidates = [] }
            kept = maxQuota
        } else {
            kept = minQuota
            if extrasUsed < extras { candidates.append(member) }
        }
        assignment[member, default: []] += owned[..<kept]
        assigned.formUnion(owned[..<kept])
        for partition in owned[kept...] { released[partition] = member }
    }

    private mutating func dealByRack(_ left: inout [TopicPartition]) {
        var next = 0
        var rest: [TopicPartition] = []
        for partition in left {
            if let place = racks.nextNear(partition, in: short, from: next) {
                let member = short[place]
                next = place
                let count = assignment[member, default: []].count + 1
                if count >= minQuota {
                    short.remove(at: place)
                    if count < maxQuota, extrasUsed < extras { candidates.append(member) }
                } else {
                    next += 1
                }
                next = short.isEmpty ? 0 : next % short.count
                give(partition, to: member)
            } else if let place = racks.nextNear(partition, in: candidates, from: 0) {
                let member = candidates[place]
                if assignment[member, default: []].count + 1 == maxQuota {
                    candidates.remove(at: place)
                    extrasUsed += 1
                    if extrasUsed == extras { candidates = [] }
                }
                give(partition, to: member)
            } else {
                rest.append(partition)
            }
        }
        left = rest
    }

    private mutating func deal(_ left: [TopicPartition]) {
        var place = 0
        for partition in left {
            if place >= short.count { place = 0 }
            guard !short.isEmpty else {
                // By the quotas there is a candidate for each that is left.
                guard !candidates.isEmpty else { return }
                give(partition, to: candidates.removeFirst())
                continue
            }
            let member = short[place]
            give(partition, to: member)
            if assignment[member, default: []].count == minQuota {
                short.remove(at: place)
                candidates.append(member)
            } else if minQuota == 0 {
                short.remove(at: place)
            } else {
                place += 1
            }
        }
    }

    private mutating func give(_ partition: TopicPartition, to member: MemberID) {
        assignment[member, default: []].append(partition)
        let isTaken = released[partition].map { $0 != member } ?? false
        if isTaken || owners.contested.contains(partition) { moving[partition] = member }
    }
}
