import Records

extension StoreLayer {
    /// The entries of one key without its time, of those segments and times, in the order of time; nil where some of them
    /// may only be below.
    func chainedEntries(
        _ stem: UnsafeRawBufferPointer,
        segments: ClosedRange<Int64>,
        times: ClosedRange<Int64>,
        isReverse: Bool,
        accepts: (UnsafeRawBufferPointer) -> Bool
    ) throws -> [StorePlace]? {
        guard let memory, try isComplete(from: segments.lowerBound, memory) else { return nil }
        var found: [StorePlace] = []
        var position = memory.live.count
        // The latest first, as they hang.
        while position > 0 {
            position -= 1
            let chains = memory.live[position]
            guard chains.segment <= segments.upperBound else { continue }
            guard chains.segment >= segments.lowerBound else { break }
            var next = chains.latest(stem)
            while let entry = next {
                let key = entry.key
                let time = WindowKey.int64(key, fromEnd: memory.suffixSize)
                guard time >= times.lowerBound else { break }
                if entry.pointee.valueCount >= 0, time <= times.upperBound, accepts(key) { found.append(entry) }
                next = entry.pointee.link
            }
        }
        if !isReverse { found.reverse() }
        return found
    }

    /// Whether all segments from `first` on are in memory. Those that can be read in are.
    private func isComplete(from first: Int64, _ memory: SegmentMemory) throws -> Bool {
        while memory.incompleteUntil >= first {
            guard memory.incompleteUntil > memory.unreadableUntil else { return false }
            guard try read(memory.incompleteUntil, memory) else {
                memory.refuse(memory.incompleteUntil)
                return false
            }
        }
        return true
    }

    /// Takes all of a segment into memory, the later ones of which are there; false where there is no room.
    private func read(_ segment: Int64, _ memory: SegmentMemory) throws -> Bool {
        guard let backing else { return true }
        let (lower, upper) = (SegmentedStore.prefix(segment), SegmentedStore.prefix(segment.addingClamped(1)))
        let cursor = try lower.withUnsafeBytes { lower in
            try upper.withUnsafeBytes { try backing.makeCursor(from: lower, before: $0) }
        }
        defer { cursor.close() }
        var entries: [StorePlace] = []
        cursor.seekToFirst()
        while cursor.isValid {
            guard budget.cleanBytes <= budget.cleanMaxBytes else { return false }
            let (key, value) = (cursor.key, cursor.value)
            let hash = table.hash(key)
            if let known = table.find(key, hash) {
                entries.append(known)
            } else {
                let entry = insertNew(key, hash, value.count)
                table.setValue(value, of: entry)
                addClean(entry.sizeBytes)
                entries.append(entry)
            }
            cursor.next()
        }
        try cursor.checkEnd()
        memory.completed(segment)
        for entry in entries where entry.pointee.valueCount >= 0 { chain(entry) }
        for entry in uncommitted where entry.pointee.valueCount >= 0 && SegmentMemory.segment(entry.key) == segment {
            chain(entry)
        }
        return true
    }
}
