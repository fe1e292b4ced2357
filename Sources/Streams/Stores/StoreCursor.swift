import Records

/// A walk over a layer's keys in byte order, forward or backward: what is in memory over what is below.
///
/// It sees the keys that there were when it was made; values changed in memory since are the new ones. While it is open
/// nothing is evicted: close it, or let it go.
///
/// Invariant: `below` stands on the first key on its way not handed out yet, and `memory[position...]` are such keys.
@usableFromInline
final class StoreCursor {
    private let layer: StoreLayer
    private let isReverse: Bool
    private let memory: [StorePlace]
    private let epoch: Int
    private var position = 0
    private var below: (any BackingCursor)?
    private var isOpen = true
    /// Whether the current key came from below, and `below` still stands on it.
    private var isAtBelow = false
    @usableFromInline private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
    @usableFromInline private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

    /// The keys from `lower` on and before `upper`; nil leaves that end open.
    init(
        _ layer: StoreLayer,
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?,
        isReverse: Bool
    ) throws {
        try layer.checkOpen()
        self.layer = layer
        self.isReverse = isReverse
        var isEmpty = false
        if let lower, let upper, RawKey.compare(lower, upper) >= 0 { isEmpty = true }
        let entries = isEmpty ? [] : layer.memoryEntries(from: lower, before: upper)
        memory = isReverse ? entries.reversed() : entries
        below = isEmpty ? nil : try layer.backing?.makeCursor(from: lower, before: upper)
        epoch = layer.epoch
        layer.pins += 1
        if isReverse { below?.seekToLast() } else { below?.seekToFirst() }
    }

    deinit { close() }

    @usableFromInline
    func close() {
        guard isOpen else { return }
        isOpen = false
        below?.close()
        below = nil
        if layer.epoch == epoch { layer.unpin() }
    }

    /// Goes to the next key, whose ``key`` and ``value`` are valid until the next call; false at the end.
    @usableFromInline
    func advance() throws -> Bool {
        guard isOpen else { return false }
        guard layer.isOpen, layer.epoch == epoch else {
            throw InvalidStateStoreException("store \(layer.configuration.name) was closed or emptied during a range")
        }
        if isAtBelow {
            moveBelow()
            isAtBelow = false
        }
        while true {
            let hasBelow = below?.isValid ?? false
            guard position < memory.count else { return try hasBelow ? takeBelow() : end() }
            let entry = memory[position]
            if hasBelow, let below {
                var order = RawKey.compare(entry.key, below.key)
                if isReverse { order = -order }
                if order > 0 { return try takeBelow() }
                if order == 0 { moveBelow() }
            }
            position += 1
            guard let memoryValue = entry.value else { continue }
            key = entry.key
            value = memoryValue
            return true
        }
    }

    private func moveBelow() {
        if isReverse { below?.previous() } else { below?.next() }
    }

    private func takeBelow() throws -> Bool {
        guard let below else { return false }
        key = below.key
        value = below.value
        isAtBelow = true
        return true
    }

    private func end() throws -> Bool {
        try below?.checkEnd()
        close()
        return false
    }
}

extension StoreLayer {
    /// The entries that a range must know besides what is below: the uncommitted ones, or all where nothing is below, or a
    /// store of one's own that may have forgotten what the cache shows.
    func memoryEntries(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?
    ) -> [StorePlace] {
        if own != nil, !isCaching { return [] }
        if !ordered.isActive { ordered.activate(backing == nil || own != nil ? allEntries() : uncommitted) }
        return ordered.entries(from: lower, before: upper)
    }

    private func allEntries() -> [StorePlace] {
        (0..<table.slotCount).compactMap { table.entry(inSlot: $0) }
    }

    /// How many keys there are, more or less: RocksDB's estimate, and the uncommitted keys that it has not seen.
    var approximateEntryCount: Int64 {
        guard let backing else { return Int64(allEntries().count { $0.pointee.valueCount >= 0 }) }
        var count = backing.approximateKeyCount
        for entry in uncommitted where entry.pointee.valueCount >= 0 && entry.pointee.flags.contains(.belowAbsent) {
            count += 1
        }
        return count
    }
}
