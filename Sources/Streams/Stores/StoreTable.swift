#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The place of an entry in memory, valid until it is removed.
typealias StorePlace = UnsafeMutablePointer<StoreTableEntry>

/// One key, and what memory knows of it. The key's bytes follow, and then room for the value's.
struct StoreTableEntry {
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// It was used since the eviction's hand came by.
        static let referenced = Flags(rawValue: 1)
        /// It differs from what is below, or may.
        static let uncommitted = Flags(rawValue: 2)
        /// It was changed, and not logged and forwarded since.
        static let dirty = Flags(rawValue: 4)
        /// Which of two change logs a dirty entry is in; see ``DirtyLog``.
        static let parity = Flags(rawValue: 8)
        /// It was written without reading what is below.
        static let belowUnknown = Flags(rawValue: 16)
        /// There is no such key below.
        static let belowAbsent = Flags(rawValue: 32)
        /// What is below is the value that a dirty entry had.
        static let oldBelow = Flags(rawValue: 64)
        /// There was a value when the entry became dirty; `old` has it where somebody will ask for it.
        static let oldPresent = Flags(rawValue: 128)
        /// It hangs in a chain of its segment; see ``SegmentChains``.
        static let chained = Flags(rawValue: 256)
    }

    /// Behind the key, or in memory of its own once the value has outgrown that.
    fileprivate(set) var valueStart: UnsafeMutableRawPointer
    fileprivate(set) var old: OldBytes?
    /// The next one of its chain.
    var link: StorePlace?
    let hash: UInt32
    let keyCount: Int32
    /// -1: there is no value, the key is absent.
    fileprivate(set) var valueCount: Int32
    fileprivate(set) var valueCapacity: Int32
    /// Where a dirty entry's last change stands in the log.
    var position: Int32
    var flags: Flags

    /// Bytes of a value that was, in memory of their own: their count, then they themselves.
    struct OldBytes {
        private let start: UnsafeMutableRawPointer

        init(copying bytes: UnsafeRawBufferPointer) {
            start = StoreTable.allocate(MemoryLayout<Int>.size + bytes.count)
            start.storeBytes(of: bytes.count, as: Int.self)
            if let source = bytes.baseAddress { memcpy(start + MemoryLayout<Int>.size, source, bytes.count) }
        }

        var count: Int { start.load(as: Int.self) }
        var bytes: UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: start + MemoryLayout<Int>.size, count: count)
        }
        func release() { free(start) }
    }
}

extension StorePlace {
    @inline(__always)
    fileprivate var keyStart: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self + 1) }

    @inline(__always)
    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyStart, count: Int(pointee.keyCount)) }

    @inline(__always)
    var value: UnsafeRawBufferPointer? {
        pointee.valueCount < 0
            ? nil : UnsafeRawBufferPointer(start: pointee.valueStart, count: Int(pointee.valueCount))
    }

    /// The memory that the entry takes, its share of the table included.
    @inline(__always)
    var sizeBytes: Int {
        MemoryLayout<StoreTableEntry>.stride + 32 + Int(pointee.keyCount) + Int(pointee.valueCapacity)
            + (pointee.old?.count ?? 0)
    }

    /// Keeps that there was a value, or was none, before the entry became dirty; `copying` also its bytes.
    func rememberOld(copying: Bool) {
        guard let value else { return pointee.flags.subtract(.oldPresent) }
        pointee.flags.insert(.oldPresent)
        if copying { pointee.old = StoreTableEntry.OldBytes(copying: value) }
    }

    /// Gives up the old value; who takes its bytes releases them.
    func takeOld() -> StoreTableEntry.OldBytes? {
        defer {
            pointee.flags.subtract([.oldPresent, .oldBelow])
            pointee.old = nil
        }
        return pointee.old
    }
}

/// Entries by raw key: open addressing, each key in one block of memory with its value and all else that is known of it,
/// so that a look-up reads two places of memory: the slot and the entry.
///
/// Invariant: a slot holds 16 bits of the hash and the address of an entry, or 0; slots of one hash chain have no gap.
/// Invariant: an entry stays where it is until it is removed, and pointers into its value are valid until that is set.
struct StoreTable: ~Copyable {
    /// How many entries there are.
    private(set) var count = 0
    /// Upper 16 bits: those of the hash; the rest: the address, which no platform of ours has wider. 0 is free.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    /// What hashes begin with.
    let seed: UInt64

    private static let leastSlots = 32

    init() {
        mask = StoreTable.leastSlots - 1
        slots = StoreTable.emptySlots(mask + 1)
        // An address is no secret, but differs from process to process; nothing visible depends on the hash.
        seed = UInt64(UInt(bitPattern: slots)) &* 0x9E37_79B9_7F4A_7C15
    }

    deinit {
        for slot in 0...mask {
            if let entry = StoreTable.entry(slots[slot]) { StoreTable.destroy(entry) }
        }
        slots.deallocate()
    }

    // MARK: Finding

    @inline(__always)
    func hash(_ key: UnsafeRawBufferPointer) -> UInt32 { RawKeyHash.hash(key, seed: seed) }

