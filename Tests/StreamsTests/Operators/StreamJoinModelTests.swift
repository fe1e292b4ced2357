import Records
import Streams
import StreamsTesting
import Testing

/// Joins of streams against nested loops over the whole history.
@Suite struct StreamJoinModelTests {
    private struct Event {
        let isLeft: Bool
        let key: String
        let value: String
        let time: Int64
    }

    private func events(seed: UInt64) -> [Event] {
        var random = StoreTestGenerator(seed: seed)
        return WindowModelTests.events(seed: seed &+ 100).map { event in
            Event(isLeft: Bool.random(using: &random), key: event.key, value: event.value, time: event.time)
        }
    }

    /// A grace longer than any lateness, so that every pair is found.
    private let windows = JoinWindows.range(before: .seconds(3), after: .seconds(5), grace: .seconds(60))

    private func pairs(_ events: [Event]) -> [(left: Event, right: Event)] {
        events.filter(\.isLeft).flatMap { left in
            events.filter { right in
                !right.isLeft && right.key == left.key && right.time >= left.time - 3000
                    && right.time <= left.time + 5000
            }
            .map { (left, $0) }
        }
    }

    private func run(_ events: [Event], _ topology: Topology) throws -> [String] {
        let driver = try TopologyTestDriver(topology)
        defer { closing(driver) }
        let left = driver.inputTopic("l", String.self, String.self)
        let right = driver.inputTopic("r", String.self, String.self)
        for event in events {
            try (event.isLeft ? left : right).pipe(event.key, event.value, at: Timestamp(event.time))
        }
        return try driver.outputTopic("out", String.self, String.self).readRecords()
            .map { "\($0.key ?? ""):\($0.value ?? "")@\($0.timestamp)" }.sorted()
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `an inner join gives each pair once`(seed: UInt64) throws {
        let events = events(seed: seed)
        let builder = StreamsBuilder()
        let right = builder.stream("r", String.self, String.self)
        builder.stream("l", String.self, String.self)
            .join(right, within: windows) { left, right in "\(left)+\(right)" }.to("out")
        let wanted = pairs(events).map { left, right in
            "\(left.key):\(left.value)+\(right.value)@\(max(left.time, right.time))"
        }
        #expect(try run(events, try builder.build()) == wanted.sorted(), "seed \(seed)")
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `an outer join gives besides each record that stays alone, or comes after its window`(seed: UInt64) throws {
        var events = events(seed: seed)
        // Moves time beyond all windows; it stays in the buffer itself.
        let end = (events.map(\.time).max() ?? 0) + 100_000
        let pairs = pairs(events)
        let paired = Set(pairs.flatMap { [$0.left.value, $0.right.value] })
        var streamTime: Int64 = -1
        var alone: [Event] = []
        for (index, event) in events.enumerated() {
            streamTime = max(streamTime, event.time)
            let hasPartner = events[..<index].contains { other in
                let (left, right) = event.isLeft ? (event, other) : (other, event)
                return left.isLeft && !right.isLeft && left.key == right.key
                    && (left.time - 3000...left.time + 5000).contains(right.time)
            }
            // One whose window is over when it comes is emitted at once, though within the grace period one may follow.
            let isOver = event.time + (event.isLeft ? 5000 : 3000) < streamTime
            if !hasPartner, isOver || !paired.contains(event.value) { alone.append(event) }
        }
        events.append(Event(isLeft: true, key: "end", value: "end", time: end))
        let builder = StreamsBuilder()
        let right = builder.stream("r", String.self, String.self)
        builder.stream("l", String.self, String.self)
            .outerJoin(right, within: windows) { left, right in "\(left ?? "")+\(right ?? "")" }.to("out")
        let wanted =
            pairs.map { left, right in
                "\(left.key):\(left.value)+\(right.value)@\(max(left.time, right.time))"
            }
            + alone.map { $0.isLeft ? "\($0.key):\($0.value)+@\($0.time)" : "\($0.key):+\($0.value)@\($0.time)" }
        #expect(try run(events, try builder.build()) == wanted.sorted(), "seed \(seed)")
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a self join gives the same with one store as with two`(seed: UInt64) throws {
        let events = WindowModelTests.events(seed: seed)
        var results: [[StreamRecord<String, String>]] = []
        for optimizations in [[], .all] as [Set<TopologyOptimization>] {
            let builder = StreamsBuilder(optimizations: optimizations)
            let stream = builder.stream("in", String.self, String.self)
            stream.join(stream, within: windows) { left, right in "\(left)+\(right)" }.to("out")
            let driver = try TopologyTestDriver(try builder.build())
            defer { closing(driver) }
            let input = driver.inputTopic("in", String.self, String.self)
            for event in events { try input.pipe(event.key, event.value, at: Timestamp(event.time)) }
            results.append(try driver.outputTopic("out", String.self, String.self).readRecords())
        }
        #expect(results[0] == results[1], "seed \(seed)")
        #expect(!results[0].isEmpty)
    }
}
