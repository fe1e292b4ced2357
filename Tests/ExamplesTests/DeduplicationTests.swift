import Records
import Streams
import StreamsTesting
import Testing

@testable import deduplication

/// Readings are let through once, whatever order they come in.
@Suite struct DeduplicationTests {
    private func once(_ readings: [(sensor: String?, id: String?, minute: Int64)]) throws -> [String] {
        try withDriver(try deduplicationTopology()) { driver in
            let input = driver.inputTopic("readings", String.self, Reading.self)
            for reading in readings {
                try input.pipe(
                    reading.sensor,
                    reading.id.map { Reading(id: $0, celsius: 1) },
                    at: Timestamp(reading.minute * 60_000)
                )
            }
            return try driver.outputTopic("readings-once", String.self, Reading.self).readRecords().map { record in
                "\(record.key ?? "null") \(record.value?.id ?? "null") @\(record.timestamp.rawValue / 60_000)"
            }
        }
    }

    @Test func `the first of equal readings goes through`() throws {
        #expect(
            try once([("a", "1", 0), ("a", "1", 0), ("a", "1", 10), ("a", "2", 10), ("b", "1", 10)]) == [
                "a 1 @0", "a 2 @10", "b 1 @10",
            ]
        )
    }

    @Test func `after ten minutes an id is new again`() throws {
        #expect(try once([("a", "1", 0), ("a", "1", 10), ("a", "1", 11)]) == ["a 1 @0", "a 1 @11"])
    }

    @Test func `a late reading is compared with those after it, too`() throws {
        #expect(try once([("a", "1", 15), ("a", "1", 5), ("a", "1", 4)]) == ["a 1 @15", "a 1 @4"])
    }

    @Test func `readings without a value are nothing to let through, those without a key are compared as well`() throws
    {
        #expect(try once([("a", nil, 0), (nil, "1", 0), (nil, "1", 1)]) == ["null 1 @0"])
    }
}
