extension StoreLayer {
    /// Removes about `bytes` of committed entries, those not used for longest first; returns how many bytes it freed.
    ///
    /// A segment that is wholly in memory goes as a whole, the earliest first: with one entry less it would be of no more
    /// use than the others are by themselves. Of the last one only the chains go, and then entries one by one.
    func evictClean(_ bytes: Int) -> Int {
        guard pins == 0, backing != nil, table.count > 0 else { return 0 }
        var freed = 0
        if let memory, !memory.live.isEmpty {
            if (table.count - memory.count) * 4 > table.count { freed += evictUnchained(bytes) }
            while freed < bytes, memory.live.count > 1 { freed += evictEarliestSegment(memory) }
            if freed < bytes {
                let slots = memory.giveUpEarliest { _ in }
                addClean(-slots)
                freed += slots
            }
        }
        if freed < bytes { freed += evictUnchained(bytes - freed) }
        // Empty slots would be visited again and again.
        if table.count * 16 < table.slotCount { table.shrink() }
        return freed
    }

    private func evictEarliestSegment(_ memory: SegmentMemory) -> Int {
        var freed = 0
        let slots = memory.giveUpEarliest { entry in
            guard !entry.pointee.flags.contains(.uncommitted) else { return }
            freed += entry.sizeBytes
            table.remove(entry)
        }
        addClean(-freed - slots)
        return freed + slots
    }

    private func evictUnchained(_ bytes: Int) -> Int {
        var freed = 0
        var steps = table.slotCount * 2
        while freed < bytes, steps > 0 {
            steps -= 1
            if evictionHand >= table.slotCount { evictionHand = 0 }
            if let entry = table.entry(inSlot: evictionHand) {
                if entry.pointee.flags.isDisjoint(with: [.uncommitted, .referenced, .chained]) {
                    if entry.pointee.valueCount >= 0 { isWhole = false }
                    if own != nil { ordered.remove(entry) }
                    freed += entry.sizeBytes
                    table.remove(entry)
                    // Another entry may have moved up.
                    continue
                }
                entry.pointee.flags.remove(.referenced)
            }
            evictionHand += 1
        }
        addClean(-freed)
        return freed
    }
}
