import Logging
import Records
import Synchronization

extension PartitionLog {
    /// *Owner.* Puts `segment`, whose files are `.cleaned` and synced, in the place of `old`, which follow each other. False,
    /// and nothing changed, where they are no longer all in the log.
    ///
    /// Errors: ``LogError/storage(_:)``; the log then takes no more writes, since its files are in an order that only opening
    /// it puts right.
    func replace(_ old: [LogSegment], with segment: LogSegment, now: Timestamp) throws(LogError) -> Bool {
        let current = view.withLock { $0.segments }
        guard let first = old.first, let start = current.firstIndex(where: { $0 === first }),
            start + old.count < current.count,
            zip(current[start..<start + old.count], old).allSatisfy({ $0 === $1 })
        else { return false }
        do throws(LogError) {
            try LogError.wrap { () throws(FileSystemError) in try segment.rename(to: .swap) }
            for replaced in old { try retire(replaced, now: now, keepsSnapshot: replaced === first) }
            try LogError.wrap { () throws(FileSystemError) in try segment.rename(to: .current) }
        } catch {
            if case .storage(let error) = error { fail(error) }
            throw error
        }
        view.withLock { view in
            view.segments.replaceSubrange(start..<start + old.count, with: [segment])
            view.directoryChanged(directory)
        }
        logger.info(
            "segments compacted",
            metadata: [
                "partition": "\(topicPartition)", "base offset": "\(segment.baseOffset)", "segments": "\(old.count)",
                "bytes before": "\(old.reduce(0) { $0 + $1.sizeInBytes })", "bytes after": "\(segment.sizeInBytes)",
            ]
        )
        return true
    }
}
