import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The last offset of each key in the dirty part of a log: a hash table of fixed size, 24 bytes a key.
///
/// Keys are kept as 128 bits. The memory is taken from the system as zeroes, so what is not used costs nothing.
///
/// Invariant: at most ``limit`` keys, so a free slot always ends a search.
final class OffsetMap {
    private struct Slot {
        var hash: KeyHash
        /// The offset and 1; 0 where the slot is free.
        var next: Int64
    }

    static let bytesPerSlot = MemoryLayout<Slot>.stride

    private let slots: UnsafeMutablePointer<Slot>
    private let slotCount: Int
    private let seed: KeyHash.Seed
    private(set) var count = 0
    /// So many keys fit.
    let limit: Int
    /// Up to here the map stands for the log; -1 before the first offset.
    private(set) var latestOffset = Offset(-1)

    /// Room for `keys`, or for as many as `loadFactor` of `memoryLimit` bytes hold.
    init?(keys: Int, memoryLimit: Int, loadFactor: Double, seed: KeyHash.Seed) {
        let most = max(2, memoryLimit / Self.bytesPerSlot)
        let (wanted, overflow) = max(1, keys).multipliedReportingOverflow(by: 3)
        let wantedSlots = overflow ? most : min(most, max(16, wanted / 2))
        guard let memory = calloc(wantedSlots, Self.bytesPerSlot) else { return nil }
        slots = memory.bindMemory(to: Slot.self, capacity: wantedSlots)
        slotCount = wantedSlots
        self.seed = seed
        limit = max(1, min(wantedSlots - 1, Int(Double(wantedSlots) * min(max(loadFactor, 0.01), 1))))
    }

    deinit { free(slots) }

    var isFull: Bool { count >= limit }

    /// Notes the key's offset, which must lie above those noted before. False where there is no room for another key.
    func put(_ key: UnsafeRawBufferPointer, _ offset: Offset) -> Bool {
        let hash = KeyHash(key, seed)
        let slot = slot(of: hash)
        if slots[slot].next == 0 {
            guard !isFull else { return false }
            count += 1
            slots[slot].hash = hash
        }
        slots[slot].next = offset.rawValue &+ 1
        latestOffset = max(latestOffset, offset)
        return true
    }

    /// The key's last offset; nil where the map has none.
    func offset(of key: UnsafeRawBufferPointer) -> Offset? {
        let next = slots[slot(of: KeyHash(key, seed))].next
        return next == 0 ? nil : Offset(next &- 1)
    }

    /// The map stands for everything up to `offset`, whether keys lie there or not.
    func advance(to offset: Offset) { latestOffset = max(latestOffset, offset) }

    private func slot(of hash: KeyHash) -> Int {
        var slot = Int(truncatingIfNeeded: hash.low.multipliedFullWidth(by: UInt64(slotCount)).high)
        while slots[slot].next != 0, slots[slot].hash != hash {
            slot += 1
            if slot == slotCount { slot = 0 }
        }
        return slot
    }
}
