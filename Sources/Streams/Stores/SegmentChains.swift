/// The entries of one segment of time in chains: those whose keys differ in their times and numbers only hang together, the
/// latest first. So a range over one key's times costs a look into a hash table, and no order among keys is kept.
///
/// | bytes of an entry's key | what |
/// |---|---|
/// | 8 | segment |
/// | n | what a chain has in common, here called its stem: the key without time and number |
/// | 12 or 16 | time and number; their order as bytes is that of the chain, backward |
///
/// Invariant: an entry has the flag ``StoreTableEntry/Flags/chained`` while it hangs in a chain.
final class SegmentChains {
    let segment: Int64
    private let suffixSize: Int
    private let seed: UInt64
    /// As in ``StoreTable``, the address being that of a chain's first entry. 0 is free, 1 was taken once.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    /// How many slots are not free.
    private var taken = 0
    /// How many entries hang in chains.
    private(set) var count = 0

    private static let vacated: UInt64 = 1

    init(_ segment: Int64, suffixSize: Int, seed: UInt64) {
        self.segment = segment
        self.suffixSize = suffixSize
        self.seed = seed
        mask = 63
        slots = SegmentChains.emptySlots(64)
    }

    deinit { slots.deallocate() }

    /// The memory of the slots.
    var sizeBytes: Int { (mask + 1) * MemoryLayout<UInt64>.stride }

    /// The latest entry of a key without time and number; the others follow by their links.
    @inline(__always)
    func latest(_ stem: UnsafeRawBufferPointer) -> StorePlace? {
        let hash = RawKeyHash.hash(stem, seed: seed)
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if let entry = head(slot, hash), RawKey.equal(self.stem(entry), stem) { return entry }
            slot = (slot + 1) & mask
        }
        return nil
    }

    // MARK: Changing

    /// Hangs an entry into the chain of its key. It must not hang there yet.
    func add(_ entry: StorePlace) {
        if (taken + 1) * 2 > mask + 1 { resize() }
        entry.pointee.flags.insert(.chained)
        count += 1
        let stem = stem(entry)
        let hash = RawKeyHash.hash(stem, seed: seed)
        guard let slot = slot(of: stem, hash) else { return start(entry, hash) }
        guard var before = head(slot, hash) else { return }
        guard isEarlier(entry, before) else {
            entry.pointee.link = before
            slots[slot] = StoreTable.content(hash, entry)
            return
        }
        while let next = before.pointee.link, isEarlier(entry, next) { before = next }
        entry.pointee.link = before.pointee.link
        before.pointee.link = entry
    }

    /// Takes an entry out of its chain.
    func remove(_ entry: StorePlace) {
        let stem = stem(entry)
        let hash = RawKeyHash.hash(stem, seed: seed)
        guard let slot = slot(of: stem, hash), var before = head(slot, hash) else { return }
        if before == entry {
            slots[slot] = entry.pointee.link.map { StoreTable.content(hash, $0) } ?? SegmentChains.vacated
        } else {
            while let next = before.pointee.link, next != entry { before = next }
            guard before.pointee.link == entry else { return }
            before.pointee.link = entry.pointee.link
        }
        unhang(entry)
    }

    /// Takes all entries out and hands each to `body`, which may free it.
    func removeAll(_ body: (StorePlace) -> Void) {
        for slot in 0...mask {
            var entry = slots[slot] == SegmentChains.vacated ? nil : StoreTable.entry(slots[slot])
            slots[slot] = 0
            while let current = entry {
                entry = current.pointee.link
                unhang(current)
                body(current)
            }
        }
        taken = 0
    }

    // MARK: Slots

    private func unhang(_ entry: StorePlace) {
        entry.pointee.link = nil
        entry.pointee.flags.remove(.chained)
        count -= 1
    }

    @inline(__always)
    private func stem(_ entry: StorePlace) -> UnsafeRawBufferPointer {
        let key = entry.key
        return UnsafeRawBufferPointer(rebasing: key[SegmentedStore.prefixSize..<(key.count - suffixSize)])
    }

    @inline(__always)
    private func isEarlier(_ a: StorePlace, _ b: StorePlace) -> Bool { RawKey.compare(suffix(a), suffix(b)) < 0 }

    @inline(__always)
    private func suffix(_ entry: StorePlace) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: entry.key[(Int(entry.pointee.keyCount) - suffixSize)...])
    }

    /// A slot's entry, where the hash may be that one.
    @inline(__always)
    private func head(_ slot: Int, _ hash: UInt32) -> StorePlace? {
        let content = slots[slot]
        return content >> 48 == UInt64(hash >> 16) && content != SegmentChains.vacated
            ? StoreTable.entry(content) : nil
    }

    private func slot(of stem: UnsafeRawBufferPointer, _ hash: UInt32) -> Int? {
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if let entry = head(slot, hash), RawKey.equal(self.stem(entry), stem) { return slot }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Begins a chain.
    private func start(_ entry: StorePlace, _ hash: UInt32) {
        entry.pointee.link = nil
        var slot = Int(hash) & mask
        while slots[slot] > SegmentChains.vacated { slot = (slot + 1) & mask }
        if slots[slot] == 0 { taken += 1 }
        slots[slot] = StoreTable.content(hash, entry)
    }

    private static func emptySlots(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        slots.initialize(repeating: 0, count: count)
        return slots
    }

    private func resize() {
        let (old, oldCount) = (slots, mask + 1)
        let chains = (0..<oldCount).count { old[$0] > SegmentChains.vacated }
        var newCount = 64
        while newCount < (chains + 1) * 4 { newCount *= 2 }
        slots = SegmentChains.emptySlots(newCount)
        mask = newCount - 1
        taken = chains
        for slot in 0..<oldCount where old[slot] > SegmentChains.vacated {
            guard let entry = StoreTable.entry(old[slot]) else { continue }
            var place = Int(RawKeyHash.hash(stem(entry), seed: seed)) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = old[slot]
        }
        old.deallocate()
    }
}
