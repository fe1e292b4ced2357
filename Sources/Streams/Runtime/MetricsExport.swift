import CoreMetrics

/// Hands what an instance counts to swift-metrics, under Kafka's names: domain, group and metric, with Kafka's tags as
/// dimensions. So whatever backend the process has bootstrapped shows them.
///
/// | counter | dimensions |
/// |---|---|
/// | `kafka.streams.stream-thread-metrics.process-total` | `thread-id` |
/// | `kafka.streams.stream-thread-metrics.commit-total` | `thread-id` |
/// | `kafka.streams.stream-state-updater-metrics.restore-total` | `thread-id` |
/// | `kafka.streams.stream-processor-node-metrics.dropped-records-total` | `thread-id`, `processor-node-id`, `reason` |
///
/// Kafka counts dropped records by task; here it is by operator and reason.
struct MetricsExport {
    private struct Name: Hashable {
        let group: String
        let metric: String
        let dimensions: [String]
    }

    private struct Counted {
        let counter: Counter
        var value: Int64
    }

    private let factory: any MetricsFactory
    private var counters: [Name: Counted] = [:]
    /// What each thread had counted at the last look.
    private var seen: [String: ThreadControl.Counts] = [:]

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// Adds what the threads have counted since the last look.
    mutating func update(_ threads: [ThreadControl]) {
        for thread in threads {
            let counts = thread.counts
            guard seen.updateValue(counts, forKey: thread.name) != counts else { continue }
            set("stream-thread-metrics", "process-total", counts.processedRecords, thread.name)
            set("stream-thread-metrics", "commit-total", counts.commits, thread.name)
            set("stream-state-updater-metrics", "restore-total", counts.restoredRecords, thread.name)
            for dropped in DropCounter(counts.droppedRecords).all {
                set(
                    "stream-processor-node-metrics",
                    "dropped-records-total",
                    Int64(dropped.count),
                    thread.name,
                    dropped.operatorName,
                    dropped.reason.rawValue
                )
            }
        }
    }

    private mutating func set(_ group: String, _ metric: String, _ value: Int64, _ dimensions: String...) {
        let name = Name(group: group, metric: metric, dimensions: dimensions)
        guard let known = counters[name] else {
            guard value > 0 else { return }
            let counter = Counter(
                label: "kafka.streams.\(group).\(metric)",
                dimensions: Array(zip(["thread-id", "processor-node-id", "reason"], dimensions)),
                factory: factory
            )
            counter.increment(by: value)
            counters[name] = Counted(counter: counter, value: value)
            return
        }
        guard value > known.value else { return }
        known.counter.increment(by: value - known.value)
        counters[name]?.value = value
    }
}
