import Records

/// What was used in the last windows of time, as a rate a second. A value.
///
/// Kafka's way: the windows before the first use count as empty ones, so that a client that was idle may use a burst of
/// its quota times the whole span before it is slowed down.
struct WindowedRate: Hashable, Sendable {
    /// How long a window is, and how many of them count (`quota.window.size.seconds`, `quota.window.num`).
    struct Span: Hashable, Sendable {
        let windowMs: Int64
        let windows: Int64
    }

    private struct Window: Hashable, Sendable {
        let start: Timestamp
        var used: Double
    }

    private var windows: [Window] = []

    /// When it was used last; nil where nothing counts any more.
    var lastWindow: Timestamp? { windows.last?.start }

    /// Whether nothing was used in the windows that count.
    func isIdle(at now: Timestamp, _ span: Span) -> Bool {
        !windows.contains { WindowedRate.counts($0, now, span) && $0.used > 0 }
    }

    mutating func add(_ amount: Double, at now: Timestamp, _ span: Span) {
        forget(before: now, span)
        if let last = windows.last, now.rawValue - last.start.rawValue < span.windowMs {
            windows[windows.count - 1].used += amount
        } else {
            windows.append(Window(start: now, used: amount))
        }
    }

    /// How long one must wait before the rate is down to `limit` again, in milliseconds; 0 where it is.
    func delayMs(limit: Double, at now: Timestamp, _ span: Span) -> Double {
        let counted = windows.filter { WindowedRate.counts($0, now, span) }
        guard let oldest = counted.first else { return 0 }
        var elapsed = now.rawValue - oldest.start.rawValue
        elapsed += max(0, span.windows - 1 - elapsed / span.windowMs) * span.windowMs
        let rate = counted.reduce(0) { $0 + $1.used } / (Double(max(1, elapsed)) / 1000)
        return rate > limit ? ((rate - limit) / limit * Double(elapsed)).rounded() : 0
    }

    private mutating func forget(before now: Timestamp, _ span: Span) {
        windows.removeAll { !WindowedRate.counts($0, now, span) }
    }

    private static func counts(_ window: Window, _ now: Timestamp, _ span: Span) -> Bool {
        now.rawValue - window.start.rawValue < span.windows * span.windowMs
    }
}
