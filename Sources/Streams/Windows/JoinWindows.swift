import Records

/// How far apart in time records of two streams may be to be joined.
///
/// A record of the left stream at time t is joined with those of the right stream from t - before to t + after, both
/// included. Left and outer joins wait for the grace period after that until they let a record go alone.
///
/// ```swift
/// orders.join(payments, within: .difference(.seconds(60), grace: .seconds(5))) { "\($0): \($1)" }
/// ```
public struct JoinWindows: Hashable, Sendable {
    @usableFromInline let beforeMs: Int64
    @usableFromInline let afterMs: Int64
    @usableFromInline let graceMs: Int64

    /// At most this far apart in either direction: Kafka's `JoinWindows.ofTimeDifferenceAndGrace`.
    ///
    /// ```swift
    /// let within = JoinWindows.difference(.seconds(60), grace: .seconds(5))
    /// ```
    public static func difference(_ difference: Duration, grace: Duration = .zero) -> JoinWindows {
        range(before: difference, after: difference, grace: grace)
    }

    /// The right record at most `before` earlier and at most `after` later: Kafka's `before` and `after`. One of them
    /// may be negative.
    ///
    /// ```swift
    /// let paidAfterwards = JoinWindows.range(before: .zero, after: .seconds(3600))
    /// ```
    public static func range(before: Duration, after: Duration, grace: Duration = .zero) -> JoinWindows {
        JoinWindows(beforeMs: before.milliseconds, afterMs: after.milliseconds, graceMs: grace.milliseconds)
    }

    @usableFromInline
    var sizeMs: Int64 { beforeMs.addingClamped(afterMs) }

    /// How long records are kept to be joined.
    @usableFromInline
    var retentionMs: Int64 { sizeMs.addingClamped(graceMs) }

    @usableFromInline
    var problem: String? {
        if sizeMs < 0 { return "the join's window ends before it begins: \(beforeMs) ms before, \(afterMs) ms after" }
        if graceMs < 0 { return "the join's grace period is negative" }
        return nil
    }
}
