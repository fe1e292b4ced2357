import Records

/// Whether a task with an empty partition goes on or waits for it, to keep to the order of timestamps. See KIP-695.
///
/// With a wait of nil it always goes on. Else it waits for what the broker is known to have, and for `maxIdle` after it
/// has found the broker to have nothing. A partition whose lag was never told counts as waited for.
struct IdlePolicy {
    /// In milliseconds; nil does not wait at all.
    private let maxIdle: Int64?

    init(maxIdle: Duration?) {
        self.maxIdle = maxIdle.map {
            $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000
        }
    }

    func isReady(_ group: PartitionGroup, now: Timestamp) -> Bool {
        guard group.hasRecords else { return false }
        guard let maxIdle, !group.isComplete else { return true }
        for queue in group.all {
            guard queue.isEmpty, queue.lag == 0 else {
                queue.idleDeadline = nil
                if queue.isEmpty { return false }
                continue
            }
            let deadline = queue.idleDeadline ?? now.rawValue + maxIdle
            queue.idleDeadline = deadline
            if now.rawValue < deadline { return false }
        }
        return true
    }
}
