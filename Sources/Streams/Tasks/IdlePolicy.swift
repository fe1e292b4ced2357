import Records

/// Whether a task with an empty partition goes on or waits for it, to keep to the order of timestamps. See KIP-695.
///
/// With a wait of nil it always goes on. Else it waits for what the broker is known to have, and for `maxIdle` after it
/// has found the broker to have nothing. A partition whose lag was never told counts as waited for.
struct IdlePolicy {
    let maxIdle: Duration?
    /// Records on the broker beyond those fetched, by partition.
    var lags: [TopicPartition: Int64] = [:]
    private var deadlines: [TopicPartition: Int64] = [:]

    init(maxIdle: Duration?) {
        self.maxIdle = maxIdle
    }

    mutating func isReady(_ group: PartitionGroup, now: Timestamp) -> Bool {
        guard group.hasRecords else { return false }
        guard let maxIdle, !group.isComplete else { return true }
        let idleMs = maxIdle.components.seconds * 1000 + maxIdle.components.attoseconds / 1_000_000_000_000_000
        for (partition, queue) in group.queues {
            guard queue.isEmpty else {
                deadlines[partition] = nil
                continue
            }
            guard lags[partition] == 0 else {
                deadlines[partition] = nil
                return false
            }
            let deadline = deadlines[partition] ?? now.rawValue + idleMs
            deadlines[partition] = deadline
            if now.rawValue < deadline { return false }
        }
        return true
    }
}