    /// The entry of `key`; nil when there is none.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, _ hash: UInt32) -> StorePlace? {
        var slot = Int(hash) & mask
        while let entry = StoreTable.entry(slots[slot]) {
            if slots[slot] >> 48 == UInt64(hash >> 16), RawKey.equal(entry.key, key) { return entry }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The slots, for walks over all entries.
    var slotCount: Int { mask + 1 }

    /// The entry in a slot; nil where it is free.
    func entry(inSlot slot: Int) -> StorePlace? { StoreTable.entry(slots[slot]) }

    /// The entry that a slot's content means; nil for 0.
    @inline(__always)
    static func entry(_ content: UInt64) -> StorePlace? {
        StorePlace(bitPattern: UInt(truncatingIfNeeded: content & 0xFFFF_FFFF_FFFF))
    }

    /// A slot's content: 16 bits of a hash, and an entry's address.
    @inline(__always)
    static func content(_ hash: UInt32, _ entry: StorePlace) -> UInt64 {
        UInt64(hash >> 16) << 48 | UInt64(UInt(bitPattern: entry))
    }

    // MARK: Changing

    /// Adds an entry without a value for a key that is not there.
    mutating func insert(_ key: UnsafeRawBufferPointer, _ hash: UInt32, valueCapacity: Int) -> StorePlace {
        if (count + 1) * 2 > mask + 1 { resize(slotCount * 2) }
        let headSize = MemoryLayout<StoreTableEntry>.stride
        let memory = StoreTable.allocate(headSize + key.count + valueCapacity)
        let entry = memory.bindMemory(to: StoreTableEntry.self, capacity: 1)
        entry.initialize(
            to: StoreTableEntry(
                valueStart: memory + headSize + key.count,
                old: nil,
                link: nil,
                hash: hash,
                keyCount: Int32(key.count),
                valueCount: -1,
                valueCapacity: Int32(valueCapacity),
                position: -1,
                flags: .referenced
            )
        )
        if let start = key.baseAddress { memcpy(entry.keyStart, start, key.count) }
        place(entry)
        count += 1
        return entry
    }

    /// Sets or removes an entry's value; in place where it fits. `value` may lie in the entry's own memory.
    @inline(__always)
    func setValue(_ value: UnsafeRawBufferPointer?, of entry: StorePlace) {
        guard let value else {
            entry.pointee.valueCount = -1
            return
        }
        guard value.count <= Int(entry.pointee.valueCapacity) else { return move(value, to: entry) }
        if let start = value.baseAddress { memmove(entry.pointee.valueStart, start, value.count) }
        entry.pointee.valueCount = Int32(value.count)
    }

    /// Removes an entry and frees its memory. Its slot may have another one afterwards.
    mutating func remove(_ entry: StorePlace) {
        vacate(entry)
        StoreTable.destroy(entry)
        count -= 1
    }

    /// Gives up slots that are many more than the entries.
    mutating func shrink() {
        var needed = StoreTable.leastSlots
        while (count + 1) * 2 > needed { needed *= 2 }
        if needed < slotCount { resize(needed) }
    }

    // MARK: Memory

    static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = malloc(max(count, 1)) else {
            preconditionFailure("no memory for \(count) bytes of a store's entry")
        }
        return memory
    }

    private static func destroy(_ entry: StorePlace) {
        if !isInPlace(entry) { free(entry.pointee.valueStart) }
        entry.pointee.old?.release()
        free(entry)
    }

    private static func isInPlace(_ entry: StorePlace) -> Bool {
        entry.pointee.valueStart == entry.keyStart + Int(entry.pointee.keyCount)
    }

    private static func emptySlots(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        slots.initialize(repeating: 0, count: count)
        return slots
    }

    @inline(never)
    private func move(_ value: UnsafeRawBufferPointer, to entry: StorePlace) {
        // Room for a value that grows step by step, as lists and sums in text do.
        let capacity = min(value.count + value.count / 4, Int(Int32.max))
        let memory = StoreTable.allocate(capacity)
        if let start = value.baseAddress { memcpy(memory, start, value.count) }
        if !StoreTable.isInPlace(entry) { free(entry.pointee.valueStart) }
        entry.pointee.valueStart = memory
        entry.pointee.valueCapacity = Int32(capacity)
        entry.pointee.valueCount = Int32(value.count)
    }

    private mutating func resize(_ newCount: Int) {
        let (old, oldCount) = (slots, slotCount)
        slots = StoreTable.emptySlots(newCount)
        mask = newCount - 1
        for slot in 0..<oldCount {
            if let entry = StoreTable.entry(old[slot]) { place(entry) }
        }
        old.deallocate()
    }

    private func place(_ entry: StorePlace) {
        var slot = home(of: entry)
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = StoreTable.content(entry.pointee.hash, entry)
    }

    private func home(of entry: StorePlace) -> Int { Int(entry.pointee.hash) & mask }

    /// Frees the slot of an entry, and moves up those behind it that would be cut off from their hash.
    private func vacate(_ entry: StorePlace) {
        var hole = home(of: entry)
        while let other = StoreTable.entry(slots[hole]), other != entry { hole = (hole + 1) & mask }
        var slot = (hole + 1) & mask
        while let other = StoreTable.entry(slots[slot]) {
            if (slot &- home(of: other)) & mask >= (slot &- hole) & mask {
                slots[hole] = slots[slot]
                hole = slot
            }
            slot = (slot + 1) & mask
        }
        slots[hole] = 0
    }
}
