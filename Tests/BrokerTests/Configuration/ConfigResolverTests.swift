import Testing

@testable import Broker

@Suite struct ConfigResolverTests {
    private func resolve(
        _ name: String,
        properties: [String: String] = [:],
        overrides: [String: String] = [:],
        dynamic: [ConfigResource: [String: String]] = [:]
    ) throws -> ResolvedConfig {
        var image = MetadataImage(clusterID: "test")
        image.configs = dynamic
        let resolver = ConfigResolver(configuration: try BrokerConfiguration(properties: properties), image: image)
        let definition = try #require(TopicConfigTable.byName[name])
        return resolver.topicConfig(definition, overrides: overrides)
    }

    @Test func `a topic's own value wins and its synonyms follow by priority`() throws {
        let config = try resolve(
            "max.message.bytes",
            properties: ["message.max.bytes": "3"],
            overrides: ["max.message.bytes": "1"],
            dynamic: [.brokerDefault: ["message.max.bytes": "2"]]
        )
        #expect(config.value == "1")
        #expect(config.synonyms.map(\.value) == ["1", "2", "3", "1048588"])
        #expect(config.synonyms.map(\.source) == [.dynamicTopic, .dynamicDefaultBroker, .staticBroker, .defaultConfig])
    }

    @Test func `retention in hours is taken where milliseconds are not set, but is no synonym`() throws {
        let config = try resolve("retention.ms", properties: ["log.retention.hours": "2"])
        #expect(config.value == "7200000")
        #expect(config.synonyms.isEmpty)
        #expect(config.source == .defaultConfig)
    }

    @Test func `retention for ever in any unit is -1`() throws {
        #expect(try resolve("retention.ms", properties: ["log.retention.hours": "-1"]).value == "-1")
        #expect(try resolve("retention.ms", properties: ["log.retention.ms": "-1"]).source == .staticBroker)
    }

    @Test func `values are printed as Kafka prints them`() throws {
        #expect(
            try resolve("cleanup.policy", overrides: ["cleanup.policy": "compact, delete"]).value == "compact,delete"
        )
        #expect(try resolve("preallocate", overrides: ["preallocate": " TRUE "]).value == "true")
    }

    /// A config is honoured or marked as not; which of the two is not left to memory.
    @Test func `every topic config that is marked as honoured changes the log, and no other does`() throws {
        let resolver = ConfigResolver(
            configuration: try BrokerConfiguration(properties: [:]),
            image: MetadataImage(clusterID: "test")
        )
        // Honoured elsewhere: acks=all needs no more replicas than there are, which is one; tiering is refused.
        let elsewhere: Set = ["min.insync.replicas", "remote.storage.enable"]
        let values = [
            "cleanup.policy": "compact", "compression.type": "zstd", "message.timestamp.type": "LogAppendTime",
            "compression.zstd.level": "7", "compression.lz4.level": "7", "compression.gzip.level": "7",
        ]
        for definition in TopicConfigTable.definitions where !elsewhere.contains(definition.name) {
            var base: [String: String] = [:]
            if definition.name.hasSuffix(".level") {
                base["compression.type"] = String(definition.name.split(separator: ".")[1])
            }
            let value = values[definition.name] ?? (definition.type == .boolean ? "true" : "4711")
            let changed = base.merging([definition.name: value]) { $1 }
            let changesLog = resolver.logConfiguration(overrides: base) != resolver.logConfiguration(overrides: changed)
            #expect(changesLog == definition.isHonoured, "\(definition.name)")
        }
    }

    @Test func `a config without effect is told, one with effect or at its default is not`() {
        #expect(ConfigNotices.isWithoutEffect("unclean.leader.election.enable", "true", .topic))
        #expect(!ConfigNotices.isWithoutEffect("unclean.leader.election.enable", "false", .topic))
        #expect(!ConfigNotices.isWithoutEffect("retention.ms", "1", .topic))
        #expect(!ConfigNotices.isWithoutEffect("log.retention.ms", "1", .broker))
        #expect(ConfigNotices.isWithoutEffect("max.connections", "1", .broker))
        #expect(ConfigNotices.isWithoutEffect("consumer.session.timeout.ms", "1", .group))
    }
}
