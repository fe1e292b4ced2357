import CommitLog
import KafkaProtocol
import Records
import Testing

@testable import Broker

/// What IncrementalAlterConfigs and AlterConfigs take and refuse, and what DescribeConfigs then says.
@Suite struct DynamicConfigsTests {
    private typealias Change = (name: String, operation: Int8, value: String?)
    private static let (topic, brokerKind, clientMetrics, group): (Int8, Int8, Int8, Int8) = (2, 4, 16, 32)

    /// Empty, or the code and sentence of the refusal.
    private func alter(
        _ kind: Int8,
        _ name: String,
        _ changes: [Change],
        _ broker: TestBroker,
        validateOnly: Bool = false
    ) async throws -> String {
        let resource = IncrementalAlterConfigsRequest.AlterConfigsResource(
            resourceType: kind,
            resourceName: name,
            configs: changes.map { .init(name: $0.name, configOperation: $0.operation, value: $0.value) }
        )
        let request = IncrementalAlterConfigsRequest(resources: [resource], validateOnly: validateOnly)
        let answer = try #require(try await broker.send(request).responses.first)
        return answer.errorCode == .none ? "" : "\(answer.errorCode.rawValue) \(answer.errorMessage ?? "")"
    }

    /// By name: the value, its source, and its synonyms as `source:name=value`.
    private func describe(
        _ kind: Int8,
        _ name: String,
        _ broker: TestBroker
    ) async throws -> [String: (value: String?, source: Int8, synonyms: [String], readOnly: Bool)] {
        let request = DescribeConfigsRequest(
            resources: [.init(resourceType: kind, resourceName: name, configurationKeys: nil)],
            includeSynonyms: true
        )
        let result = try #require(try await broker.send(request).results.first)
        #expect(result.errorCode == .none, "\(result.errorMessage ?? "")")
        return Dictionary(
            result.configs.map { config in
                let synonyms = config.synonyms.map { "\($0.source):\($0.name)=\($0.value ?? "null")" }
                return (config.name, (config.value, config.configSource, synonyms, config.readOnly))
            }
        ) { $1 }
    }

