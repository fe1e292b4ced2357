import Records

/// The changes that a cache holds back, in the order in which they were made; a key that changes again moves to the
/// end.
///
/// A plain list that only grows at its end, so that a change touches no other entry's memory. An item counts only
/// while its entry says that its last change stands there; the others are left over, and go when they are too many.
///
/// Invariant: a dirty entry's ``StoreTableEntry/position`` is its item's, in the log of its parity.
struct DirtyLog {
    /// A change and its record. Most records come from the same place, which is therefore not kept with each.
    struct Change {
        let entry: StorePlace
        fileprivate(set) var origin: Int32
        let timestamp: Timestamp
        let offset: Offset
    }

    private(set) var changes: [Change] = []
    /// Topics, partitions and headers of the changes' records: contexts of which time and offset mean nothing.
    private var origins: [ProcessorRecordContext] = []
    /// How many entries are dirty.
    private(set) var count = 0
    /// What entries of this log have as ``StoreTableEntry/Flags/parity``; it turns with each ``take()``.
    private(set) var parity = false

    /// Whether an entry's last change stands in this log.
    @inline(__always)
    func contains(_ entry: StorePlace) -> Bool {
        entry.pointee.flags.contains(.dirty) && entry.pointee.flags.contains(.parity) == parity
    }

    /// Appends a change of an entry, which is dirty afterwards.
    @inline(__always)
    mutating func append(_ entry: StorePlace, _ context: ProcessorRecordContext) {
        let change = Change(
            entry: entry,
            origin: origin(of: context),
            timestamp: context.timestamp,
            offset: context.offset
        )
        if contains(entry) {
            if Int(entry.pointee.position) == changes.count - 1 { changes.removeLast() }
        } else {
            count += 1
            entry.pointee.flags.insert(.dirty)
            if parity { entry.pointee.flags.insert(.parity) } else { entry.pointee.flags.remove(.parity) }
        }
        entry.pointee.position = Int32(changes.count)
        changes.append(change)
        if max(changes.count, origins.count) > 2 * count + 4096 { removeLeftOver() }
    }

    /// The context of a change's record.
    func context(of change: Change) -> ProcessorRecordContext {
        var context = origins[Int(change.origin)]
        context.timestamp = change.timestamp
        context.offset = change.offset
        return context
    }

    /// Hands out the log and begins another one. The entries stay dirty, with the parity that was.
    mutating func take() -> DirtyLog {
        let taken = self
        self = DirtyLog()
        parity = !taken.parity
        return taken
    }

    /// The place of a record's origin, mostly one of the last: a task has few inputs, and few records have headers.
    @inline(__always)
    private mutating func origin(of context: ProcessorRecordContext) -> Int32 {
        if context.headers.isEmpty {
            for place in (max(0, origins.count - 4)..<origins.count).reversed()
            where origins[place].partition == context.partition && origins[place].topic == context.topic
                && origins[place].headers.isEmpty
            {
                return Int32(place)
            }
        }
        return addOrigin(context)
    }

    @inline(never)
    private mutating func addOrigin(_ context: ProcessorRecordContext) -> Int32 {
        origins.append(context)
        return Int32(origins.count - 1)
    }

    private mutating func removeLeftOver() {
        var kept = 0
        var (newPlaces, newOrigins) = ([Int32](repeating: -1, count: origins.count), [ProcessorRecordContext]())
        for position in changes.indices {
            var change = changes[position]
            let entry = change.entry
            guard contains(entry), Int(entry.pointee.position) == position else { continue }
            let origin = Int(change.origin)
            if newPlaces[origin] < 0 {
                newPlaces[origin] = Int32(newOrigins.count)
                newOrigins.append(origins[origin])
            }
            change.origin = newPlaces[origin]
            changes[kept] = change
            entry.pointee.position = Int32(kept)
            kept += 1
        }
        changes.removeSubrange(kept...)
        origins = newOrigins
    }
}
