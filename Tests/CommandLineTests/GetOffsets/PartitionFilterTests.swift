import KafkaClient
import Records
import Testing

@testable import CommandLine

struct PartitionFilterTests {
    private let all: [TopicPartition] = ["a", "ab", "b"].flatMap { topic in
        (0..<4).map { TopicPartition(TopicName(topic), PartitionIndex($0)) }
    }

    @Test(arguments: [
        ("a", "a-0 a-1 a-2 a-3"),
        ("a:1", "a-1"),
        ("a.*:3", "a-3 ab-3"),
        ("a:1-3", "a-1 a-2"),
        ("a:2-", "a-2 a-3"),
        ("a:-2", "a-0 a-1"),
        ("a:-", "a-0 a-1 a-2 a-3"),
        ("a:", "a-0 a-1 a-2 a-3"),
        (":0", "a-0 ab-0 b-0"),
        ("a:0,b:3", "a-0 b-3"),
        ("a:3-1", ""),
        ("c", ""),
    ])
    func `patterns choose partitions`(patterns: String, chosen: String) throws {
        let filter = try PartitionFilter(patterns: patterns)
        #expect(all.filter(filter.allows).map(\.description).joined(separator: " ") == chosen)
    }

    @Test(arguments: ["a:x", "a:1-2-3", "a:b:1", "a:-1-2", "a:99999999999"])
    func `what is no pattern is refused`(patterns: String) {
        #expect(throws: OffsetQueryError.self) { try PartitionFilter(patterns: patterns) }
    }

    @Test func `a topic and a list of partitions choose, too`() throws {
        let some = try PartitionFilter(topic: "a|b", partitions: "0,2")
        #expect(all.filter(some.allows).map(\.description) == ["a-0", "a-2", "b-0", "b-2"])
        #expect(all.filter(try PartitionFilter(topic: ".*", partitions: "").allows).count == 12)
        #expect(throws: OffsetQueryError.self) { try PartitionFilter(topic: "a", partitions: "0,,1") }
    }

    @Test func `times are words or numbers`() throws {
        let words = ["latest": -1, "earliest": -2, "max-timestamp": -3, "earliest-local": -4, "latest-tiered": -5]
        for (word, number) in words { #expect(try OffsetQuery.spec(word).rawValue == Int64(number)) }
        #expect(try OffsetQuery.spec("1700000000000") == .timestamp(Timestamp(1_700_000_000_000)))
        #expect(throws: OffsetQueryError.self) { try OffsetQuery.spec("1.5") }
    }
}
