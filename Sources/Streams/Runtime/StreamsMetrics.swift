import Records

/// What an instance has done since its start, summed over its threads.
///
/// The same goes to swift-metrics, as counters under Kafka's names: `kafka.streams.stream-thread-metrics.process-total`,
/// `…commit-total`, `kafka.streams.stream-state-updater-metrics.restore-total` by thread, and
/// `kafka.streams.stream-processor-node-metrics.dropped-records-total` by thread, operator and reason.
public struct StreamsMetrics: Hashable, Sendable {
    /// Input records that tasks have processed.
    public internal(set) var processedRecords: Int64 = 0
    /// Commits that succeeded.
    public internal(set) var commits: Int64 = 0
    /// Changelog records that stores were restored from.
    public internal(set) var restoredRecords: Int64 = 0
    /// The tasks that run now, by thread.
    public internal(set) var tasks: [String: [TaskID]] = [:]
    /// Records that were dropped, by operator and reason, those of global stores included.
    public internal(set) var droppedRecords: [DroppedRecords] = []

    init(_ threads: [ThreadControl], global: ThreadControl?) {
        var drops = DropCounter(global?.counts.droppedRecords ?? [])
        for thread in threads {
            let counts = thread.counts
            processedRecords += counts.processedRecords
            commits += counts.commits
            restoredRecords += counts.restoredRecords
            tasks[thread.name] = counts.tasks
            drops.add(counts.droppedRecords)
        }
        droppedRecords = drops.all
    }
}
