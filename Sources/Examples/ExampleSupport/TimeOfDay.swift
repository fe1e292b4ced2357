import Records

/// The times of sample records: today's, so that no broker takes them for old.
enum TimeOfDay {
    private static let dayMs: Int64 = 86_400_000
    private static let today = Timestamp.now().rawValue / dayMs * dayMs

    /// So long after the beginning of today (UTC).
    static func timestamp(_ time: Duration) -> Timestamp { Timestamp(today + time.components.seconds * 1000) }

    /// `hours:minutes:seconds`.
    static func text(_ timestamp: Timestamp) -> String {
        let seconds = timestamp.rawValue % dayMs / 1000
        return [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }
}

extension Duration {
    /// So many minutes.
    public static func minutes(_ minutes: Int) -> Duration { .seconds(minutes * 60) }
}
