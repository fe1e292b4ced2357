import Records
import Streams
import StreamsTesting
import Testing

/// Who sees null, and what becomes of records that a closure cannot be shown.
@Suite struct NullRuleTests {
    /// Runs (key, value) pairs through `make` and gives what came out.
    private func run(
        _ records: [(String?, String?)],
        _ make: (StreamsBuilder) -> Void
    ) throws -> (out: [StreamRecord<String, String>], dropped: [DroppedRecords]) {
        let builder = StreamsBuilder()
        make(builder)
        let driver = try TopologyTestDriver(try builder.build())
        let input = driver.inputTopic("in", String.self, String.self)
        for (key, value) in records { try input.pipe(key, value) }
        return (try driver.outputTopic("out", String.self, String.self).readRecords(), driver.droppedRecords)
    }

    private let withNulls: [(String?, String?)] = [("a", "1"), (nil, "2"), ("c", nil), (nil, nil)]

    @Test func `a copy carries all nulls`() throws {
        let (out, dropped) = try run(withNulls) { $0.stream("in", String.self, String.self).to("out") }
        #expect(out.map(\.key) == ["a", nil, "c", nil])
        #expect(out.map(\.value) == ["1", "2", nil, nil])
        #expect(dropped.isEmpty)
    }

    @Test func `mapValues and peek pass nulls on untouched`() throws {
        let (out, dropped) = try run(withNulls) {
            $0.stream("in", String.self, String.self).peek { _, _ in }.mapValues { $0 + "!" }.to("out")
        }
        #expect(out.map(\.value) == ["1!", "2!", nil, nil])
        #expect(dropped.isEmpty)
    }

    @Test func `filter drops what it cannot show and counts it by reason`() throws {
        let (out, dropped) = try run(withNulls) {
            $0.stream("in", String.self, String.self).filter { _, _ in true }.to("out")
        }
        #expect(out.map(\.key) == ["a"])
        #expect(dropped.map(\.reason) == [.nullKey, .nullValue])
        #expect(dropped.map(\.count) == [2, 1])
        #expect(dropped.allSatisfy { $0.operatorName == "KSTREAM-FILTER-0000000001" })
    }

    @Test func `a predicate on the value lets null keys through`() throws {
        let (out, dropped) = try run(withNulls) {
            $0.stream("in", String.self, String.self).filter { $0 != "1" }.to("out")
        }
        #expect(out.map(\.key) == [nil])
        #expect(dropped.map(\.count) == [2])
    }

    @Test func `an optional type shows its nulls`() throws {
        let (out, dropped) = try run(withNulls) {
            $0.stream("in", String?.self, String?.self)
                .map { key, value in (key ?? "no key", value ?? "no value") }
                .to("out")
        }
        #expect(out.map(\.key) == ["a", "no key", "c", "no key"])
        #expect(out.map(\.value) == ["1", "2", "no value", "no value"])
        #expect(dropped.isEmpty)
    }

    @Test func `an aggregation takes the null of an optional type for null`() throws {
        let (out, dropped) = try run(withNulls) {
            $0.stream("in", String?.self, String?.self).groupByKey().count()
                .toStream().map { key, count in (key ?? "", String(count)) }.to("out")
        }
        #expect(out.map(\.value) == ["1"])
        #expect(dropped.map(\.count).reduce(0, +) == 3)
    }

    @Test func `a left join lets a null key through and an inner join does not`() throws {
        for isLeft in [true, false] {
            let (out, dropped) = try run(withNulls) { builder in
                let table = builder.table("t", String.self, String.self)
                let stream = builder.stream("in", String.self, String.self)
                if isLeft {
                    stream.leftJoin(table) { (value: String, row: String?) in value + (row ?? "-") }.to("out")
                } else {
                    stream.join(table) { (value: String, row: String) in value + row }.to("out")
                }
            }
            #expect(out.map(\.value) == (isLeft ? ["1-", "2-"] : []))
            #expect(dropped.map(\.count).reduce(0, +) == (isLeft ? 2 : 3))
        }
    }

    @Test func `a repartition for a left join keeps null keys and one for a count drops them`() throws {
        let rekeyed: @Sendable (String) -> String? = { $0 == "2" ? nil : $0 }
        let (joined, _) = try run([("a", "1"), ("b", "2")]) { builder in
            let table = builder.table("t", String?.self, String.self)
            builder.stream("in", String.self, String.self).selectKey { rekeyed($0) }
                .leftJoin(table) { (value: String, row: String?) in value + (row ?? "-") }.to("out")
        }
        #expect(joined.map(\.value) == ["1-", "2-"])
        let (counted, dropped) = try run([("a", "1"), ("b", "2")]) { builder in
            builder.stream("in", String.self, String.self).selectKey { rekeyed($0) }
                .groupByKey().count().toStream().mapValues { String($0) }.to("out")
        }
        #expect(counted.map(\.key) == ["1"])
        #expect(dropped.map(\.reason) == [.nullKey])
        #expect(dropped.first?.operatorName.contains("FILTER") == true)
    }

    @Test func `a table ignores null keys and a null value removes the row`() throws {
        let builder = StreamsBuilder()
        builder.table("in", String.self, String.self, materialized: .as("rows")).toStream().to("out")
        let driver = try TopologyTestDriver(try builder.build())
        let input = driver.inputTopic("in", String.self, String.self)
        try input.pipe("a", "1", at: 5)
        try input.pipe(nil, "2", at: 6)
        let rows = try driver.store("rows", as: TimestampedKeyValueStore<String, String>.self)
        #expect(try rows.get("a") == ValueAndTimestamp("1", 5))
        try input.pipe("a", nil, at: 7)
        #expect(try rows.get("a") == nil)
        #expect(driver.droppedRecords.map(\.reason) == [.nullKey])
    }
}
