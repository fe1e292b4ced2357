import Records

extension StoreLayer {
    /// Makes all changes so far the committed content. There must be no dirty entry.
    ///
    /// Where a changelog has them, they are not written below at once: a key that changes from commit to commit is written
    /// once in a while, and what expires in the meantime never. A crash then leaves what the last write left, with its offset.
    func commit(_ offset: Offset?) throws {
        try checkOpen()
        guard dirtyLog.count == 0, !hasFlushFailed else {
            throw ProcessorStateException("store \(configuration.name) was committed before it was flushed")
        }
        hasUncommitted = false
        if let backing {
            position = offset
            if isWriteDue(offset, backing) { try writeDown(to: backing, offset) }
        } else {
            memoryOffset = offset ?? memoryOffset
            removeDeleted()
            removeExpired()
        }
    }

    /// The changelog's offset of the last commit; nil when it is not known.
    var committedOffset: Offset? { isPersistent ? position ?? backing?.committedOffset : memoryOffset }

    /// Whether the content below must not lag behind any longer: it would take long to restore, or much memory is in use.
    private func isWriteDue(_ offset: Offset?, _ backing: any StoreBacking) -> Bool {
        guard own == nil, let offset, let written = backing.committedOffset else { return true }
        return offset - written >= budget.maxLag || budget.uncommittedBytes > budget.uncommittedMaxBytes / 2
    }

    /// Writes what has been committed, where all that there is has been.
    func writeCommitted() throws {
        guard let backing, own == nil, let position, !hasUncommitted, !hasFlushFailed else { return }
        if position != backing.committedOffset { try writeDown(to: backing, position) }
    }

    private func writeDown(to backing: any StoreBacking, _ offset: Offset?) throws {
        try write(to: backing, offset)
        settle()
        dropExpired()
        if budget.isCleanExceeded { budget.evictClean() }
    }

    private func write(to backing: any StoreBacking, _ offset: Offset?) throws {
        guard own == nil else {
            try deleteExpired(in: backing)
            memoryOffset = offset ?? memoryOffset
            return try backing.finishBatch(offset)
        }
        guard !uncommitted.isEmpty || isExpiryPending || offset != backing.committedOffset else { return }
        try deleteExpired(in: backing)
        // In the order of keys: RocksDB's memory table takes a sorted run several times faster.
        KeyOrder.sort(&uncommitted)
        for entry in uncommitted {
            if let expiredBefore, expiredBefore.withUnsafeBytes({ RawKey.compare(entry.key, $0) < 0 }) { continue }
            if let value = entry.value {
                try backing.put(entry.key, value)
            } else if !entry.pointee.flags.contains(.belowAbsent) {
                try backing.delete(entry.key)
            }
        }
        try backing.finishBatch(offset)
    }

    private func deleteExpired(in backing: any StoreBacking) throws {
        guard isExpiryPending, let expiredBefore else { return }
        isExpiryPending = false
        try expiredBefore.withUnsafeBytes { try backing.deleteAll(before: $0) }
    }

    /// Forgets the entries of segments that have expired.
    private func dropExpired() {
        guard let memory, pins == 0, let expiredBefore else { return }
        let bound = expiredBefore.withUnsafeBytes { SegmentMemory.segment($0) }
        guard let earliest = memory.live.first, earliest.segment < bound else { return }
        var freed = 0
        let slots = memory.expire(before: bound) { entry in
            freed += entry.sizeBytes
            table.remove(entry)
        }
        addClean(-freed - slots)
    }

    /// Where memory is the store: removes what has expired.
    private func removeExpired() {
        guard isExpiryPending, pins == 0, let expiredBefore else { return }
        isExpiryPending = false
        if let memory {
            _ = memory.expire(before: expiredBefore.withUnsafeBytes { SegmentMemory.segment($0) }) { entry in
                ordered.remove(entry)
                table.remove(entry)
            }
            return
        }
        let expired = expiredBefore.withUnsafeBytes { memoryEntries(from: nil, before: $0) }
        for entry in expired {
            ordered.remove(entry)
            table.remove(entry)
        }
    }

    /// Books what was uncommitted as committed.
    func settle() {
        var freed = 0
        for entry in uncommitted {
            entry.pointee.flags.subtract([.uncommitted, .belowUnknown, .belowAbsent])
            guard entry.pointee.valueCount < 0 else {
                if own != nil { entry.pointee.flags.insert(.belowUnknown) }
                continue
            }
            // Where all that there is is in memory, what is gone leaves no trace.
            if pins == 0, isWhole || entry.pointee.flags.contains(.chained) {
                freed += entry.sizeBytes
                memory?.remove(entry)
                table.remove(entry)
            } else {
                entry.pointee.flags.insert(own == nil ? .belowAbsent : .belowUnknown)
            }
        }
        uncommitted.removeAll(keepingCapacity: true)
        if own == nil { ordered = OrderedIndex() }
        addClean(uncommittedBytes - freed)
        budget.uncommittedBytes -= uncommittedBytes
        uncommittedBytes = 0
    }

    /// Where memory is the store: removes the entries of deleted keys, unless somebody may hold their indexes.
    private func removeDeleted() {
        guard pins == 0 else { return }
        for entry in uncommitted {
            entry.pointee.flags.remove(.uncommitted)
            guard entry.pointee.valueCount < 0 else { continue }
            ordered.remove(entry)
            if entry.pointee.flags.contains(.chained) { memory?.remove(entry) }
            table.remove(entry)
        }
        uncommitted.removeAll(keepingCapacity: true)
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
        isWhole = false
        memory?.noteBelow(SegmentMemory.segment(key))
        guard own == nil else { return try restoreInOwn(backing, key, value, timestamp) }
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
        try restored.move(to: backing)
        try deleteExpired(in: backing)
        try backing.finishBatch(nextOffset)
    }

    /// In the order of the changelog: what a store of one's own keeps may depend on it.
    private func restoreInOwn(
        _ backing: any StoreBacking,
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer?,
        _ timestamp: Timestamp
    ) throws {
        guard let value else { return try backing.delete(key) }
        guard configuration.isTimestamped else { return try backing.put(key, value) }
        try withStored(value, timestamp) { try backing.put(key, $0) }
    }

    private func dropForRestore() throws {
        if !uncommitted.isEmpty { try writeCommitted() }
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
        if configuration.isTimestamped {
            withStored(value, timestamp) { table.setValue($0, of: entry) }
        } else {
            table.setValue(value, of: entry)
        }
        chain(entry)
    }

    /// A changelog's value as a timestamped store has it.
    private func withStored(
        _ value: UnsafeRawBufferPointer,
        _ timestamp: Timestamp,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        valueBuffer.reset()
        valueBuffer.append(int64: timestamp.rawValue)
        valueBuffer.append(value)
        try valueBuffer.withUnsafeBytes { try body($0) }
    }
}
