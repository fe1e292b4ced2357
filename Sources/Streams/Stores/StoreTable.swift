#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A key's place in a ``StoreTable``, valid until the entry is removed.
typealias StoreIndex = Int32

/// One key, and what memory knows of it.
struct StoreTableEntry {
    struct Flags: OptionSet {
        let rawValue: UInt8
        /// The entry is in the table; else its place is free.
        static let live = Flags(rawValue: 1)
        /// It was used since the eviction's hand came by.
        static let referenced = Flags(rawValue: 2)
        /// It differs from the last commit, or may.
        static let uncommitted = Flags(rawValue: 4)
        /// It was changed, and not logged and forwarded since.
        static let dirty = Flags(rawValue: 8)
        /// Which of two change logs a dirty entry is in; see ``DirtyLog``.
        static let parity = Flags(rawValue: 16)
        /// It was written without reading what is below.
        static let belowUnknown = Flags(rawValue: 32)
        /// There is no such key below.
        static let belowAbsent = Flags(rawValue: 64)
        /// `old` is not known: what is below is the old value.
        static let oldBelow = Flags(rawValue: 128)
    }

    /// The key's bytes, then room for the value's.
    var block: UnsafeMutableRawPointer
    /// The value when the entry became dirty, where somebody will ask for it.
    var old: UnsafeMutableRawPointer?
    var hash: UInt32
    var keyCount: Int32
    /// -1: there is no value, the key is absent.
    var valueCount: Int32
    var valueCapacity: Int32
    /// -1: there was none.
    var oldCount: Int32
    /// Where a dirty entry's last change stands in the log; the next free place for an entry that is not live.
    var position: Int32
    var flags: Flags

    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block, count: Int(keyCount)) }

    var value: UnsafeRawBufferPointer? {
        valueCount < 0 ? nil : UnsafeRawBufferPointer(start: block + Int(keyCount), count: Int(valueCount))
    }

    /// The memory that the entry takes, its share of the table included.
    var sizeBytes: Int {
        MemoryLayout<StoreTableEntry>.stride + 32 + Int(keyCount) + Int(valueCapacity) + max(0, Int(oldCount))
    }
}

/// Entries by raw key: open addressing over a dense array, each key in one block of memory with its value.
///
/// Invariant: a slot holds the hash and the index of a live entry, or 0; slots of one hash chain have no gap.
/// Invariant: pointers into an entry's block are valid until its value is set or the entry is removed.
struct StoreTable: ~Copyable {
    /// The entries; those that are not `live` are free places.
    private(set) var entries: UnsafeMutablePointer<StoreTableEntry>
    /// How many places of `entries` were ever used.
    private(set) var used = 0
    /// How many entries are live.
    private(set) var count = 0
    private var capacity: Int
    private var firstFree: StoreIndex = -1
    /// Upper half: the hash; lower half: the index plus one. 0 is free.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private let seed: UInt64

    init() {
        capacity = 16
        entries = .allocate(capacity: capacity)
        mask = 31
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        // An address is no secret, but differs from process to process; nothing visible depends on the hash.
        seed = UInt64(UInt(bitPattern: slots)) &* 0x9E37_79B9_7F4A_7C15
    }

    deinit {
        for index in 0..<used where entries[index].flags.contains(.live) {
            free(entries[index].block)
            free(entries[index].old)
        }
        entries.deallocate()
        slots.deallocate()
    }

    // MARK: Finding

    @inline(__always)
    func hash(_ key: UnsafeRawBufferPointer) -> UInt32 { RawKeyHash.hash(key, seed: seed) }

