import Records
import Streams
import StreamsTesting
import Testing

/// Tables and aggregations in LRU stores and in stores of one's own.
@Suite struct MaterializedStoreTests {
    private func count(_ materialized: Materialized<String, Int64>) throws -> Topology {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).groupByKey().count(materialized: materialized)
            .toStream().to("out")
        return try builder.build()
    }

    /// Pipes records of those keys; the counts that come out, and what went to the changelog.
    private func run(
        _ topology: Topology,
        cacheMaxBytes: Int,
        _ keys: String...
    ) throws -> (counts: [Int64?], logged: [ProducedRecord]) {
        let driver = try TopologyTestDriver(topology, cacheMaxBytes: cacheMaxBytes)
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        for (time, key) in keys.enumerated() { try input.pipe(key, "v", at: Timestamp(Int64(time))) }
        return (try driver.outputTopic("out", String.self, Int64.self).readValues(), driver.internalRecords)
    }

    @Test func `an LRU count begins anew for a key that had to go, and logs no removal`() throws {
        let recent = try count(.as("recent", in: .lru(maxEntryCount: 2)))
        let (counts, logged) = try run(recent, cacheMaxBytes: 0, "a", "b", "c", "a", "c")
        #expect(counts == [1, 1, 1, 1, 2])
        #expect(logged.map(\.topic) == Array(repeating: "app-recent-changelog", count: 5))
        #expect(logged.allSatisfy { $0.value != nil })
    }

    @Test func `with a cache above it, a key that had to go is still counted on`() throws {
        let recent = try count(.as("recent", in: .lru(maxEntryCount: 2)))
        #expect(try run(recent, cacheMaxBytes: 1 << 20, "a", "b", "c", "a").counts == [1, 1, 1, 2])
        let uncached = try count(Materialized("recent", in: .lru(maxEntryCount: 2), isCached: false))
        #expect(try run(uncached, cacheMaxBytes: 1 << 20, "a", "b", "c", "a").counts == [1, 1, 1, 1])
    }

    @Test func `an LRU store without a changelog logs nothing`() throws {
        let recent = try count(Materialized("recent", in: .lru(maxEntryCount: 2), logging: .disabled))
        let (counts, logged) = try run(recent, cacheMaxBytes: 0, "a", "b", "a")
        #expect(counts == [1, 1, 2])
        #expect(logged.isEmpty)
    }

    @Test func `windows and sessions are not for an LRU store`() throws {
        let builder = StreamsBuilder()
        let words = builder.stream("in", String.self, String.self).groupByKey()
        _ = words.windowedBy(.tumbling(.seconds(1))).count(materialized: .as("w", in: .lru(maxEntryCount: 2)))
        _ = words.windowedBy(.session(gap: .seconds(1))).count(materialized: .as("s", in: .lru(maxEntryCount: 2)))
        do {
            _ = try builder.build()
            Issue.record("it builds")
        } catch let exception as TopologyException {
            #expect(exception.problems.map(\.operatorName) == ["w", "s"])
            #expect(exception.problems.allSatisfy { $0.message.contains("LRU") })
        }
    }

    @Test func `a store of one's own is made for the task, filled, and told of commits`() throws {
        let made = Made()
        let topology = try count(.as("own", in: .own { name in made.add(name) }))
        let driver = try TopologyTestDriver(topology)
        defer { closing(driver) }
        try driver.inputTopic("in", String.self, String.self).pipe("k", "v", at: 7)
        #expect(made.names.contains("own"))
        let book = try #require(made.books.first { !$0.pages.isEmpty })
        // Time, then the count.
        #expect(book.pages == [Bytes(utf8: "k"): [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1]])
        #expect(book.commits > 0)
        let store = try driver.store("own", as: TimestampedKeyValueStore<String, Int64>.self)
        #expect(try store.get("k")?.value == 1)
    }

    @Test(arguments: 0..<4 as Range<UInt64>, [0, 600, 1 << 20])
    func `every operator does the same over a store of one's own as in memory`(
        seed: UInt64,
        cacheMaxBytes: Int
    ) throws {
        func run(_ storage: Stores.Storage) throws -> [String] {
            let driver = try TopologyTestDriver(try topology(storage), cacheMaxBytes: cacheMaxBytes)
            defer { closing(driver) }
            var random = StoreTestGenerator(seed: seed)
            let topics = ["l", "r"].map { driver.inputTopic(TopicName($0), String.self, String.self) }
            let tables = ["t", "u"].map { driver.inputTopic(TopicName($0), String.self, String.self) }
            for step in 0..<300 {
                let key = ["a", "b", "c"][Int.random(in: 0..<3, using: &random)]
                let time = Timestamp(max(0, Int64(step) * 700 - Int64.random(in: 0...9000, using: &random)))
                if Int.random(in: 0..<3, using: &random) > 0 {
                    try topics[Int.random(in: 0..<2, using: &random)].pipe(key, "\(step)", at: time)
                } else {
                    let value = Int.random(in: 0..<4, using: &random) == 0 ? nil : "\(step)"
                    try tables[Int.random(in: 0..<2, using: &random)].pipe(key, value, at: time)
                }
            }
            return driver.producedRecords.map { "\($0)" }
        }
        let (own, memory) = (try run(Notebook.storage), try run(.memory))
        #expect(own.count == memory.count, "seed \(seed)")
        for (index, (a, b)) in zip(own, memory).enumerated() where a != b {
            Issue.record("seed \(seed), line \(index): \(a), in memory \(b)")
            break
        }
    }

    private func topology(_ storage: Stores.Storage) throws -> Topology {
        let builder = StreamsBuilder(storage: storage)
        let left = builder.stream("l", String.self, String.self)
        let right = builder.stream("r", String.self, String.self)
        let words = left.groupByKey()
        words.count().toStream().to("count")
        words.windowedBy(.hopping(.seconds(4), advance: .seconds(2), grace: .seconds(3))).count().toStream()
            .to("window", key: .timeWindowed(.string, size: .seconds(4)), value: .int64)
        words.windowedBy(.sliding(.seconds(3), grace: .seconds(3))).count().toStream()
            .to("sliding", key: .timeWindowed(.string, size: .seconds(3)), value: .int64)
        words.windowedBy(.session(gap: .seconds(1), grace: .seconds(3))).count().toStream()
            .to("session", key: .sessionWindowed(.string), value: .int64)
        left.outerJoin(right, within: .difference(.seconds(2), grace: .seconds(3))) { left, right in
            "\(left ?? "-")+\(right ?? "-")"
        }.to("joined")
        let table = builder.table("t", String.self, String.self)
        let other = builder.table(
            "u",
            String.self,
            String.self,
            materialized: .versioned("past", history: .seconds(60))
        )
        table.outerJoin(other) { left, right in "\(left ?? "-")+\(right ?? "-")" }.toStream().to("tables")
        left.join(other, grace: .seconds(5)) { left, row in "\(left)+\(row)" }.to("versioned")
        return try builder.build()
    }
}

/// The stores that a topology has made.
private final class Made: @unchecked Sendable {
    private(set) var names: Set<String> = []
    private(set) var books: [Notebook] = []

    func add(_ name: String) -> Notebook {
        let book = Notebook()
        names.insert(name)
        books.append(book)
        return book
    }
}
