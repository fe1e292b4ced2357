import Records

extension StoreLayer {
    /// Writes all uncommitted changes and the changelog's offset in one batch. There must be no dirty entry.
    func commit(_ offset: Offset?) throws {
        try checkOpen()
        guard dirtyLog.count == 0, !hasFlushFailed else {
            throw ProcessorStateException("store \(configuration.name) was committed before it was flushed")
        }
        if let backing {
            try write(to: backing, offset)
            settle()
        } else {
            memoryOffset = offset ?? memoryOffset
            removeDeleted()
            removeExpired()
        }
    }

    /// The changelog's offset of the last commit; nil when it is not known.
    var committedOffset: Offset? { backing == nil ? memoryOffset : backing?.committedOffset }

    private func write(to backing: any StoreBacking, _ offset: Offset?) throws {
        guard !uncommitted.isEmpty || isExpiryPending || offset != backing.committedOffset else { return }
        deleteExpired(in: backing)
        // In the order of keys: RocksDB's memory table takes a sorted run several times faster.
        KeyOrder.sort(&uncommitted)
        for entry in uncommitted {
            if let expiredBefore, expiredBefore.withUnsafeBytes({ RawKey.compare(entry.key, $0) < 0 }) { continue }
            if let value = entry.value {
                backing.put(entry.key, value)
            } else if !entry.pointee.flags.contains(.belowAbsent) {
                backing.delete(entry.key)
            }
        }
        try backing.finishBatch(offset)
    }

    private func deleteExpired(in backing: any StoreBacking) {
        guard isExpiryPending, let expiredBefore else { return }
        isExpiryPending = false
        expiredBefore.withUnsafeBytes { backing.deleteAll(before: $0) }
    }

    /// Where memory is the store: removes what has expired.
    private func removeExpired() {
        guard isExpiryPending, pins == 0, let expiredBefore else { return }
        isExpiryPending = false
        let expired = expiredBefore.withUnsafeBytes { memoryEntries(from: nil, before: $0) }
        for entry in expired {
            ordered.remove(entry)
            table.remove(entry)
        }
    }

    /// Books what was uncommitted as committed.
    private func settle() {
        for entry in uncommitted {
            entry.pointee.flags.subtract([.uncommitted, .belowUnknown, .belowAbsent])
            if entry.pointee.valueCount < 0 { entry.pointee.flags.insert(.belowAbsent) }
        }
        uncommitted.removeAll(keepingCapacity: true)
        ordered.removeAll()
        addClean(uncommittedBytes)
        budget.uncommittedBytes -= uncommittedBytes
        uncommittedBytes = 0
        if budget.isCleanExceeded { budget.evictClean() }
    }

    /// Where memory is the store: removes the entries of deleted keys, unless somebody may hold their indexes.
    private func removeDeleted() {
        guard pins == 0 else { return }
        for entry in uncommitted {
            entry.pointee.flags.remove(.uncommitted)
            guard entry.pointee.valueCount < 0 else { continue }
            ordered.remove(entry)
            table.remove(entry)
        }
        uncommitted.removeAll(keepingCapacity: true)
    }

    /// Removes about `bytes` of committed entries, those not used for longest first; returns how many bytes it freed.
    func evictClean(_ bytes: Int) -> Int {
        guard pins == 0, backing != nil, table.count > 0 else { return 0 }
        var freed = 0
        var steps = table.slotCount * 2
        while freed < bytes, steps > 0 {
            steps -= 1
            if evictionHand >= table.slotCount { evictionHand = 0 }
            if let entry = table.entry(inSlot: evictionHand) {
                if entry.pointee.flags.isDisjoint(with: [.uncommitted, .referenced]) {
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
        // Empty slots would be visited again and again.
        if table.count * 16 < table.slotCount { table.shrink() }
        return freed
    }
}

// MARK: - Restoring

extension StoreLayer {
    /// Takes a record of the changelog as committed content.
    func restore(
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer?,
        _ timestamp: Timestamp,
        _ offset: Offset
    ) throws {
        try checkOpen()
        guard let backing else { return try restoreInMemory(key, value, timestamp) }
        if table.count > 0 { try dropForRestore() }
        restored.append(key, value, configuration.isTimestamped ? timestamp : nil)
        if restored.sizeBytes > StoreLayer.restoreBatchBytes { try writeRestored(to: backing, offset + 1) }
    }

    /// Makes the restored records durable with the offset after them.
    func finishRestore(_ nextOffset: Offset) throws {
        try checkOpen()
        memoryOffset = nextOffset
        guard let backing else { return removeExpired() }
        try writeRestored(to: backing, nextOffset)
        restored = RestoreRun()
    }

    private func writeRestored(to backing: any StoreBacking, _ nextOffset: Offset) throws {
        restored.move(to: backing)
        deleteExpired(in: backing)
        try backing.finishBatch(nextOffset)
    }

    private func dropForRestore() throws {
        guard uncommitted.isEmpty else {
            throw ProcessorStateException("store \(configuration.name) has changes that a restore would lose")
        }
        clearMemory()
    }

    private func restoreInMemory(
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer?,
        _ timestamp: Timestamp
    ) throws {
        let hash = table.hash(key)
        let known = table.find(key, hash)
        guard let value else {
            guard let known, !known.pointee.flags.contains(.uncommitted) else { return }
            table.setValue(nil, of: known)
            known.pointee.flags.insert(.uncommitted)
            uncommitted.append(known)
            if pins == 0 { removeDeleted() }
            return
        }
        let head = configuration.isTimestamped ? TimestampedBytes.headSize : 0
        guard key.count <= Int(Int32.max), value.count <= Int(Int32.max) - 64 else {
            throw tooLarge("record", key.count + value.count)
        }
        let entry = known ?? insertNew(key, hash, value.count + head)
        guard configuration.isTimestamped else { return table.setValue(value, of: entry) }
        valueBuffer.reset()
        valueBuffer.append(int64: timestamp.rawValue)
        valueBuffer.append(value)
        valueBuffer.withUnsafeBytes { table.setValue($0, of: entry) }
    }
}
