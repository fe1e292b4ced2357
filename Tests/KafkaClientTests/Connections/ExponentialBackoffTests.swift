import KafkaClient
import Testing

@Suite struct ExponentialBackoffTests {
    private let backoff = ExponentialBackoff(initial: .milliseconds(100), maximum: .seconds(1))

    @Test func `waits double up to the maximum`() {
        let middle = UInt64(1) << 63
        let waits = (1...6).map { backoff.delay(failures: $0, random: middle) }
        #expect(waits == [100, 200, 400, 800, 1000, 1000].map { Duration.milliseconds($0) })
    }

    @Test(arguments: [UInt64(0), 1, .max, 0x1234_5678_9abc_def0])
    func `the spread is a fifth to either side`(random: UInt64) {
        let wait = backoff.delay(failures: 1, random: random)
        #expect(wait >= .milliseconds(80) && wait <= .milliseconds(120))
        #expect(backoff.delay(failures: .max, random: random) <= .milliseconds(1200))
    }
}
