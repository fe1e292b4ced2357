import Records
import Testing

@testable import CommandLine

/// The texts that `--reset-offsets` reads and writes.
struct ResetTextTests {
    @Test(
        arguments: [
            ("2023-11-14T22:13:25.000", 1_700_000_005_000), ("2023-11-14T22:13:25.000Z", 1_700_000_005_000),
            ("2023-11-14T22:13:25.123+02:00", 1_699_992_805_123), ("2023-11-14T22:13:25.5-01", 1_700_003_605_005),
            ("1970-01-01T00:00:00.000", 0), ("1969-12-31T23:59:59.999", -1),
            ("2000-02-29T00:00:00.000", 951_782_400_000),
            ("2100-03-01T00:00:00.000", 4_107_542_400_000),
        ] as [(String, Int64)]
    )
    func `times are read in UTC, or in their zone`(text: String, milliseconds: Int64) throws {
        #expect(try DateTimeText.timestamp(text).get() == Timestamp(milliseconds))
    }

    @Test(arguments: [
        ("nodate", "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"),
        ("2023-11-14T", "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"),
        ("2023-11-14T22:13:25", "Unparseable date: \"2023-11-14T22:13:25Z\""),
        ("2023-02-29T00:00:00.000", "Unparseable date: \"2023-02-29T00:00:00.000Z\""),
        ("2023-13-01T00:00:00.000Z", "Unparseable date: \"2023-13-01T00:00:00.000Z\""),
        ("2023-11-14T24:00:00.000", "Unparseable date: \"2023-11-14T24:00:00.000Z\""),
    ])
    func `what is no time is refused in Java's words`(text: String, sentence: String) {
        #expect(throws: DateTimeText.Malformed(message: sentence)) { try DateTimeText.timestamp(text).get() }
    }

    @Test func `a plan is read as it is written, for one group and for several`() throws {
        let id = TopicPartition("orders", 3)
        #expect(ResetPlan.line(nil, id, 7) == "orders,3,7")
        #expect(ResetPlan.line("g,1", id, 7) == "\"g,1\",orders,3,7")
        let long = TopicPartition(TopicName(String(repeating: "t", count: 25)), 0)
        #expect(ResetPlan.line(nil, long, 0) == "\"\(long.topic)\",0,0")
        #expect(try ResetPlan("\"orders\",3,7\r\n\n", group: "g").offsets == ["g": [id: 7]])
        #expect(
            try ResetPlan("\"g,1\",orders,3,7\nh,orders,3,8", group: nil).offsets == ["g,1": [id: 7], "h": [id: 8]]
        )
        #expect(try ResetPlan("h,orders,3,8", group: "g").offsets == ["h": [id: 8]])
    }

    @Test(arguments: ["orders,3", "orders,x,1", "orders,1,x", "a,b,c,d,e", "g,orders,1,"])
    func `a line of another form is an error that names the line`(line: String) {
        let error = GroupToolError.failed("Line 2 is not of the form topic,partition,offset: \(line)")
        #expect(throws: error) { try ResetPlan("orders,0,0\n\(line)", group: "g") }
    }

    @Test(
        arguments: [
            ("t", "t", nil), ("t:0,2", "t", [0, 2]), ("t:1:", "t", [1]),
        ] as [(String, TopicName, [PartitionIndex]?)]
    )
    func `a topic may name its partitions`(text: String, topic: TopicName, partitions: [PartitionIndex]?) throws {
        let argument = try TopicArgument(text)
        #expect(argument.topic == topic)
        #expect(argument.partitions == partitions)
    }

    @Test(arguments: [
        ("t:x", "Invalid partition 'x' specified in topic arg 't:x''"),
        ("t:0,,1", "Invalid partition '' specified in topic arg 't:0,,1''"),
        ("t:1:2", "Invalid topic arg 't:1:2', expected topic name and partitions"),
        ("t:", "Invalid topic arg 't:', expected topic name and partitions"),
    ])
    func `partitions that are none are refused in Kafka's words`(text: String, sentence: String) {
        #expect(throws: GroupToolError.misuse(sentence)) { try TopicArgument(text) }
    }
}