    /// The entry of `key`; -1 when there is none.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, _ hash: UInt32) -> StoreIndex {
        var slot = Int(hash) & mask
        while true {
            let content = slots[slot]
            if content == 0 { return -1 }
            if UInt32(truncatingIfNeeded: content >> 32) == hash {
                let index = StoreIndex(truncatingIfNeeded: content & 0xFFFF_FFFF) - 1
                if RawKey.equal(entries[Int(index)].key, key) { return index }
            }
            slot = (slot + 1) & mask
        }
    }

    // MARK: Changing

    /// Adds an entry without a value for a key that is not there.
    mutating func insert(_ key: UnsafeRawBufferPointer, _ hash: UInt32, valueCapacity: Int) -> StoreIndex {
        if (count + 1) * 2 > mask + 1 { growSlots() }
        let index = freePlace()
        let block = StoreTable.allocate(key.count + valueCapacity)
        if let start = key.baseAddress { block.copyMemory(from: start, byteCount: key.count) }
        (entries + Int(index)).initialize(
            to: StoreTableEntry(
                block: block,
                old: nil,
                hash: hash,
                keyCount: Int32(key.count),
                valueCount: -1,
                valueCapacity: Int32(valueCapacity),
                oldCount: -1,
                position: -1,
                flags: [.live, .referenced]
            )
        )
        occupy(hash, index)
        count += 1
        return index
    }

    /// Sets or removes an entry's value; in place where it fits. `value` may lie in the entry's own block.
    @inline(__always)
    func setValue(_ value: UnsafeRawBufferPointer?, at index: StoreIndex) {
        let entry = entries + Int(index)
        guard let value else {
            entry.pointee.valueCount = -1
            return
        }
        guard value.count <= Int(entry.pointee.valueCapacity) else {
            move(value, to: entry)
            return
        }
        if let start = value.baseAddress {
            memmove(entry.pointee.block + Int(entry.pointee.keyCount), start, value.count)
        }
        entry.pointee.valueCount = Int32(value.count)
    }

    /// Removes an entry and frees its memory.
    mutating func remove(_ index: StoreIndex) {
        let entry = entries + Int(index)
        vacate(entry.pointee.hash, index)
        free(entry.pointee.block)
        free(entry.pointee.old)
        entry.pointee.old = nil
        entry.pointee.flags = []
        entry.pointee.position = firstFree
        firstFree = index
        count -= 1
    }

    /// Closes the gaps that removed entries left. Indexes held elsewhere are void afterwards.
    mutating func compact() {
        capacity = max(16, count)
        let dense = UnsafeMutablePointer<StoreTableEntry>.allocate(capacity: capacity)
        mask = 31
        while (count + 1) * 2 > mask + 1 { mask = mask * 2 + 1 }
        slots.deallocate()
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        var next = 0
        for index in 0..<used where entries[index].flags.contains(.live) {
            (dense + next).initialize(to: entries[index])
            occupy(entries[index].hash, StoreIndex(next))
            next += 1
        }
        entries.deallocate()
        entries = dense
        used = next
        firstFree = -1
    }

    /// Keeps the value that the entry has now as its old one; `copying` also its bytes.
    func rememberOld(at index: StoreIndex, copying: Bool) {
        let entry = entries + Int(index)
        entry.pointee.oldCount = entry.pointee.valueCount
        guard copying, let value = entry.pointee.value else { return }
        let copy = StoreTable.allocate(value.count)
        if let start = value.baseAddress { copy.copyMemory(from: start, byteCount: value.count) }
        entry.pointee.old = copy
    }

    func forgetOld(at index: StoreIndex) {
        let entry = entries + Int(index)
        free(entry.pointee.old)
        entry.pointee.old = nil
        entry.pointee.oldCount = -1
    }

    // MARK: Memory

    /// Frees old bytes that were taken from an entry.
    func release(_ old: UnsafeMutableRawPointer?) { free(old) }

    private func move(_ value: UnsafeRawBufferPointer, to entry: UnsafeMutablePointer<StoreTableEntry>) {
        let keyCount = Int(entry.pointee.keyCount)
        // Room for a value that grows step by step, as lists and sums in text do.
        let capacity = min(value.count + value.count / 4, Int(Int32.max))
        let block = StoreTable.allocate(keyCount + capacity)
        memcpy(block, entry.pointee.block, keyCount)
        if let start = value.baseAddress { memcpy(block + keyCount, start, value.count) }
        free(entry.pointee.block)
        entry.pointee.block = block
        entry.pointee.valueCapacity = Int32(capacity)
        entry.pointee.valueCount = Int32(value.count)
    }

    private static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = malloc(max(count, 1)) else {
            preconditionFailure("no memory for \(count) bytes of a store's entry")
        }
        return memory
    }

    private mutating func freePlace() -> StoreIndex {
        if firstFree >= 0 {
            let index = firstFree
            firstFree = entries[Int(index)].position
            return index
        }
        if used == capacity {
            let larger = UnsafeMutablePointer<StoreTableEntry>.allocate(capacity: capacity * 2)
            larger.moveInitialize(from: entries, count: used)
            entries.deallocate()
            entries = larger
            capacity *= 2
        }
        used += 1
        return StoreIndex(used - 1)
    }

    private mutating func growSlots() {
        let old = slots
        let oldCount = mask + 1
        mask = oldCount * 2 - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        for slot in 0..<oldCount where old[slot] != 0 { place(old[slot]) }
        old.deallocate()
    }

    private func occupy(_ hash: UInt32, _ index: StoreIndex) { place(UInt64(hash) << 32 | UInt64(index + 1)) }

    private func place(_ content: UInt64) {
        var slot = Int(content >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = content
    }

    /// Frees the slot of an entry, and moves up those behind it that would be cut off from their hash.
    private func vacate(_ hash: UInt32, _ index: StoreIndex) {
        let content = UInt64(hash) << 32 | UInt64(index + 1)
        var hole = Int(hash) & mask
        while slots[hole] != content {
            if slots[hole] == 0 { return }
            hole = (hole + 1) & mask
        }
        var slot = hole
        while true {
            slot = (slot + 1) & mask
            if slots[slot] == 0 { break }
            let home = Int(slots[slot] >> 32) & mask
            if (slot &- home) & mask >= (slot &- hole) & mask {
                slots[hole] = slots[slot]
                hole = slot
            }
        }
        slots[hole] = 0
    }
}
