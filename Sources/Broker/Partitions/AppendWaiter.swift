/// Somebody who waits for partitions to grow, such as a fetch in its long poll. Registered on every partition concerned.
protocol AppendWaiter: AnyObject, Sendable {
    /// `bytes` more may be read. Called on the appending thread, outside the partition's lock: hand over, do not work.
    func appended(bytes: Int)
    /// The partition was stopped: it grows no more.
    func stopped()
}
