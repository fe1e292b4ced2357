import Records
import Synchronization

/// Segments that are no longer their log's and whose files wait to be removed, for `file.delete.delay.ms`, so that
/// whoever began to read them can finish.
struct RetiredSegments {
    private var waiting: [(segment: LogSegment, due: Timestamp)] = []

    mutating func add(_ segment: LogSegment, due: Timestamp) { waiting.append((segment, due)) }

    var isEmpty: Bool { waiting.isEmpty }

    /// Those whose time has come.
    mutating func takeDue(now: Timestamp) -> [LogSegment] {
        guard !waiting.isEmpty else { return [] }
        let due = waiting.filter { $0.due <= now }.map(\.segment)
        waiting.removeAll { $0.due <= now }
        return due
    }
}

extension PartitionLog {
    /// *Owner.* Takes a segment's files out of the log; they go when ``removeRetiredFiles(now:)`` finds them due.
    /// Its producers' snapshot goes at once, unless another segment begins where it did.
    func retire(_ segment: LogSegment, now: Timestamp, keepsSnapshot: Bool = false) throws(LogError) {
        let (due, overflow) = now.rawValue.addingReportingOverflow(configuration.fileDeleteDelayMs)
        try LogError.wrap { () throws(FileSystemError) in
            try segment.retire()
            guard !keepsSnapshot else { return }
            try snapshots.withLock { (files) throws(FileSystemError) in try files.remove(segment.baseOffset) }
        }
        retired.withLock { $0.add(segment, due: Timestamp(overflow ? .max : due)) }
    }

    /// Removes the files of segments that left the log `file.delete.delay.ms` ago or earlier. On any thread. Those
    /// that are left when the log closes are removed when it is opened again.
    public func removeRetiredFiles(now: Timestamp) throws(LogError) {
        for segment in retired.withLock({ $0.takeDue(now: now) }) {
            try LogError.wrap { () throws(FileSystemError) in try segment.removeFiles() }
        }
    }

    /// Whether files wait to be removed.
    public var hasRetiredFiles: Bool { retired.withLock { !$0.isEmpty } }
}
