import Records

/// Sessions: a key's records with no gap between them longer than the given one.
///
/// A session holds its start and end, the times of its first and last record. A record between two sessions may join them
/// to one. It is closed when no record within the gap can come any more and the grace period is over.
///
/// ```swift
/// clicks.groupByKey().windowedBy(.session(gap: .seconds(300), grace: .seconds(30))).count()
/// ```
public struct SessionWindows: Hashable, Sendable {
    @usableFromInline let gapMs: Int64
    @usableFromInline let graceMs: Int64

    /// Sessions that end with `gap` without a record, and take late ones for `grace` after that: Kafka's
    /// `SessionWindows.ofInactivityGapAndGrace`.
    ///
    /// ```swift
    /// let visits = SessionWindows.session(gap: .seconds(300), grace: .seconds(30))
    /// ```
    public static func session(gap: Duration, grace: Duration = .zero) -> SessionWindows {
        SessionWindows(gapMs: gap.milliseconds, graceMs: grace.milliseconds)
    }

    @usableFromInline
    var problem: String? {
        if gapMs < 1 { return "the sessions' inactivity gap is \(gapMs) ms; it must be at least 1 ms" }
        if graceMs < 0 { return "the windows' grace period is negative" }
        return nil
    }
}
