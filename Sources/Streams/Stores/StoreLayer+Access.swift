import Records

extension StoreLayer {
    /// The value of a key, in place until the next call; nil when there is none.
    @usableFromInline
    func value(of key: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
        try checkOpen()
        let hash = table.hash(key)
        let index = table.find(key, hash)
        if index >= 0 {
            table.entries[Int(index)].flags.insert(.referenced)
            return table.entries[Int(index)].value
        }
        guard backing != nil else { return nil }
        return table.entries[Int(try load(key, hash))].value
    }

    /// The entry of a key, read from below if need be; it stays until ``unpin()``.
    @usableFromInline
    func pin(_ key: UnsafeRawBufferPointer) throws -> Int32 {
        try checkOpen()
        let hash = table.hash(key)
        var index = table.find(key, hash)
        if index < 0 { index = backing == nil ? insertNew(key, hash, 16) : try load(key, hash) }
        table.entries[Int(index)].flags.insert(.referenced)
        pins += 1
        return index
    }

    @usableFromInline
    func unpin() { pins = max(0, pins - 1) }

    /// The value of a pinned entry, in place until the next call.
    @usableFromInline
    func value(at index: Int32) -> UnsafeRawBufferPointer? { table.entries[Int(index)].value }

    /// Sets or, with nil, removes the value of a key.
    @usableFromInline
    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws {
        try checkOpen()
        let hash = table.hash(key)
        var index = table.find(key, hash)
        if index < 0 {
            guard key.count <= Int(Int32.max) else { throw tooLarge("key", key.count) }
            index = insertNew(key, hash, value?.count ?? 0)
            if backing != nil {
                table.entries[Int(index)].flags.insert(.belowUnknown)
                addClean(table.entries[Int(index)].sizeBytes)
            }
        }
        try put(value, at: index)
    }

    /// Sets or, with nil, removes the value of an entry.
    @usableFromInline
    func put(_ value: UnsafeRawBufferPointer?, at index: Int32) throws {
        guard Int(index) < table.used, table.entries[Int(index)].flags.contains(.live) else {
            throw InvalidStateStoreException("store \(configuration.name) was emptied during an update")
        }
        if let value, value.count > Int(Int32.max) - 64 { throw tooLarge("value", value.count) }
        if isCaching { makeDirty(index) }
        let entry = table.entries + Int(index)
        let sizeBefore = entry.pointee.sizeBytes
        table.setValue(value, at: index)
        account(entry, sizeBefore: sizeBefore, index)
        if isCaching {
            if budget.dirtyBytes > budget.maxBytes { try flush() }
        } else {
            try log(entry.pointee.key, entry.pointee.value, recordTimestamp)
        }
    }

    /// An entry for a key that is not in memory, with what is below.
    func load(_ key: UnsafeRawBufferPointer, _ hash: UInt32) throws -> StoreIndex {
        guard key.count <= Int(Int32.max) else { throw tooLarge("key", key.count) }
        if budget.isCleanExceeded { budget.evictClean() }
        var index: StoreIndex = -1
        let found = try backing?.get(key) { value in
            index = insertNew(key, hash, value.count)
            table.setValue(value, at: index)
        }
        if found != true {
            // Room for a small value: a key that is asked for and not there is mostly written next.
            index = insertNew(key, hash, 16)
            table.entries[Int(index)].flags.insert(.belowAbsent)
        }
        addClean(table.entries[Int(index)].sizeBytes)
        return index
    }

    func insertNew(_ key: UnsafeRawBufferPointer, _ hash: UInt32, _ valueCapacity: Int) -> StoreIndex {
        let index = table.insert(key, hash, valueCapacity: valueCapacity)
        if backing == nil { ordered.add(index) }
        return index
    }

    func addClean(_ bytes: Int) {
        cleanBytes += bytes
        budget.cleanBytes += bytes
    }

    /// Books an entry whose value was just set as uncommitted.
    @inline(__always)
    func account(_ entry: UnsafeMutablePointer<StoreTableEntry>, sizeBefore: Int, _ index: StoreIndex) {
        let wasUncommitted = entry.pointee.flags.contains(.uncommitted)
        if !wasUncommitted {
            entry.pointee.flags.insert(.uncommitted)
            uncommitted.append(index)
            if backing != nil { ordered.add(index) }
        }
        let size = entry.pointee.sizeBytes
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
