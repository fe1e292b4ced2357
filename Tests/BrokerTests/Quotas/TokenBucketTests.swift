import Records
import Testing

@testable import Broker

@Suite struct TokenBucketTests {
    private let limit = TokenBucket.Limit(rate: 2, seconds: 10)

    @Test func `a bucket is full at first, owes what was taken beyond that, and fills up again`() {
        var bucket = TokenBucket(limit, at: 1_000)
        #expect(bucket.tokens == 20 && bucket.delayMs(limit) == 0)
        bucket.take(26)
        #expect(bucket.tokens == -6 && bucket.delayMs(limit) == 3_000)
        bucket.refill(limit, at: 2_000)
        #expect(bucket.tokens == -4 && bucket.delayMs(limit) == 2_000)
        bucket.refill(limit, at: 4_000)
        #expect(bucket.tokens == 0 && bucket.delayMs(limit) == 0)
        bucket.refill(limit, at: 1_000_000)
        #expect(bucket.tokens == 20)
        // A clock that goes back takes nothing away.
        bucket.refill(limit, at: 0)
        #expect(bucket.tokens == 20)
    }
}
