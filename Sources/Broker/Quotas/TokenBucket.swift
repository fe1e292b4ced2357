import Records

/// What may be used at once, refilled at the rate of a quota. A value. See KIP-599.
///
/// Whoever finds tokens may take more than there are: what is owed then has to be refilled before anybody takes again.
struct TokenBucket: Hashable, Sendable {
    /// The rate in tokens a second, and how many seconds' worth of them the bucket holds.
    struct Limit: Hashable, Sendable {
        let rate: Double
        let seconds: Double
        var burst: Double { rate * seconds }
    }

    private(set) var tokens: Double
    private(set) var filledAt: Timestamp

    /// A full bucket.
    init(_ limit: Limit, at now: Timestamp) {
        tokens = limit.burst
        filledAt = now
    }

    mutating func refill(_ limit: Limit, at now: Timestamp) {
        let elapsed = Double(max(0, now.rawValue - filledAt.rawValue)) / 1000
        tokens = min(limit.burst, tokens + limit.rate * elapsed)
        filledAt = now
    }

    mutating func take(_ amount: Double) { tokens -= amount }

    /// How long it takes until nothing is owed, in milliseconds.
    func delayMs(_ limit: Limit) -> Int32 {
        guard tokens < 0 else { return 0 }
        return Int32(min(Double(Int32.max), max(1, (-tokens / limit.rate * 1000).rounded())))
    }
}
