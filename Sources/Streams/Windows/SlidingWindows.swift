import Records

/// Windows that slide along with the records: each holds records at most the given difference apart, and there is one
/// for each combination of records.
///
/// A window holds its start and its end; ends (or starts, plus one) are times of records. See KIP-450.
///
/// ```swift
/// clicks.groupByKey().windowedBy(.sliding(.seconds(30), grace: .seconds(5))).count()
/// ```
public struct SlidingWindows: Hashable, Sendable {
    @usableFromInline let differenceMs: Int64
    @usableFromInline let graceMs: Int64

    /// Windows of records at most `difference` apart, which take late ones for `grace`: Kafka's
    /// `SlidingWindows.ofTimeDifferenceAndGrace`.
    ///
    /// ```swift
    /// let bursts = SlidingWindows.sliding(.seconds(30), grace: .seconds(5))
    /// ```
    public static func sliding(_ difference: Duration, grace: Duration = .zero) -> SlidingWindows {
        SlidingWindows(differenceMs: difference.milliseconds, graceMs: grace.milliseconds)
    }

    @usableFromInline
    var problem: String? {
        if differenceMs < 0 { return "the sliding windows' time difference is negative" }
        if graceMs < 0 { return "the windows' grace period is negative" }
        return nil
    }
}
