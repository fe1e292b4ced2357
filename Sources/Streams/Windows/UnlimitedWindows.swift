import Records

/// One window for each key, from a start on, without an end.
///
/// Records before the start belong to no window and are left out.
///
/// ```swift
/// sales.groupByKey().windowedBy(.unlimited(from: openingDay)).count()
/// ```
public struct UnlimitedWindows: Hashable, Sendable {
    @usableFromInline let startMs: Int64

    /// The window that begins at `start`: Kafka's `UnlimitedWindows.of().startOn(...)`.
    public static func unlimited(from start: Timestamp = 0) -> UnlimitedWindows {
        UnlimitedWindows(startMs: start.rawValue)
    }
}
