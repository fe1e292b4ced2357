import Records

/// Windows of a fixed size that begin at multiples of their advance: tumbling where the advance is the size, hopping where
/// it is less, so that a record belongs to several.
///
/// A window holds its start and does not hold its end. It is closed when stream time reaches its end and the grace
/// period is over: records that come later are dropped and counted as ``DropReason/late``.
///
/// ```swift
/// views.groupByKey().windowedBy(.tumbling(.seconds(60), grace: .seconds(5))).count()
/// views.groupByKey().windowedBy(.hopping(.seconds(60), advance: .seconds(10))).count()
/// ```
public struct TimeWindows: Hashable, Sendable {
    @usableFromInline let sizeMs: Int64
    @usableFromInline let advanceMs: Int64
    @usableFromInline let graceMs: Int64

    /// Windows one after the other: Kafka's `TimeWindows.ofSizeAndGrace`.
    ///
    /// ```swift
    /// let minutes = TimeWindows.tumbling(.seconds(60), grace: .seconds(5))
    /// ```
    public static func tumbling(_ size: Duration, grace: Duration = .zero) -> TimeWindows {
        hopping(size, advance: size, grace: grace)
    }

    /// A window at each multiple of `advance`: Kafka's `TimeWindows.ofSizeAndGrace(...).advanceBy(...)`.
    ///
    /// ```swift
    /// let overlapping = TimeWindows.hopping(.seconds(60), advance: .seconds(10), grace: .seconds(5))
    /// ```
    public static func hopping(_ size: Duration, advance: Duration, grace: Duration = .zero) -> TimeWindows {
        TimeWindows(sizeMs: size.milliseconds, advanceMs: advance.milliseconds, graceMs: grace.milliseconds)
    }

    /// What is wrong with the numbers; nil for good ones.
    @usableFromInline
    var problem: String? {
        if sizeMs < 1 { return "the windows' size is \(sizeMs) ms; it must be at least 1 ms" }
        if advanceMs < 1 || advanceMs > sizeMs {
            return "the windows advance by \(advanceMs) ms; that must be 1 ms to their size of \(sizeMs) ms"
        }
        if graceMs < 0 { return "the windows' grace period is negative" }
        return nil
    }

    /// The start of the first window that holds `time`; those of the others follow at each advance, up to `time`.
    @inlinable
    func firstStart(_ time: Int64) -> Int64 {
        max(0, time.subtractingClamped(sizeMs).addingClamped(advanceMs)) / advanceMs * advanceMs
    }
}
