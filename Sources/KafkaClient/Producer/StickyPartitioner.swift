import Records

/// Spreads one topic's records without keys: it stays with a partition until about `batch.size` bytes went there, then
/// moves to another at random, so that batches fill and partitions get equal shares. See KIP-794.
struct StickyPartitioner: Sendable {
    let stickyBytes: Int
    private var current: PartitionIndex?
    private var produced = 0

    init(stickyBytes: Int) { self.stickyBytes = max(1, stickyBytes) }

    /// The partition of the next record. `available` are those with a leader; while none has one, every partition of
    /// `count`, of which there is at least one, is as good.
    mutating func partition(available: [PartitionIndex], count: Int, random: () -> UInt64) -> PartitionIndex {
        if let current, Int(current.rawValue) < count { return current }
        let chosen =
            available.isEmpty
            ? PartitionIndex(Int32(random() % UInt64(count)))
            : available[Int(random() % UInt64(available.count))]
        current = chosen
        produced = 0
        return chosen
    }

    /// A record of `bytes` went to the current partition. It is left when enough bytes went there and its batches are
    /// full; when twice as many did, in any case.
    mutating func appended(bytes: Int, isBatchFull: Bool) {
        produced += bytes
        if (produced >= stickyBytes && isBatchFull) || produced / 2 >= stickyBytes { current = nil }
    }

    /// Partitions came or went, or changed their leaders.
    mutating func reset() { current = nil }
}
