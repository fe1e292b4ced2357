import Records

extension StoreLayer {
    /// The value of a key, in place until the next call; nil when there is none.
    @usableFromInline
    func value(of key: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
        try begin()
        let hash = table.hash(key)
        if let entry = table.find(key, hash) {
            entry.pointee.flags.insert(.referenced)
            return entry.value
        }
        return backing == nil || isComplete(key) ? nil : try load(key, hash).value
    }

    /// Whether a key that is not in the table is nowhere.
    @inline(__always)
    func isComplete(_ key: UnsafeRawBufferPointer) -> Bool { memory?.isComplete(key) ?? isWhole }

    /// An entry that is pinned: its place, and the layer's epoch, after which the place means nothing.
    @usableFromInline
    struct Pinned {
        let entry: StorePlace
        let epoch: Int
    }

    /// The entry of a key, read from below if need be; it stays until ``unpin()``.
    @usableFromInline
    func pin(_ key: UnsafeRawBufferPointer) throws -> Pinned {
        try begin()
        let hash = table.hash(key)
        let entry: StorePlace
        if let known = table.find(key, hash) {
            entry = known
        } else {
            entry = backing == nil ? insertNew(key, hash, 16) : try load(key, hash)
        }
        entry.pointee.flags.insert(.referenced)
        pins += 1
        return Pinned(entry: entry, epoch: epoch)
    }

    @usableFromInline
    func unpin() { pins = max(0, pins - 1) }

    /// The value of an entry that was just pinned, in place until the next call.
    @usableFromInline
    func value(at pinned: Pinned) -> UnsafeRawBufferPointer? { pinned.entry.value }

    /// Sets or, with nil, removes the value of a key.
    @usableFromInline
    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws {
        try begin()
        let hash = table.hash(key)
        if let known = table.find(key, hash) { return try put(value, to: known) }
        guard key.count <= Int(Int32.max) else { throw tooLarge("key", key.count) }
        let entry = insertNew(key, hash, value?.count ?? 0)
        if backing != nil {
            entry.pointee.flags.insert(isComplete(key) ? .belowAbsent : .belowUnknown)
            addClean(entry.sizeBytes)
        }
        try put(value, to: entry)
    }

    /// Sets or, with nil, removes the value of a pinned entry.
    @usableFromInline
    func put(_ value: UnsafeRawBufferPointer?, at pinned: Pinned) throws {
        guard pinned.epoch == epoch else {
            throw InvalidStateStoreException("store \(configuration.name) was emptied during an update")
        }
        try put(value, to: pinned.entry)
    }

    private func put(_ value: UnsafeRawBufferPointer?, to entry: StorePlace) throws {
        if let value, value.count > Int(Int32.max) - 64 { throw tooLarge("value", value.count) }
        if isCaching { makeDirty(entry) }
        let sizeBefore = entry.sizeBytes
        table.setValue(value, of: entry)
        if isCaching {
            account(entry, sizeBefore: sizeBefore)
            if budget.dirtyBytes > budget.maxBytes { try flush() }
        } else if own == nil {
            account(entry, sizeBefore: sizeBefore)
            try log(entry.key, entry.value, recordTimestamp)
        } else {
            addClean(entry.sizeBytes - sizeBefore)
            try apply(entry.key, entry.value, recordTimestamp)
        }
    }

    /// An entry for a key that is not in memory, with what is below.
    func load(_ key: UnsafeRawBufferPointer, _ hash: UInt32) throws -> StorePlace {
        guard key.count <= Int(Int32.max) else { throw tooLarge("key", key.count) }
        if budget.isCleanExceeded { budget.evictClean() }
        var found: StorePlace?
        if !isComplete(key) {
            _ = try backing?.get(key) { value in
                let entry = insertNew(key, hash, value.count)
                table.setValue(value, of: entry)
                found = entry
            }
        }
        // Room for a small value: a key that is asked for and not there is mostly written next.
        let entry = found ?? insertNew(key, hash, 16)
        // A store of one's own is asked anew what it has when a change is handed out: it may have changed that by then.
        if own != nil {
            entry.pointee.flags.insert(.belowUnknown)
        } else if found == nil {
            entry.pointee.flags.insert(.belowAbsent)
        }
        addClean(entry.sizeBytes)
        return entry
    }

    func insertNew(_ key: UnsafeRawBufferPointer, _ hash: UInt32, _ valueCapacity: Int) -> StorePlace {
        let entry = table.insert(key, hash, valueCapacity: valueCapacity)
        if backing == nil || own != nil { ordered.add(entry) }
        return entry
    }

    func addClean(_ bytes: Int) {
        cleanBytes += bytes
        budget.cleanBytes += bytes
    }

    /// Hangs an entry that has a value into its chain, where all of its segment is in memory.
    @inline(__always)
    func chain(_ entry: StorePlace) {
        guard let memory else { return }
        let growth = memory.add(entry)
        if growth != 0, backing != nil { addClean(growth) }
    }

    /// Books an entry whose value was just set as uncommitted.
    @inline(__always)
    func account(_ entry: StorePlace, sizeBefore: Int) {
        hasUncommitted = true
        let wasUncommitted = entry.pointee.flags.contains(.uncommitted)
        if !wasUncommitted {
            entry.pointee.flags.insert(.uncommitted)
            uncommitted.append(entry)
            if backing != nil, own == nil { ordered.add(entry) }
        }
        if memory != nil, entry.pointee.valueCount >= 0 { chain(entry) }
        let size = entry.sizeBytes
        if entry.pointee.flags.contains(.dirty) {
            dirtyBytes += size - sizeBefore
            budget.dirtyBytes += size - sizeBefore
        }
        guard backing != nil else { return }
        if wasUncommitted {
            uncommittedBytes += size - sizeBefore
            budget.uncommittedBytes += size - sizeBefore
        } else {
            addClean(-sizeBefore)
            uncommittedBytes += size
            budget.uncommittedBytes += size
        }
    }

    /// Logs a change that is handed out now. A store of one's own gets it first.
    func apply(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp) throws {
        if own != nil, let backing {
            if let value { try backing.put(key, value) } else { try backing.delete(key) }
        }
        try log(key, value, timestamp)
    }

    /// Logs a change; a timestamped value is logged as the value alone, with its time as the record's.
    func log(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp) throws {
        guard let log else { return }
        let key = UnsafeRawBufferPointer(rebasing: key[configuration.hiddenPrefixSize...])
        guard configuration.isTimestamped, let value else { return try log(key, value, timestamp) }
        let (raw, time) = TimestampedBytes.split(value)
        try log(key, raw, time)
    }

    func tooLarge(_ what: String, _ count: Int) -> ProcessorStateException {
        ProcessorStateException("store \(configuration.name) takes no \(what) of \(count) bytes")
    }
}
