import Records
import Streams
import StreamsTesting
import Testing

/// What the articles on time and on windows say in their tables.
@Suite struct WindowsArticleTests {
    private static let grace = Duration.milliseconds(5)

    /// The counts of a story, as `key@start-end count @time`.
    private func counts(
        _ times: [Int64],
        _ count: (KGroupedStream<String, String>) -> KTable<Windowed<String>, Int64>
    ) throws -> StoryOutcome {
        try outcome(of: times.map { ("in", "k", "v", $0) }) { builder in
            count(builder.stream("in", String.self, String.self).groupByKey())
                .toStream { key, _ in "\(key.window)" }
                .mapValues { "\($0)" }
        }
    }

    @Test func `a tumbling window holds its start, not its end, and closes at its end and the grace period`() throws {
        let windows = TimeWindows.tumbling(.milliseconds(10), grace: Self.grace)
        let result = try counts([0, 9, 10, 14, 3, 15, 3]) { $0.windowedBy(windows).count() }
        #expect(result.output == ["0-10=1@0", "0-10=2@9", "10-20=1@10", "10-20=2@14", "0-10=3@9", "10-20=3@15"])
        #expect(result.dropped == ["late 1"])
    }

    @Test func `a record is in as many hopping windows as the size has advances`() throws {
        let windows = TimeWindows.hopping(.milliseconds(10), advance: .milliseconds(5), grace: Self.grace)
        #expect(try counts([12]) { $0.windowedBy(windows).count() }.output == ["5-15=1@12", "10-20=1@12"])
    }

    @Test func `a sliding window holds both its ends, and closes after its end and the grace period`() throws {
        let windows = SlidingWindows.sliding(.milliseconds(10), grace: Self.grace)
        let both = try counts([10, 20]) { $0.windowedBy(windows).count() }
        #expect(both.output.contains("10-20=2@20"))
        #expect(try counts([15, 10]) { $0.windowedBy(windows).count() }.dropped == [])
        #expect(try counts([16, 10]) { $0.windowedBy(windows).count() }.dropped == ["late 1"])
    }

    @Test func `a session closes after its end, the gap and the grace period`() throws {
        let windows = SessionWindows.session(gap: .milliseconds(10), grace: Self.grace)
        #expect(try counts([15, 0]) { $0.windowedBy(windows).count() }.output == ["15-15=1@15", "0-0=1@0"])
        #expect(try counts([16, 0]) { $0.windowedBy(windows).count() }.dropped == ["late 1"])
    }

    @Test func `a session that becomes part of another is removed before the joined one comes`() throws {
        let windows = SessionWindows.session(gap: .milliseconds(10), grace: Self.grace)
        let result = try counts([0, 8]) { $0.windowedBy(windows).count() }
        #expect(result.output == ["0-0=1@0", "0-0=null@0", "0-8=2@8"])
    }

    @Test func `nothing is late for an unlimited window, and what comes before its start is left out`() throws {
        let result = try counts([100, 5, 20]) { $0.windowedBy(.unlimited(from: 10)).count() }
        #expect(result.output.map { $0.split(separator: "=")[1] } == ["1@100", "2@100"])
        #expect(result.dropped == [])
    }

    @Test func `emission on close and suppression give the same final results`() throws {
        let windows = TimeWindows.tumbling(.milliseconds(10), grace: Self.grace)
        let times: [Int64] = [0, 9, 12, 3, 15, 3, 25]
        let onClose = try counts(times) { $0.windowedBy(windows).emit(.onWindowClose).count() }
        let suppressed = try counts(times) { $0.windowedBy(windows).count().suppress(.untilWindowCloses()) }
        #expect(onClose.output == ["0-10=3@9", "10-20=2@15"])
        #expect(suppressed.output == onClose.output)
    }

    @Test func `emission on close finds no window that has left its store, which a longer retention mends`() throws {
        let windows = TimeWindows.tumbling(.milliseconds(10), grace: Self.grace)
        let times: [Int64] = [0, 100]
        #expect(try counts(times) { $0.windowedBy(windows).emit(.onWindowClose).count() }.output == [])
        let kept = try counts(times) { grouped in
            grouped.windowedBy(windows).emit(.onWindowClose)
                .count(materialized: Materialized("counts", retention: .milliseconds(1000)))
        }
        #expect(kept.output == ["0-10=1@0"])
        let suppressed = try counts(times) { $0.windowedBy(windows).count().suppress(.untilWindowCloses()) }
        #expect(suppressed.output == kept.output)
    }

    @Test func `an aggregation's time is that of its latest record, and a late one does not set it back`() throws {
        let records: [StoryRecord] = [("in", "k", "v", 9), ("in", "k", "v", 3)]
        let result = try outcome(of: records) { builder in
            builder.stream("in", String.self, String.self).groupByKey().count().toStream().mapValues { "\($0)" }
        }
        #expect(result.output == ["k=1@9", "k=2@9"])
    }

    @Test func `a plain type passes null on in mapValues and drops it in filter, an optional type sees it`() throws {
        let records: [StoryRecord] = [("in", "k", nil, 1)]
        let mapped = try outcome(of: records) { $0.stream("in", String.self, String.self).mapValues { "\($0)!" } }
        #expect(mapped == StoryOutcome(output: ["k=null@1"]))
        let filtered = try outcome(of: records) { $0.stream("in", String.self, String.self).filter { _ in true } }
        #expect(filtered == StoryOutcome(output: [], dropped: ["null value 1"]))
        let seen = try outcome(of: records) { builder in
            builder.stream("in", String.self, String?.self).mapValues { $0 ?? "nothing" }
        }
        #expect(seen == StoryOutcome(output: ["k=nothing@1"]))
    }
}
