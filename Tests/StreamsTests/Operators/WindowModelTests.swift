import Records
import Streams
import StreamsTesting
import Testing

/// Windowed aggregations against folds over the whole history.
@Suite struct WindowModelTests {
    struct Event: CustomStringConvertible {
        let key: String
        let value: String
        let time: Int64
        var description: String { "\(key) \(value) @\(time)" }
    }

    /// Times wander forward, with lateness and ties.
    static func events(seed: UInt64, count: Int = 150) -> [Event] {
        var random = StoreTestGenerator(seed: seed)
        var now: Int64 = 20_000
        return (0..<count).map { number in
            now += Int64.random(in: 0...1500, using: &random)
            let lateness = Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...15_000, using: &random) : 0
            return Event(key: "k\(Int.random(in: 0..<3, using: &random))", value: "\(number).", time: now - lateness)
        }
    }

    /// Runs the events, and gives the latest value of each window: key@start-end.
    private func run(
        _ events: [Event],
        cacheBytes: Int = 0,
        _ make: (KStream<String, String>) -> KTable<Windowed<String>, String>
    ) throws -> (rows: [String: String], dropped: Int) {
        let builder = StreamsBuilder()
        make(builder.stream("in", String.self, String.self))
            .toStream { key, _ in "\(key.key)@\(key.window.start)-\(key.window.end)" }.to("out")
        let driver = try TopologyTestDriver(try builder.build(), cacheMaxBytes: cacheBytes)
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        for event in events { try input.pipe(event.key, event.value, at: Timestamp(event.time)) }
        let rows = try driver.outputTopic("out", String.self, String.self).readTable()
        return (rows, driver.droppedRecords.filter { $0.reason == .late }.map(\.count).reduce(0, +))
    }

    @Test(arguments: 0..<4 as Range<UInt64>, [0, 1 << 20])
    func `hopping windows are folds over the records on time`(seed: UInt64, cacheBytes: Int) throws {
        let (size, advance, grace): (Int64, Int64, Int64) = (10_000, 4000, 3000)
        let events = WindowModelTests.events(seed: seed)
        for storage in [Stores.Storage.memory, .disk] {
            let (rows, dropped) = try run(events, cacheBytes: cacheBytes) { stream in
                stream.groupByKey()
                    .windowedBy(
                        .hopping(
                            .milliseconds(size),
                            advance: .milliseconds(advance),
                            grace: .milliseconds(grace)
                        )
                    )
                    .aggregate(initial: "", materialized: Materialized("w", in: storage)) { $2 + $1 }
            }
            var (wanted, late, streamTime): ([String: String], Int, Int64) = ([:], 0, -1)
            for event in events {
                streamTime = max(streamTime, event.time)
                for start in stride(from: Int64(0), through: event.time, by: Int(advance))
                where start + size > event.time {
                    if start + size > streamTime - grace {
                        wanted["\(event.key)@\(start)-\(start + size)", default: ""] += event.value
                    } else {
                        late += 1
                    }
                }
            }
            #expect(rows == wanted, "seed \(seed)")
            #expect(dropped == late, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `emission on close gives each closed window once, in its final state`(seed: UInt64) throws {
        var events = WindowModelTests.events(seed: seed)
        for kind in 0..<2 {
            let end = (events.map(\.time).max() ?? 0) + 30_000
            events.append(Event(key: "k0", value: "end", time: end))
            var results: [[String: String]] = []
            for strategy in [EmitStrategy.onWindowUpdate, .onWindowClose] {
                let builder = StreamsBuilder()
                let grouped = builder.stream("in", String.self, String.self).groupByKey()
                let windows =
                    kind == 0
                    ? grouped.windowedBy(.tumbling(.seconds(5), grace: .seconds(40)))
                    : grouped.windowedBy(.sliding(.seconds(5), grace: .seconds(40)))
                windows.emit(strategy).aggregate(initial: "") { $2 + $1 }
                    .toStream { key, _ in "\(key.key)@\(key.window.start)-\(key.window.end)" }.to("out")
                let driver = try TopologyTestDriver(try builder.build())
                defer { closing(driver) }
                let input = driver.inputTopic("in", String.self, String.self)
                for event in events { try input.pipe(event.key, event.value, at: Timestamp(event.time)) }
                let records = try driver.outputTopic("out", String.self, String.self).readRecords()
                if strategy == .onWindowClose {
                    #expect(Set(records.map(\.key)).count == records.count, "seed \(seed): a window was emitted twice")
                }
                results.append(Dictionary(records.map { ($0.key ?? "", $0.value ?? "") }) { $1 })
            }
            for (window, value) in results[1] { #expect(results[0][window] == value, "seed \(seed), \(window)") }
            #expect(!results[1].isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `sliding windows hold exactly the records between their bounds`(seed: UInt64) throws {
        let difference: Int64 = 4000
        // With all grace in the world no record is late, so that each window is the set of the records in it.
        let events = WindowModelTests.events(seed: seed, count: 120)
        let (rows, _) = try run(events) { stream in
            stream.groupByKey().windowedBy(.sliding(.milliseconds(difference), grace: .seconds(1_000_000)))
                .aggregate(initial: "") { $2 + $1 }
        }
        var wanted: [String: Set<String>] = [:]
        for event in events {
            for start in [event.time - difference, event.time + 1] {
                let inside = events.filter {
                    $0.key == event.key && $0.time >= start && $0.time <= start + difference
                }
                guard !inside.isEmpty else { continue }
                wanted["\(event.key)@\(start)-\(start + difference)"] = Set(inside.map(\.value))
            }
        }
        let found = rows.mapValues { Set($0.split(separator: ".").map { "\($0)." }) }
        #expect(found == wanted, "seed \(seed)")
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `sessions are the runs of records without a gap`(seed: UInt64) throws {
        let gap: Int64 = 2000
        let events = WindowModelTests.events(seed: seed)
        let (rows, _) = try run(events) { stream in
            stream.groupByKey().windowedBy(.session(gap: .milliseconds(gap), grace: .seconds(1_000_000)))
                .aggregate(initial: "", merge: { $1 + $2 }) { $2 + $1 }
        }
        var wanted: [String: Set<String>] = [:]
        for (key, own) in Dictionary(grouping: events, by: \.key) {
            var run: [Event] = []
            func close() {
                guard let first = run.first, let last = run.last else { return }
                wanted["\(key)@\(first.time)-\(last.time)"] = Set(run.map(\.value))
                run = []
            }
            for event in own.sorted(by: { $0.time < $1.time }) {
                if let last = run.last, event.time - last.time > gap { close() }
                run.append(event)
            }
            close()
        }
        #expect(rows.mapValues { Set($0.split(separator: ".").map { "\($0)." }) } == wanted, "seed \(seed)")
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `suppression until the window closes emits the final table's closed windows, once`(seed: UInt64) throws {
        let events = WindowModelTests.events(seed: seed)
        let (size, grace): (Int64, Int64) = (5000, 2000)
        let builder = StreamsBuilder()
        let counts = builder.stream("in", String.self, String.self).groupByKey()
            .windowedBy(.tumbling(.milliseconds(size), grace: .milliseconds(grace)))
            .aggregate(initial: "") { $2 + $1 }
        counts.toStream { key, _ in "\(key)" }.to("all")
        counts.suppress(.untilWindowCloses()).toStream { key, _ in "\(key)" }.to("final")
        let driver = try TopologyTestDriver(try builder.build())
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        for event in events { try input.pipe(event.key, event.value, at: Timestamp(event.time)) }
        let all = try driver.outputTopic("all", String.self, String.self).readTable()
        let final = try driver.outputTopic("final", String.self, String.self).readRecords()
        let closeTime = (events.map(\.time).max() ?? 0) - grace
        let closed = all.filter { window, _ in
            (window.split(separator: "/").last.flatMap { Int64($0.dropLast()) } ?? 0) <= closeTime
        }
        #expect(
            Dictionary(final.map { ($0.key ?? "", $0.value ?? "") }) { first, _ in first } == closed,
            "seed \(seed)"
        )
        #expect(final.count == closed.count, "seed \(seed)")
    }
}
