import Records
import StreamsTesting
import Testing

@testable import Streams

/// What a builder or the configuration says for all operators that say nothing else.
@Suite struct BuilderDefaultsTests {
    private func stores(_ builder: StreamsBuilder) throws -> [String: Bool] {
        let left = builder.stream("l", String.self, String.self)
        let right = builder.stream("r", String.self, String.self)
        left.leftJoin(right, within: .difference(.seconds(1)), joined: StreamJoined(storeName: "join")) { l, _ in l }
            .to("out")
        let table = builder.table("t", String.self, String.self, materialized: .as("table"))
        builder.table("f", String.self, String.self)
            .join(table, foreignKey: { $0 }, materialized: .as("foreign")) { l, _ in l }.toStream().to("named")
        let grouped = left.groupByKey()
        _ = grouped.count(materialized: .as("count"))
        _ = grouped.windowedBy(.tumbling(.seconds(1))).count(materialized: .as("window"))
        _ = grouped.windowedBy(.session(gap: .seconds(1))).count(materialized: .as("session"))
        _ = grouped.count(materialized: Materialized("disk", in: .disk))
        let topology = try builder.build()
        return try topology.graph.stores.mapValues { try $0.make().isPersistent }
    }

    @Test func `stores are where the builder says, unless they say so themselves`() throws {
        let inMemory = try stores(StreamsBuilder(storage: .memory))
        #expect(inMemory.filter(\.value).keys.sorted() == ["disk"])
        let onDisk = try stores(StreamsBuilder())
        #expect(!onDisk.values.contains(false))
        #expect(onDisk.count >= 10)
    }

    @Test func `sources without an extractor read times as the configuration says`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to("out")
        builder.stream("own", String.self, String.self, timestamps: TimestampExtractor { _, _ in 7 }).to("out")
        var configuration = TaskConfiguration(applicationID: "app")
        configuration.defaultTimestampExtractor = .wallClock
        let driver = try TopologyTestDriver(try builder.build(), configuration: configuration, wallClock: 99)
        defer { closing(driver) }
        for topic in ["in", "own"] as [TopicName] {
            try driver.inputTopic(topic, String.self, String.self).pipe("a", "b", at: 5)
        }
        #expect(try driver.outputTopic("out", String.self, String.self).readRecords().map(\.timestamp) == [99, 7])
    }

    @Test func `the default extractor has Kafka's names`() throws {
        func extractor(_ name: String) throws -> DefaultTimestampExtractor {
            try StreamsConfiguration(properties: ["application.id": "a", "default.timestamp.extractor": name])
                .defaultTimestampExtractor
        }
        #expect(try extractor("org.apache.kafka.streams.processor.WallclockTimestampExtractor") == .wallClock)
        #expect(try extractor("LogAndSkipOnInvalidTimestamp") == .logAndSkipOnInvalidTimestamp)
        #expect(throws: (any Error).self) { try extractor("org.example.Own") }
    }

    @Test func `a pattern matches whole names, and shows itself`() throws {
        let pattern = try TopicPattern(regularExpression: "orders-(eu|us)")
        #expect(pattern.description == "orders-(eu|us)")
        #expect(
            ["orders-eu", "orders-us", "orders-eu2", "x-orders-eu"].map { pattern.matches($0) } == [
                true, true, false, false,
            ]
        )
        let error = #expect(throws: TopologyException.self) { try TopicPattern(regularExpression: "orders-(") }
        #expect(error?.description.contains("orders-(") == true)
        let builder = StreamsBuilder()
        builder.stream(.matching(pattern), String.self, String.self).to("out")
        let driver = try TopologyTestDriver(try builder.build(), patternTopics: ["orders-eu", "orders-asia"])
        defer { closing(driver) }
        try driver.inputTopic("orders-eu", String.self, String.self).pipe("a", "b")
        #expect(throws: UnknownTopic.self) {
            try driver.inputTopic("orders-asia", String.self, String.self).pipe("a", "b")
        }
        #expect(try driver.outputTopic("out", String.self, String.self).readValues() == ["b"])
    }

    @Test func `a window store that keeps duplicates has a changelog that is not compacted`() throws {
        let builder = Stores.windowStore(
            "w",
            .string,
            .string,
            windowSize: .seconds(1),
            retention: .seconds(1),
            retainsDuplicates: true,
            logging: .enabled(topicConfiguration: ["cleanup.policy": "compact", "segment.ms": "1"])
        )
        #expect(builder.changelogConfiguration == ["cleanup.policy": "delete", "segment.ms": "1"])
    }
}
