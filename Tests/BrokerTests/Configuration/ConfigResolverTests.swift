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
}
