/// Which segments of a layer are wholly in memory, and their entries by key.
///
/// Invariant: each key of a segment after ``incompleteUntil`` that has a value is in the layer's table, and hangs in the
/// segment's chains. So what is not found there is not there, and what is below need not be asked.
///
/// A segment that begins while the store is open is whole from the start, and stays so until memory is needed elsewhere:
/// then the oldest goes first. Segments found on disk are read in when they are first asked for, as far as there is room.
final class SegmentMemory {
    let suffixSize: Int
    private let seed: UInt64
    /// Segments up to this one may have keys that are only below.
    private(set) var incompleteUntil: Int64 = -1
    /// Segments up to this one are not read in: they were given up, or are too large.
    private(set) var unreadableUntil: Int64 = -1
    /// Those that have entries, by time; few.
    private(set) var live: [SegmentChains] = []
    /// The memory of their hash tables.
    private(set) var sizeBytes = 0

    /// - Parameter suffixSize: The bytes of times and numbers at a key's end.
    init(suffixSize: Int, seed: UInt64) {
        self.suffixSize = suffixSize
        self.seed = seed
    }

    /// The segment that a key of the layer is in.
    @inline(__always)
    static func segment(_ key: UnsafeRawBufferPointer) -> Int64 {
        key.count < SegmentedStore.prefixSize ? -1 : Int64(bigEndian: key.loadUnaligned(as: Int64.self))
    }

    /// Whether a key that is not in memory is nowhere.
    @inline(__always)
    func isComplete(_ key: UnsafeRawBufferPointer) -> Bool { SegmentMemory.segment(key) > incompleteUntil }

    /// How many entries hang in chains.
    var count: Int { live.reduce(0) { $0 + $1.count } }

    /// Hangs an entry into its chain, where its segment is whole and it does not hang there. Returns by how many bytes the
    /// memory in use has grown.
    @inline(__always)
    func add(_ entry: StorePlace) -> Int {
        guard !entry.pointee.flags.contains(.chained) else { return 0 }
        let segment = SegmentMemory.segment(entry.key)
        guard segment > incompleteUntil else { return 0 }
        let before = sizeBytes
        let chains = chains(segment)
        let slotBytes = chains.sizeBytes
        chains.add(entry)
        sizeBytes += chains.sizeBytes - slotBytes
        return sizeBytes - before
    }

    func remove(_ entry: StorePlace) {
        let segment = SegmentMemory.segment(entry.key)
        live.first { $0.segment == segment }?.remove(entry)
    }

    @inline(__always)
    private func chains(_ segment: Int64) -> SegmentChains {
        // Mostly the last, or the one before it.
        var position = live.count
        while position > 0, live[position - 1].segment >= segment {
            position -= 1
            if live[position].segment == segment { return live[position] }
        }
        return insert(segment, at: position)
    }

    @inline(never)
    private func insert(_ segment: Int64, at position: Int) -> SegmentChains {
        let chains = SegmentChains(segment, suffixSize: suffixSize, seed: seed)
        live.insert(chains, at: position)
        sizeBytes += chains.sizeBytes
        return chains
    }

    // MARK: What is whole

    /// Content up to that segment came to what is below without passing through memory.
    func noteBelow(_ segment: Int64) { incompleteUntil = max(incompleteUntil, segment) }

    /// All of a segment has been put into the table; the ones after it are whole already.
    func completed(_ segment: Int64) { incompleteUntil = segment - 1 }

    /// A segment is too large to be read in.
    func refuse(_ segment: Int64) { unreadableUntil = max(unreadableUntil, segment) }

    /// Gives up the earliest segment; hands out its entries, which no longer hang together. Returns the memory freed.
    func giveUpEarliest(_ body: (StorePlace) -> Void) -> Int {
        guard let chains = live.first else { return 0 }
        live.removeFirst()
        noteBelow(chains.segment)
        refuse(chains.segment)
        chains.removeAll(body)
        sizeBytes -= chains.sizeBytes
        return chains.sizeBytes
    }

    /// Forgets the segments before that one, for which nobody asks any more; hands out their entries. Returns the memory
    /// freed.
    func expire(before segment: Int64, _ body: (StorePlace) -> Void) -> Int {
        var freed = 0
        while let chains = live.first, chains.segment < segment {
            live.removeFirst()
            chains.removeAll(body)
            freed += chains.sizeBytes
        }
        sizeBytes -= freed
        return freed
    }

    /// The table has been emptied, and holds nothing of what is below.
    func clear() {
        if let last = live.last { noteBelow(last.segment) }
        live = []
        sizeBytes = 0
    }

    /// There is nothing in memory, and below nothing after that segment.
    func reset(below segment: Int64 = -1) {
        (incompleteUntil, unreadableUntil, live, sizeBytes) = (segment, -1, [], 0)
    }
}
