import Records

extension StoreLayer {
    /// Books an entry that is about to change as the latest change, with the record's context.
    func makeDirty(_ index: StoreIndex) {
        let entry = table.entries + Int(index)
        if entry.pointee.flags.contains(.flushing) { capture(index) }
        if entry.pointee.flags.contains(.dirty) {
            if lastDirty != index {
                unlinkDirty(index)
                linkDirty(index)
            }
        } else {
            if entry.pointee.flags.contains(.belowUnknown) {
                entry.pointee.flags.insert(.oldBelow)
            } else {
                // The old bytes are never counted apart from the entry's: remember before the size is taken.
                let before = entry.pointee.sizeBytes
                table.rememberOld(at: index, copying: flushListener != nil && sendsOldValues)
                resize(entry, by: entry.pointee.sizeBytes - before)
            }
            entry.pointee.flags.insert(.dirty)
            dirtyBytes += entry.pointee.sizeBytes
            budget.dirtyBytes += entry.pointee.sizeBytes
            linkDirty(index)
        }
        entry.pointee.flags.remove(.belowUnknown)
        keepContext(entry)
    }

    func resize(_ entry: UnsafeMutablePointer<StoreTableEntry>, by bytes: Int) {
        guard backing != nil, bytes != 0 else { return }
        if entry.pointee.flags.contains(.uncommitted) {
            uncommittedBytes += bytes
            budget.uncommittedBytes += bytes
        } else {
            addClean(bytes)
        }
    }

    func keepContext(_ entry: UnsafeMutablePointer<StoreTableEntry>) {
        let record = context?.recordContext ?? .none
        if entry.pointee.context >= 0 {
            contexts[Int(entry.pointee.context)] = record
        } else if let free = freeContexts.popLast() {
            contexts[Int(free)] = record
            entry.pointee.context = free
        } else {
            contexts.append(record)
            entry.pointee.context = Int32(contexts.count - 1)
        }
    }

    func takeContext(_ entry: UnsafeMutablePointer<StoreTableEntry>) -> ProcessorRecordContext {
        let slot = entry.pointee.context
        guard slot >= 0 else { return .none }
        entry.pointee.context = -1
        freeContexts.append(slot)
        return contexts[Int(slot)]
    }

    func linkDirty(_ index: StoreIndex) {
        table.entries[Int(index)].previousDirty = lastDirty
        table.entries[Int(index)].nextDirty = -1
        if lastDirty >= 0 { table.entries[Int(lastDirty)].nextDirty = index } else { firstDirty = index }
        lastDirty = index
    }

    func unlinkDirty(_ index: StoreIndex) {
        let (previous, next) = (table.entries[Int(index)].previousDirty, table.entries[Int(index)].nextDirty)
        if previous >= 0 { table.entries[Int(previous)].nextDirty = next } else { firstDirty = next }
        if next >= 0 { table.entries[Int(next)].previousDirty = previous } else { lastDirty = previous }
    }

    /// Logs and forwards all dirty entries, those changed longest ago first.
    ///
    /// A listener may change this store: such changes are dirty anew, and flushed after the others.
    func flush() throws {
        try checkOpen()
        guard !isFlushing else { return }
        isFlushing = true
        pins += 1
        let current = context?.recordContext ?? .none
        defer {
            context?.recordContext = current
            pins -= 1
            isFlushing = false
        }
        while firstDirty >= 0 {
            for index in takeDirty() { try flush(index) }
        }
    }

    func takeDirty() -> [StoreIndex] {
        var taken: [StoreIndex] = []
        var next = firstDirty
        while next >= 0 {
            let entry = table.entries + Int(next)
            taken.append(next)
            entry.pointee.flags.remove(.dirty)
            entry.pointee.flags.insert(.flushing)
            next = entry.pointee.nextDirty
        }
        (firstDirty, lastDirty) = (-1, -1)
        budget.dirtyBytes -= dirtyBytes
        dirtyBytes = 0
        return taken
    }

    func flush(_ index: StoreIndex) throws {
        if let change = captured.removeValue(forKey: index) { return try flush(index, change) }
        let entry = table.entries + Int(index)
        entry.pointee.flags.remove(.flushing)
        let record = takeContext(entry)
        let oldBelow = entry.pointee.flags.contains(.oldBelow)
        let oldCount = Int(entry.pointee.oldCount)
        let oldBytes = entry.pointee.old
        entry.pointee.flags.remove(.oldBelow)
        // The listener may change the entry, and give it another old value.
        let before = entry.pointee.sizeBytes
        entry.pointee.old = nil
        entry.pointee.oldCount = -1
        resize(entry, by: entry.pointee.sizeBytes - before)
        defer { table.release(oldBytes) }
        let old: OldValue
        if oldBelow {
            old = .below
        } else if oldCount < 0 {
            old = .absent
        } else {
            old = .present(oldBytes.map { UnsafeRawBufferPointer(start: $0, count: oldCount) })
        }
        try forward(entry.pointee.key, entry.pointee.value, old, record)
    }

    func flush(_ index: StoreIndex, _ change: CapturedChange) throws {
        let key = table.entries[Int(index)].key
        try change.value.withOptionalBytes { new in
            try change.old.withOptionalBytes { old in
                let kept: OldValue = change.oldBelow ? .below : old == nil ? .absent : .present(old)
                try forward(key, new, kept, change.context)
            }
        }
    }

    enum OldValue {
        case absent
        /// There was one; its bytes, where they were kept.
        case present(UnsafeRawBufferPointer?)
        /// It is what the backing has.
        case below
    }

    func forward(
        _ key: UnsafeRawBufferPointer,
        _ new: UnsafeRawBufferPointer?,
        _ old: OldValue,
        _ record: ProcessorRecordContext
    ) throws {
        context?.recordContext = record
        guard let flushListener else { return try log(key, new, record.timestamp) }
        switch old {
        case .absent:
            // A key that came and went between two flushes: nobody below has heard of it.
            guard new != nil else { return }
            try log(key, new, record.timestamp)
            try flushListener(key, new, nil, record.timestamp)
        case .present(let bytes):
            try log(key, new, record.timestamp)
            try flushListener(key, new, sendsOldValues ? bytes : nil, record.timestamp)
        case .below:
            let stored = new == nil || sendsOldValues ? try readBelow(key) : nil
            guard new != nil || stored != nil else { return }
            try log(key, new, record.timestamp)
            try stored.withOptionalBytes { old in
                try flushListener(key, new, sendsOldValues ? old : nil, record.timestamp)
            }
        }
    }

    func readBelow(_ key: UnsafeRawBufferPointer) throws -> [UInt8]? {
        var value: [UInt8]?
        _ = try backing?.get(key) { value = [UInt8]($0) }
        return value
    }

    /// Keeps what a waiting entry was when the flush began: its listener changes it before its turn.
    func capture(_ index: StoreIndex) {
        let entry = table.entries + Int(index)
        entry.pointee.flags.remove(.flushing)
        let old: [UInt8]?
        if entry.pointee.oldCount < 0 {
            old = nil
        } else {
            old = entry.pointee.old.map {
                [UInt8](UnsafeRawBufferPointer(start: $0, count: Int(entry.pointee.oldCount)))
            } ?? []
        }
        captured[index] = CapturedChange(
            value: entry.pointee.value.map { [UInt8]($0) }, old: old,
            oldBelow: entry.pointee.flags.contains(.oldBelow), context: takeContext(entry))
        entry.pointee.flags.remove(.oldBelow)
        let before = entry.pointee.sizeBytes
        table.forgetOld(at: index)
        resize(entry, by: entry.pointee.sizeBytes - before)
    }
}
