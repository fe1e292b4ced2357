import Records

/// What an instance has done since its start, summed over its threads.
public struct StreamsMetrics: Hashable, Sendable {
    /// Input records that tasks have processed.
    public internal(set) var processedRecords: Int64 = 0
    /// Commits that succeeded.
    public internal(set) var commits: Int64 = 0
    /// Changelog records that stores were restored from.
    public internal(set) var restoredRecords: Int64 = 0
    /// The tasks that run now, by thread.
    public internal(set) var tasks: [String: [TaskID]] = [:]
    /// Records that were dropped, by operator and reason.
    public internal(set) var droppedRecords: [DroppedRecords] = []

    init(_ threads: [ThreadControl]) {
        var drops = DropCounter()
        for thread in threads {
            let counts = thread.counts
            processedRecords += counts.processedRecords
            commits += counts.commits
            restoredRecords += counts.restoredRecords
            tasks[thread.name] = counts.tasks
            for dropped in counts.droppedRecords { drops.add(dropped) }
        }
        droppedRecords = drops.all
    }
}

extension DropCounter {
    /// Adds what another counter has counted.
    mutating func add(_ dropped: DroppedRecords) {
        for _ in 0..<dropped.count { count(dropped.reason, at: dropped.operatorName) }
    }
}
