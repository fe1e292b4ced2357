import Records

/// A point in time, as the shell hands it to a machine: two clocks read together.
///
/// What is written down (commit and expiry timestamps) comes from ``wall``; every timer runs on ``uptime``, which
/// never jumps, so that a step of the wall clock expires nobody's session.
public struct Moment: Sendable, Hashable {
    /// The wall clock.
    public let wall: Timestamp
    /// Time since some fixed start; it only grows. Deadlines are given on this clock.
    public let uptime: Duration

    /// Both clocks, read together.
    public init(wall: Timestamp, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}

extension Duration {
    /// Whole milliseconds, cut to what an Int32 holds: the form in which requests and records carry timeouts.
    var clampedMilliseconds: Int32 { Int32(clamping: wholeMilliseconds) }

    /// Whole milliseconds; the rest is cut off.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000_000_000
    }
}
