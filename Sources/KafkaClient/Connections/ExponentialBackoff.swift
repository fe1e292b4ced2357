/// Waiting times that double from one failure to the next, up to a limit, spread by a fifth at random so that clients do
/// not come back all at once. See KIP-580.
public struct ExponentialBackoff: Sendable, Hashable {
    /// After the first failure.
    public let initial: Duration
    /// The longest wait, before the spread.
    public let maximum: Duration

    /// Waits from `initial` up to `maximum`.
    public init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = max(initial, maximum)
    }

    /// The wait after `failures` failures in a row, of which there is at least one. `random` is uniform over 64 bits.
    public func delay(failures: Int, random: UInt64) -> Duration {
        let doublings = min(max(0, failures - 1), 62)
        var wait = initial
        for _ in 0..<doublings where wait < maximum { wait *= 2 }
        let spread = 0.8 + 0.4 * Double(random >> 11) / Double(1 << 53 as UInt64)
        return min(wait, maximum) * spread
    }
}
