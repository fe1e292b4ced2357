import Records
import Streams
import StreamsTesting

/// A record of a story: its topic, key, value and time.
typealias StoryRecord = (topic: String, key: String?, value: String?, time: Int64)

/// What becomes of a story: the output as `key=value@time`, and what was dropped, as `reason count`.
struct StoryOutcome: Equatable {
    var output: [String]
    var dropped: [String] = []
}

/// Tells a story to a topology whose result is a stream of text.
func outcome(
    of records: [StoryRecord],
    configuration: TaskConfiguration = TaskConfiguration(applicationID: "app"),
    _ build: (StreamsBuilder) -> KStream<String, String>
) throws -> StoryOutcome {
    let builder = StreamsBuilder()
    build(builder).to("out")
    let driver = try TopologyTestDriver(try builder.build(), configuration: configuration)
    defer { closing(driver) }
    for (index, record) in records.enumerated() {
        // Left and outer joins look for records that stay alone once a second of the clock.
        if index > 0 { try driver.advanceWallClock(by: .seconds(2)) }
        try driver.inputTopic(TopicName(record.topic), String.self, String.self)
            .pipe(record.key, record.value, at: Timestamp(record.time))
    }
    let output = try driver.outputTopic("out", String.self, String.self).readRecords().map { record in
        "\(record.key ?? "null")=\(record.value ?? "null")@\(record.timestamp)"
    }
    var counts: [DropReason: Int] = [:]
    for dropped in driver.droppedRecords { counts[dropped.reason, default: 0] += dropped.count }
    return StoryOutcome(output: output, dropped: counts.map { "\($0.key) \($0.value)" }.sorted())
}