    @Test func `a group has all configs of groups, with the broker's values until it sets its own`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk, ["group.consumer.heartbeat.interval.ms": "7000"])
        let before = try await describe(Self.group, "g", broker)
        #expect(before.count == 17)
        #expect(before["consumer.session.timeout.ms"]?.value == "45000")
        #expect(before["consumer.session.timeout.ms"]?.source == 5)
        #expect(before["consumer.heartbeat.interval.ms"]?.value == "7000")
        #expect(before["share.auto.offset.reset"]?.value == "latest")
        #expect(try await alter(Self.group, "g", [("consumer.session.timeout.ms", 0, "50000")], broker) == "")
        let after = try await describe(Self.group, "g", broker)
        #expect(after["consumer.session.timeout.ms"]?.value == "50000")
        #expect(after["consumer.session.timeout.ms"]?.source == 8)
        #expect(after["consumer.session.timeout.ms"]?.synonyms == ["8:consumer.session.timeout.ms=50000"])
        let listed = try await broker.send(ListConfigResourcesRequest(resourceTypes: [Self.group]))
        #expect(listed.configResources.map(\.resourceName) == ["g"])
        try await broker.stop()
        let again = try await TestBroker(disk: disk)
        #expect(try await describe(Self.group, "g", again)["consumer.session.timeout.ms"]?.value == "50000")
        #expect(try await alter(Self.group, "g", [("consumer.session.timeout.ms", 1, nil)], again) == "")
        #expect(try await describe(Self.group, "g", again)["consumer.session.timeout.ms"]?.source == 5)
        try await again.stop()
    }

    @Test(
        arguments: [
            ("no.such", "1", "Unknown group config name: no.such"),
            (
                "consumer.session.timeout.ms", "1",
                "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms"
            ),
            (
                "consumer.session.timeout.ms", "60001",
                "consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms"
            ),
            (
                "consumer.session.timeout.ms", "x",
                "Invalid value x for configuration consumer.session.timeout.ms: Not a number of type INT"
            ),
            (
                "consumer.heartbeat.interval.ms", "0",
                "Invalid value 0 for configuration consumer.heartbeat.interval.ms: Value must be at least 1"
            ),
            (
                "share.record.lock.duration.ms", "1000",
                "share.record.lock.duration.ms must be greater than or equal to group.share.min.record.lock.duration.ms"
            ),
            (
                "streams.num.standby.replicas", "3",
                "streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas"
            ),
        ]
    )
    func `a group's config out of bounds is refused`(_ name: String, _ value: String, _ sentence: String) async throws {
        let broker = try await TestBroker()
        #expect(try await alter(Self.group, "g", [(name, 0, value)], broker) == "40 \(sentence)")
        #expect(try await broker.send(ListConfigResourcesRequest(resourceTypes: [Self.group])).configResources.isEmpty)
        try await broker.stop()
    }

    @Test func `a session must be longer than a heartbeat interval, and durations are ISO 8601's`() async throws {
        let broker = try await TestBroker(["group.consumer.max.heartbeat.interval.ms": "60000"])
        let change: [Change] = [("consumer.heartbeat.interval.ms", 0, "46000")]
        #expect(
            try await alter(Self.group, "g", change, broker)
                == "40 consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms"
        )
        for value in ["earliest", "by_duration:P1D", "by_duration:PT1H30M", "by_duration:PT0.5S"] {
            #expect(try await alter(Self.group, "g", [("share.auto.offset.reset", 0, value)], broker) == "")
        }
        for value in ["never", "by_duration:1h", "by_duration:P", "by_duration:PT", "by_duration:-PT1H"] {
            let refusal = try await alter(Self.group, "g", [("share.auto.offset.reset", 0, value)], broker)
            #expect(refusal.hasPrefix("40 Invalid value \(value) for configuration share.auto.offset.reset"))
        }
        try await broker.stop()
    }

    @Test func `client metrics subscriptions are judged and described`() async throws {
        let broker = try await TestBroker()
        let cases: [(Change, String)] = [
            (("metrics", 0, "org.apache.kafka.consumer."), ""),
            (("interval.ms", 0, "10000"), ""),
            (("match", 0, "client_software_name=java,client_id=.*"), ""),
            (("nothing", 0, "1"), "42 Unknown client metrics configuration: nothing"),
            (
                ("interval.ms", 0, "99"),
                "42 Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)"
            ),
            (("match", 0, "planet=x"), "40 Illegal client matching pattern: planet=x"),
            (("match", 0, "client_id"), "40 Illegal client matching pattern: client_id"),
        ]
        for (change, expected) in cases {
            #expect(try await alter(Self.clientMetrics, "m", [change], broker) == expected)
        }
        let found = try await describe(Self.clientMetrics, "m", broker)
        #expect(
            found.mapValues(\.value) == [
                "metrics": "org.apache.kafka.consumer.", "interval.ms": "10000",
                "match": "client_software_name=java,client_id=.*",
            ]
        )
        #expect(found.values.allSatisfy { $0.source == 7 && $0.synonyms.isEmpty })
        try await broker.stop()
    }

    @Test func `what a broker takes while it runs, and what it refuses`() async throws {
        let broker = try await TestBroker()
        let cases: [(name: String, Change, String)] = [
            ("1", ("background.threads", 0, "8"), ""),
            ("1", ("no.such.broker.config", 0, "1"), ""),
            ("", ("message.max.bytes", 0, "1100000"), ""),
            ("", ("log.cleanup.policy", 2, "compact"), ""),
            ("1", ("log.dirs", 0, "/x"), "42 Cannot update these configs dynamically: Set(log.dirs)"),
            (
                "1", ("background.threads", 0, "abc"),
                "42 Invalid value abc for configuration background.threads: Not a number of type INT"
            ),
            (
                "1", ("background.threads", 0, "100"),
                "42 Dynamic thread count update validation failed for background.threads=100, "
                    + "value should not be greater than double the current value 8"
            ),
            (
                "1", ("background.threads", 0, "3"),
                "42 Dynamic thread count update validation failed for background.threads=3, "
                    + "value should be at least half the current value 8"
            ),
            (
                "", ("listener.name.plaintext.ssl.keystore.location", 0, "/k"),
                "42 Cannot update these configs at default cluster level, broker id must be specified: "
                    + "Set(listener.name.plaintext.ssl.keystore.location)"
            ),
            (
                "1", ("background.threads", 2, "9"),
                "40 Config value append is not allowed for config key: background.threads"
            ),
            ("9", ("background.threads", 0, "8"), "42 Unexpected broker id, expected 1, but received 9"),
            ("abc", ("background.threads", 0, "8"), "42 Node id must be an integer, but it is: abc"),
        ]
        for (name, change, expected) in cases {
            #expect(try await alter(Self.brokerKind, name, [change], broker) == expected)
        }
        let found = try await describe(Self.brokerKind, "1", broker)
        #expect(found["background.threads"]?.value == "8" && found["background.threads"]?.source == 2)
        #expect(found["background.threads"]?.synonyms == ["2:background.threads=8", "5:background.threads=10"])
        #expect(found["message.max.bytes"]?.source == 3 && found["message.max.bytes"]?.readOnly == false)
        #expect(found["log.dirs"]?.readOnly == true)
        // It might be a secret.
        #expect(found["no.such.broker.config"]?.value == .some(nil) && found["no.such.broker.config"]?.source == 2)
        #expect(found["leader.replication.throttled.rate"] == nil)
        let defaults = try await describe(Self.brokerKind, "", broker)
        #expect(
            defaults.mapValues(\.value) == ["message.max.bytes": "1100000", "log.cleanup.policy": "delete,compact"]
        )
        try await broker.stop()
    }

    @Test func `a topic's configs: lists, nulls, duplicates, and missing topics`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        let cases: [(name: String, [Change], String)] = [
            ("t", [("cleanup.policy", 2, "compact")], ""),
            ("t", [("cleanup.policy", 3, "delete")], ""),
            ("t", [("retention.ms", 2, "1")], "40 Can't APPEND to key retention.ms because its type is not LIST."),
            ("t", [("retention.ms", 3, "1")], "40 Can't SUBTRACT to key retention.ms because its type is not LIST."),
            ("t", [("retention.ms", 0, nil)], "42 Null value not supported for : retention.ms"),
            ("t", [("retention.ms", 0, "1"), ("retention.ms", 1, nil)], "42 Error due to duplicate config keys"),
            ("t", [("no.such", 0, "1")], "40 Unknown topic config name: no.such"),
            ("gone", [("no.such", 0, "1")], "40 Unknown topic config name: no.such"),
            ("gone", [("retention.ms", 0, "1")], "3 The topic 'gone' does not exist."),
            ("", [("retention.ms", 0, "1")], "42 Default topic resources are not allowed."),
        ]
        for (name, changes, expected) in cases {
            #expect(try await alter(Self.topic, name, changes, broker) == expected)
        }
        #expect(try await describe(Self.topic, "t", broker)["cleanup.policy"]?.value == "compact")
        let twice = IncrementalAlterConfigsRequest.AlterConfigsResource(
            resourceType: Self.topic,
            resourceName: "t",
            configs: [.init(name: "retention.ms", configOperation: 0, value: "1")]
        )
        let answers = try await broker.send(IncrementalAlterConfigsRequest(resources: [twice, twice])).responses
        #expect(answers.map(\.errorMessage) == Array(repeating: "Each resource must appear at most once.", count: 2))
        #expect(try await describe(Self.topic, "t", broker)["retention.ms"]?.source == 5)
        try await broker.stop()
    }
}
