import Records
import Testing

@testable import Broker

@Suite struct WindowedRateTests {
    private let span = WindowedRate.Span(windowMs: 1000, windows: 11)

    @Test func `who was idle may use ten windows of its quota at once`() {
        var rate = WindowedRate()
        rate.add(1000, at: 5000, span)
        #expect(rate.delayMs(limit: 100, at: 5000, span) == 0)
        rate.add(1, at: 5000, span)
        // 1001 in 10 s are 100.1 a second; a thousandth too much of 10 s.
        #expect(rate.delayMs(limit: 100, at: 5000, span) == 10)
    }

    @Test func `a steady use at the limit is never slowed down, one above it always more`() {
        var (steady, greedy) = (WindowedRate(), WindowedRate())
        var delays: [Double] = []
        for second in 0..<60 {
            let now = Timestamp(Int64(second) * 1000)
            steady.add(99, at: now, span)
            #expect(steady.delayMs(limit: 110, at: now, span) == 0)
            greedy.add(200, at: now, span)
            delays.append(greedy.delayMs(limit: 100, at: now, span))
        }
        #expect(delays.prefix(5).allSatisfy { $0 == 0 })
        #expect(delays[10] > 0)
        #expect(delays.dropFirst(11).allSatisfy { $0 == delays[11] })
    }

    @Test func `what lies back further than the span is forgotten`() {
        var rate = WindowedRate()
        rate.add(100_000, at: 0, span)
        #expect(rate.delayMs(limit: 100, at: 10_999, span) > 0)
        #expect(rate.delayMs(limit: 100, at: 11_000, span) == 0)
        rate.add(1, at: 11_000, span)
        #expect(rate.lastWindow == 11_000)
        #expect(rate.delayMs(limit: 1, at: 11_000, span) == 0)
    }
}
