import Records

/// One window for each key, from a start on, without an end.
///
/// Records before the start belong to no window and are left out. Such a window never closes: nothing is late, and it
/// cannot be waited for.
///
/// ```swift
/// orders.groupByKey().windowedBy(.unlimited(from: 1_700_000_000_000)).count()
/// ```
public struct UnlimitedWindows: Hashable, Sendable {
    @usableFromInline let startMs: Int64

    /// The window that begins at `start`: Kafka's `UnlimitedWindows.of().startOn(...)`.
    ///
    /// ```swift
    /// let ever = UnlimitedWindows.unlimited()
    /// ```
    public static func unlimited(from start: Timestamp = 0) -> UnlimitedWindows {
        UnlimitedWindows(startMs: start.rawValue)
    }
}
