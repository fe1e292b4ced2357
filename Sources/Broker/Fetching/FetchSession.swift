import KafkaProtocol
import Records

/// What the broker remembers of a client that fetches the same partitions again and again, so that requests name only
/// what changed, and answers hold only what is new. A pure value. See KIP-227.
///
/// Partitions are read in the session's order; one that gave records goes to the end of it, so that none starves where
/// an answer's limit is reached before all were read.
///
/// Invariant: `places` holds exactly the keys of the slots in `order`.
struct FetchSession: Sendable {
    let id: Int32
    /// Whether its requests name topics by id: a session does not change between the two.
    let usesTopicIDs: Bool
    /// Whether it is a follower's: these are kept before those of consumers.
    let isPrivileged: Bool
    let createdAt: Timestamp
    private(set) var lastUsedAt: Timestamp
    /// The epoch that the next request must have. 0 begins a session, -1 ends it, so after the largest number comes 1.
    private(set) var epoch: Int32

    private struct Slot: Sendable {
        var target: FetchTarget
        /// As last answered; -1 where the next answer must name the partition in any case.
        var highWatermark: Offset = -1
        var logStartOffset: Offset = -1

        /// Remembers what is about to be answered. Whether it has to be answered at all.
        mutating func note(_ data: FetchResponse.PartitionData) -> Bool {
            let isNew =
                data.hasRecords || data.highWatermark != highWatermark || data.logStartOffset != logStartOffset
                || data.preferredReadReplica != .none
            highWatermark = data.highWatermark
            logStartOffset = data.logStartOffset
            guard data.errorCode == .none, !data.isDiverging else {
                // Once the error is over, the client must hear of it.
                highWatermark = -1
                return true
            }
            return isNew
        }
    }

    private var slots: [Slot] = []
    private var places: [FetchTarget.Key: Int] = [:]
    private var order: [Int] = []
    private var free: [Int] = []

    /// A session that was just answered in full.
    init(
        id: Int32,
        usesTopicIDs: Bool,
        isPrivileged: Bool,
        targets: [FetchTarget],
        answers: [FetchAnswer],
        at now: Timestamp,
        epoch: Int32 = 1
    ) {
        self.id = id
        self.usesTopicIDs = usesTopicIDs
        self.isPrivileged = isPrivileged
        (createdAt, lastUsedAt) = (now, now)
        self.epoch = epoch
        for target in targets { put(target) }
        for (target, answer) in zip(targets, answers) {
            if let place = places[target.key] { _ = slots[place].note(answer.data) }
        }
    }

    /// How many partitions it has.
    var count: Int { order.count }

    /// Its partitions, in the order in which they are to be read.
    var targets: [FetchTarget] { order.map { slots[$0].target } }

    /// Takes an incremental request in: partitions that are new or asked for differently, and those to forget.
    mutating func update(_ targets: [FetchTarget], forgetting keys: [FetchTarget.Key], at now: Timestamp) {
        for target in targets { put(target) }
        let gone = keys.compactMap { places.removeValue(forKey: $0) }
        if !gone.isEmpty {
            let gone = Set(gone)
            order.removeAll { gone.contains($0) }
            free += gone
        }
        lastUsedAt = now
        epoch = epoch == .max ? 1 : epoch + 1
    }

    /// The answers that the client does not know yet, of one for each of ``targets``, in that order.
    mutating func select(_ answers: [FetchAnswer]) -> [FetchAnswer] {
        var selected: [FetchAnswer] = []
        var (quiet, moved): ([Int], [Int]) = ([], [])
        quiet.reserveCapacity(order.count)
        for (place, answer) in zip(order, answers) {
            if slots[place].note(answer.data) { selected.append(answer) }
            if answer.data.hasRecords { moved.append(place) } else { quiet.append(place) }
        }
        if !moved.isEmpty { order = quiet + moved }
        return selected
    }

    private mutating func put(_ target: FetchTarget) {
        if let place = places[target.key] {
            slots[place].target = target
            return
        }
        let place: Int
        if let reused = free.popLast() {
            place = reused
            slots[place] = Slot(target: target)
        } else {
            place = slots.count
            slots.append(Slot(target: target))
        }
        places[target.key] = place
        order.append(place)
    }
}

extension FetchResponse.PartitionData {
    var hasRecords: Bool { (records?.count ?? 0) > 0 }
    var isDiverging: Bool { divergingEpoch.endOffset >= .zero }
}
