import Records

extension StoreLayer {
    /// Books an entry that is about to change as the latest change, with the record's context.
    func makeDirty(_ entry: StorePlace) {
        if !dirtyLog.contains(entry) {
            if entry.pointee.flags.contains(.dirty) { capture(entry) }
            if entry.pointee.flags.contains(.belowUnknown) {
                entry.pointee.flags.insert(.oldBelow)
            } else {
                let before = entry.sizeBytes
                entry.rememberOld(copying: flushListener != nil && sendsOldValues)
                resize(entry, by: entry.sizeBytes - before)
            }
            dirtyBytes += entry.sizeBytes
            budget.dirtyBytes += entry.sizeBytes
        }
        entry.pointee.flags.remove(.belowUnknown)
        dirtyLog.append(entry, context?.recordContext ?? .none)
    }

    func resize(_ entry: StorePlace, by bytes: Int) {
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
            unpin()
            isFlushing = false
        }
        hasFlushFailed = true
        while dirtyLog.count > 0 {
            budget.dirtyBytes -= dirtyBytes
            dirtyBytes = 0
            let (log, epoch) = (dirtyLog.take(), epoch)
            for (position, change) in log.changes.enumerated() {
                try flush(change, Int32(position), of: log)
                guard epoch == self.epoch else {
                    throw InvalidStateStoreException("store \(configuration.name) was emptied during a flush")
                }
            }
        }
        hasFlushFailed = false
        guard own != nil else { return }
        settle()
        if budget.isCleanExceeded { budget.evictClean() }
    }

    private func flush(_ change: DirtyLog.Change, _ position: Int32, of log: DirtyLog) throws {
        let entry = change.entry
        guard entry.pointee.flags.contains(.dirty), !dirtyLog.contains(entry) else {
            // Left over from a key that changed again; or changed by a listener since, and kept as it was.
            guard let kept = captured[entry], kept.position == position else { return }
            captured[entry] = nil
            return try flush(entry.key, kept, log.context(of: change))
        }
        guard entry.pointee.position == position else { return }
        // Taken off the entry: the listener may change it, and give it another old value.
        let (isBelow, isPresent) = (
            entry.pointee.flags.contains(.oldBelow), entry.pointee.flags.contains(.oldPresent)
        )
        let before = entry.sizeBytes
        entry.pointee.flags.remove(.dirty)
        let bytes = entry.takeOld()
        resize(entry, by: entry.sizeBytes - before)
        defer { bytes?.release() }
        let old: OldValue = isBelow ? .below : isPresent ? .present(bytes?.bytes) : .absent
        try forward(entry.key, entry.value, old, log.context(of: change))
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
        guard let flushListener else { return try apply(key, new, record.timestamp) }
        switch old {
        case .absent:
            // A key that came and went between two flushes: nobody below has heard of it.
            guard new != nil else { return }
            try apply(key, new, record.timestamp)
            try flushListener(key, new, nil, record.timestamp)
        case .present(let bytes):
            try apply(key, new, record.timestamp)
            try flushListener(key, new, sendsOldValues ? bytes : nil, record.timestamp)
        case .below:
            let stored = new == nil || sendsOldValues ? try readBelow(key) : nil
            guard new != nil || stored != nil else { return }
            try apply(key, new, record.timestamp)
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
    func capture(_ entry: StorePlace) {
        let flags = entry.pointee.flags
        let before = entry.sizeBytes
        let bytes = entry.takeOld()
        captured[entry] = CapturedChange(
            position: entry.pointee.position,
            value: entry.value.map { [UInt8]($0) },
            old: flags.contains(.oldPresent) ? bytes.map { [UInt8]($0.bytes) } ?? [] : nil,
            oldBelow: flags.contains(.oldBelow)
        )
        bytes?.release()
        entry.pointee.flags.remove(.dirty)
        resize(entry, by: entry.sizeBytes - before)
    }
}
