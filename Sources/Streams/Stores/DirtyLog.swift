/// The changes that a cache holds back, in the order in which they were made; a key that changes again moves to the
/// end.
///
/// A plain list that only grows at its end, so that a change touches no other entry's memory. An item counts only
/// while its entry says that its last change stands there; the others are left over, and go when they are too many.
///
/// Invariant: a dirty entry's ``StoreTableEntry/position`` is its item's, in the log of its parity.
struct DirtyLog {
    struct Change {
        let index: StoreIndex
        var context: ProcessorRecordContext
    }

    private(set) var changes: [Change] = []
    /// How many entries are dirty.
    private(set) var count = 0
    /// What entries of this log have as ``StoreTableEntry/Flags/parity``; it turns with each ``take()``.
    private(set) var parity = false

    /// Whether an entry's last change stands in this log.
    @inline(__always)
    func contains(_ entry: StoreTableEntry) -> Bool {
        entry.flags.contains(.dirty) && entry.flags.contains(.parity) == parity
    }

    /// Appends a change of an entry, which is dirty afterwards.
    @inline(__always)
    mutating func append(_ index: StoreIndex, _ context: ProcessorRecordContext, in table: borrowing StoreTable) {
        let entry = table.entries + Int(index)
        if contains(entry.pointee) {
            if Int(entry.pointee.position) == changes.count - 1 {
                changes[changes.count - 1].context = context
                return
            }
        } else {
            count += 1
            entry.pointee.flags.insert(.dirty)
            if parity { entry.pointee.flags.insert(.parity) } else { entry.pointee.flags.remove(.parity) }
        }
        entry.pointee.position = Int32(changes.count)
        changes.append(Change(index: index, context: context))
        if changes.count > 2 * count + 4096 { removeLeftOver(table) }
    }

    /// Hands out the log and begins another one. The entries stay dirty, with the parity that was.
    mutating func take() -> [Change] {
        defer {
            changes = []
            count = 0
            parity.toggle()
        }
        return changes
    }

    private mutating func removeLeftOver(_ table: borrowing StoreTable) {
        var kept = 0
        for position in changes.indices {
            let entry = table.entries + Int(changes[position].index)
            guard contains(entry.pointee), Int(entry.pointee.position) == position else { continue }
            changes[kept] = changes[position]
            entry.pointee.position = Int32(kept)
            kept += 1
        }
        changes.removeSubrange(kept...)
    }
}
