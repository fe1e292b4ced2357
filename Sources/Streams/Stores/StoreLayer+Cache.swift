import Records

extension StoreLayer {
    /// Books an entry that is about to change as the latest change, with the record's context.
    func makeDirty(_ index: StoreIndex) {
        let entry = table.entries + Int(index)
        if !dirtyLog.contains(entry.pointee) {
            if entry.pointee.flags.contains(.dirty) { capture(index) }
            if entry.pointee.flags.contains(.belowUnknown) {
                entry.pointee.flags.insert(.oldBelow)
            } else {
                let before = entry.pointee.sizeBytes
                table.rememberOld(at: index, copying: flushListener != nil && sendsOldValues)
                resize(entry, by: entry.pointee.sizeBytes - before)
            }
            dirtyBytes += entry.pointee.sizeBytes
            budget.dirtyBytes += entry.pointee.sizeBytes
        }
        entry.pointee.flags.remove(.belowUnknown)
        dirtyLog.append(index, context?.recordContext ?? .none, in: table)
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
        hasFlushFailed = true
        while dirtyLog.count > 0 {
            budget.dirtyBytes -= dirtyBytes
            dirtyBytes = 0
            for (position, change) in dirtyLog.take().enumerated() { try flush(change, Int32(position)) }
        }
        hasFlushFailed = false
    }

    private func flush(_ change: DirtyLog.Change, _ position: Int32) throws {
        let entry = table.entries + Int(change.index)
        guard entry.pointee.flags.contains(.dirty), !dirtyLog.contains(entry.pointee) else {
            // Left over from a key that changed again; or changed by a listener since, and kept as it was.
            guard let kept = captured[change.index], kept.position == position else { return }
            captured[change.index] = nil
            return try flush(entry.pointee.key, kept, change.context)
        }
        guard entry.pointee.position == position else { return }
        entry.pointee.flags.remove(.dirty)
        let oldBelow = entry.pointee.flags.contains(.oldBelow)
        let oldCount = Int(entry.pointee.oldCount)
        let oldBytes = entry.pointee.old
        if oldBelow || oldCount >= 0 {
            // Taken off the entry: the listener may change it, and give it another old value.
            let before = entry.pointee.sizeBytes
            entry.pointee.flags.remove(.oldBelow)
            entry.pointee.old = nil
            entry.pointee.oldCount = -1
            resize(entry, by: entry.pointee.sizeBytes - before)
        }
        defer { table.release(oldBytes) }
        let old: OldValue
        if oldBelow {
            old = .below
        } else if oldCount < 0 {
            old = .absent
        } else {
            old = .present(oldBytes.map { UnsafeRawBufferPointer(start: $0, count: oldCount) })
        }
        try forward(entry.pointee.key, entry.pointee.value, old, change.context)
    }

    private func flush(_ key: UnsafeRawBufferPointer, _ kept: CapturedChange, _ record: ProcessorRecordContext) throws {
        try kept.value.withOptionalBytes { new in
            try kept.old.withOptionalBytes { old in
                let below: OldValue = kept.oldBelow ? .below : old == nil ? .absent : .present(old)
                try forward(key, new, below, record)
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

    /// Keeps what a waiting entry was when the flush began: a listener changes it before its turn.
    func capture(_ index: StoreIndex) {
        let entry = table.entries + Int(index)
        var old: [UInt8]?
        if entry.pointee.oldCount >= 0 {
            let bytes = UnsafeRawBufferPointer(
                start: entry.pointee.old,
                count: entry.pointee.old == nil ? 0 : Int(entry.pointee.oldCount)
            )
            old = [UInt8](bytes)
        }
        captured[index] = CapturedChange(
            position: entry.pointee.position,
            value: entry.pointee.value.map { [UInt8]($0) },
            old: old,
            oldBelow: entry.pointee.flags.contains(.oldBelow)
        )
        entry.pointee.flags.subtract([.dirty, .oldBelow])
        let before = entry.pointee.sizeBytes
        table.forgetOld(at: index)
        resize(entry, by: entry.pointee.sizeBytes - before)
    }
}
