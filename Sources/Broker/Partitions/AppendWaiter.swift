/// Somebody who waits for partitions to grow, such as a fetch in its long poll. Registered on every partition
/// concerned.
protocol AppendWaiter: AnyObject, Sendable {
    /// `bytes` more may be read. Called on the appending thread, outside the partition's lock: hand over, do not work.
    func appended(bytes: Int)
    /// The partition grows no more here: it was stopped.
    func released()
}

/// What became of a wish to wait.
enum WaitOutcome: Sendable {
    case waiting
    /// The log has grown since it was read: read again.
    case grown
    /// Nobody may wait here any more.
    case closed
}
