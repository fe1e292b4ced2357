import Records
import Synchronization

/// Making durable, closing, deleting.
extension PartitionLog {
    /// Makes everything appended until now durable, and moves the recovery point there; `recordsOnly` leaves the active
    /// segment's indexes out, and the recovery point where it is: enough to acknowledge, and quicker.
    ///
    /// On any thread. Calls at the same time follow each other, and one that waited finds its work done by the one before:
    /// appends that are acknowledged after a flush share it.
    ///
    /// Errors: ``LogError/storage(_:)``. After a failed sync the log takes no more writes: what is on the disk is unknown,
    /// and a sync that is tried again may succeed without having written anything.
    public func flush(recordsOnly: Bool = false) throws(LogError) {
        let target = logEndOffset
        try flushed.withLock { (storedEpochs) throws(LogError) in
            let current = view.withLock { $0 }
            if let failure = current.failure { throw .notWritable(reason: failure) }
            let isDone =
                current.flushedOffset >= target && (recordsOnly || current.offsets.recoveryPoint >= target)
                && current.unsyncedDirectories.isEmpty && (recordsOnly || current.leaderEpochs == storedEpochs)
            guard !isDone else { return }
            try sync(current, recordsOnly: recordsOnly)
            if !recordsOnly, current.leaderEpochs != storedEpochs {
                try LeaderEpochCheckpoint(in: directory, fileSystem: fileSystem).write(current.leaderEpochs)
                storedEpochs = current.leaderEpochs
            }
            view.withLock { view in
                let reached = min(current.offsets.logEndOffset, view.offsets.logEndOffset)
                view.flushedOffset = max(view.flushedOffset, reached)
                if !recordsOnly { view.offsets.recoveryPoint = max(view.offsets.recoveryPoint, reached) }
            }
        }
    }

    private func sync(_ current: View, recordsOnly: Bool) throws(LogError) {
        view.withLock { view in view.unsyncedDirectories.removeAll { current.unsyncedDirectories.contains($0) } }
        do throws(FileSystemError) {
            let first = current.segmentIndex(for: current.offsets.recoveryPoint) ?? 0
            for (index, segment) in current.segments.enumerated() where index >= first {
                try segment.sync(withIndexes: !recordsOnly || index < current.segments.count - 1)
            }
            if !recordsOnly {
                for path in snapshots.withLock({ $0.takeUnsynced() }) where try fileSystem.status(of: path) != nil {
                    try fileSystem.open(path, .readWrite).sync()
                }
            }
            for directory in current.unsyncedDirectories { try fileSystem.syncDirectory(directory) }
        } catch {
            // What could not be written (a full disk, no descriptor left) is tried again with the next flush; what could
            // not be synced is lost for all that anybody knows.
            if error.isFailedSync { fail(error) } else { restore(current.unsyncedDirectories) }
            throw .storage(error)
        }
    }

    private func restore(_ unsyncedDirectories: [String]) {
        view.withLock { view in
            for directory in unsyncedDirectories { view.directoryChanged(directory) }
        }
    }

    /// *Owner.* Writes what an open log keeps in memory, makes all durable, and lets the files go. The files are then
    /// as Kafka leaves them after a clean stop. Reads still work; appends do not.
    ///
    /// Errors: ``LogError/storage(_:)``, and ``LogError/notWritable(reason:)`` where a sync failed before: then the
    /// next start must not count as one after a clean stop.
    public func close() throws(LogError) {
        try checkWritable()
        let current = view.withLock { $0 }
        guard let active = current.segments.last else { return }
        if needsRepair { try LogError.wrap { () throws(FileSystemError) in try active.repair() } }
        needsRepair = false
        if isActivated { try active.complete() }
        let table = producers.withLock { $0 }
        try LogError.wrap { () throws(FileSystemError) in
            try snapshots.withLock { (snapshots) throws(FileSystemError) in try snapshots.write(table) }
        }
        try flush()
        try LogError.wrap { () throws(FileSystemError) in
            for path in snapshots.withLock({ $0.takeUnsynced() }) { try fileSystem.open(path, .readWrite).sync() }
            if isActivated { try active.sync(withIndexes: true) }
        }
        for segment in current.segments { segment.release() }
        view.withLock { $0.failure = "closed" }
    }

    /// *Owner.* Removes the log from the disk: the directory is first renamed to `topic-partition.<unique>-delete`, which a
    /// restart finishes where it must, then removed. `unique` is 32 hexadecimal digits.
    public func delete(unique: String) throws(LogError) {
        view.withLock { view in
            if view.failure == nil { view.failure = "deleted" }
        }
        let current = directory
        let parent = current.parentDirectory
        let doomed = parent + "/" + PartitionDirectoryName(topicPartition, role: .deleted(unique: unique)).description
        try LogError.wrap { () throws(FileSystemError) in
            try fileSystem.rename(current, to: doomed)
            try fileSystem.syncDirectory(parent)
            directoryPath.withLock { $0 = doomed }
            for segment in view.withLock({ $0.segments }) { segment.release() }
            try fileSystem.removeTree(doomed)
        }
    }
}
