import Broker
import Foundation
import KafkaClient
import Testing

@testable import CommandLine

/// The files in config/.
struct ShippedPropertiesTests {
    private static func path(_ name: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().deletingLastPathComponent().path + "/config/\(name)"
    }

    private static func pairs(_ name: String) throws -> [(key: String, value: String)] {
        PropertiesFile.parse(try TextFile.read(path(name))).map { ($0.key, $0.value) }
    }

    @Test func `every property of the broker's file is known and has an effect`() throws {
        let configuration = try BrokerConfiguration(file: ShippedPropertiesTests.path("server.properties"))
        #expect(configuration.unknownNames == [])
        #expect(configuration.namesWithoutEffect == [])
        let names = try ShippedPropertiesTests.pairs("server.properties").map(\.key)
        #expect(Set(names).count == names.count)
        #expect(names.contains("log.dirs"))
        #expect(!configuration.needsInitialControllers || names.contains("process.roles"))
    }

    @Test func `every property of the producer's file is known`() throws {
        let pairs = try ShippedPropertiesTests.pairs("producer.properties")
        #expect(
            pairs.map(\.key).filter { !ProducerConfiguration.names.union(ClientConfiguration.names).contains($0) } == []
        )
        let values = Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) })
        let client = try ClientConfiguration(properties: values, alsoKnown: ProducerConfiguration.names)
        _ = try ProducerConfiguration(properties: values, alsoKnown: ClientConfiguration.names)
        #expect(client.clientID == "console-producer")
    }

    @Test func `every property of the consumer's file is known`() throws {
        let pairs = try ShippedPropertiesTests.pairs("consumer.properties")
        #expect(
            pairs.map(\.key).filter { !ConsumerConfiguration.names.union(ClientConfiguration.names).contains($0) } == []
        )
        let values = Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) })
        _ = try ClientConfiguration(properties: values, alsoKnown: ConsumerConfiguration.names)
        _ = try ConsumerConfiguration(properties: values)
    }
}
