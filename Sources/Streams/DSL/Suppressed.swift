import Records

/// Which changes of a table are held back, for how long, and how much memory they may take. See KIP-328.
///
/// ```swift
/// viewsPerMinute.suppress(.untilWindowCloses())
/// counts.suppress(.untilTimeLimit(.seconds(30), .maxRecords(1000)))
/// ```
public struct Suppressed<Key>: Sendable {
    enum Kind: Sendable {
        case untilWindowCloses
        case untilTimeLimit(Int64)
    }

    let kind: Kind
    let buffer: SuppressionLimits
    /// The time from which a change waits: its own, or the end of its window.
    let time: @Sendable (Key, Timestamp) -> Int64

    /// Only the final result of each window is emitted, once the window is closed; windows removed since emit nothing.
    ///
    /// The buffer must not emit early; when it is full, the task ends with an error.
    ///
    /// ```swift
    /// viewsPerMinute.suppress(.untilWindowCloses(.maxBytes(64 << 20).shutDownWhenFull()))
    /// ```
    public static func untilWindowCloses<Plain>(
        _ buffer: SuppressionLimits = .unbounded
    ) -> Suppressed<Windowed<Plain>> where Key == Windowed<Plain> {
        Suppressed(kind: .untilWindowCloses, buffer: buffer) { key, _ in key.window.end.rawValue }
    }

    /// A key's changes are emitted as one, at the earliest `limit` of stream time after the first of them.
    ///
    /// ```swift
    /// counts.suppress(.untilTimeLimit(.seconds(30)))
    /// ```
    public static func untilTimeLimit(_ limit: Duration, _ buffer: SuppressionLimits = .unbounded) -> Suppressed {
        Suppressed(kind: .untilTimeLimit(limit.milliseconds), buffer: buffer) { _, timestamp in timestamp.rawValue }
    }
}

/// How much a suppression may hold back, and what happens beyond it.
///
/// ```swift
/// let limits = SuppressionLimits.maxBytes(1 << 20).maxRecords(10_000).shutDownWhenFull()
/// ```
public struct SuppressionLimits: Hashable, Sendable {
    var records: Int
    var bytes: Int
    var emitsEarly: Bool
    var logging: StoreLogging = .enabled()

    /// No limit.
    public static var unbounded: SuppressionLimits { SuppressionLimits(records: .max, bytes: .max, emitsEarly: false) }

    /// At most so many keys; beyond that the oldest go early.
    public static func maxRecords(_ count: Int) -> SuppressionLimits {
        SuppressionLimits(records: count, bytes: .max, emitsEarly: true)
    }

    /// At most so many bytes, of keys, values and where they came from; beyond that the oldest go early.
    public static func maxBytes(_ count: Int) -> SuppressionLimits {
        SuppressionLimits(records: .max, bytes: count, emitsEarly: true)
    }

    /// With a limit on keys too.
    public func maxRecords(_ count: Int) -> SuppressionLimits { with { $0.records = count } }
    /// With a limit on bytes too.
    public func maxBytes(_ count: Int) -> SuppressionLimits { with { $0.bytes = count } }
    /// Beyond the limit the oldest go early.
    public func emitEarlyWhenFull() -> SuppressionLimits { with { $0.emitsEarly = true } }
    /// Beyond the limit the task ends with an error.
    public func shutDownWhenFull() -> SuppressionLimits { with { $0.emitsEarly = false } }
    /// Whether what is held back goes to a changelog, and how that is configured.
    public func logging(_ logging: StoreLogging) -> SuppressionLimits { with { $0.logging = logging } }

    private func with(_ change: (inout SuppressionLimits) -> Void) -> SuppressionLimits {
        var copy = self
        change(&copy)
        return copy
    }
}
