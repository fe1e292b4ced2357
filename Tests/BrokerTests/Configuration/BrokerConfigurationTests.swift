import Records
import Testing

@testable import Broker

@Suite struct BrokerConfigurationTests {
    @Test func `defaults are Kafka's`() throws {
        let configuration = try BrokerConfiguration(properties: [:])
        #expect(configuration.integer("num.partitions") == 1)
        #expect(configuration.integer("message.max.bytes") == 1_048_588)
        #expect(configuration.boolean("auto.create.topics.enable"))
        #expect(configuration.listeners == [ListenerAddress(name: ListenerName("PLAINTEXT"), host: "", port: 9092)])
    }

    @Test func `every default in the tables is valid for its own row`() throws {
        for definition in BrokerConfigTable.definitions + TopicConfigTable.definitions {
            _ = try definition.parse(definition.defaultValue)
        }
    }

    @Test func `every synonym of a topic config is a broker config`() {
        for definition in TopicConfigTable.definitions {
            if let synonym = definition.synonym { #expect(BrokerConfigTable.byName[synonym] != nil, "\(synonym)") }
        }
    }

    @Test func `unknown names are told`() throws {
        let configuration = try BrokerConfiguration(properties: ["no.such.name": "1", "num.partitions": "3"])
        #expect(configuration.unknownNames == ["no.such.name"])
        #expect(configuration.integer("num.partitions") == 3)
    }

    @Test(arguments: [
        ("num.partitions", "0", "Value must be at least 1"),
        ("num.partitions", "many", "Not a number of type INT"),
        ("log.cleanup.policy", "shred", "String must be one of: compact, delete"),
        ("auto.create.topics.enable", "yes", "Expected value to be either true or false"),
        ("compression.gzip.level", "10", "Value must be between 1 and 9 or equal to -1"),
    ])
    func `an invalid value is refused by key, value and what is valid`(name: String, value: String, reason: String) {
        #expect(throws: BrokerConfigurationError(name: name, value: value, reason: reason)) {
            try BrokerConfiguration(properties: [name: value])
        }
    }

    @Test func `the server properties of a KRaft node are taken, its controller listener is not opened`() throws {
        let configuration = try BrokerConfiguration(properties: [
            "process.roles": "broker,controller", "node.id": "7", "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": "7@localhost:9093",
            "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "advertised.listeners": "PLAINTEXT://example.org:19092",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        ])
        #expect(configuration.unknownNames.isEmpty)
        #expect(configuration.nodeID == 7)
        #expect(configuration.listeners.map(\.description) == ["PLAINTEXT://:9092"])
        #expect(configuration.advertisedListeners.map(\.description) == ["PLAINTEXT://example.org:19092"])
    }

    @Test func `an address that nobody can connect to is not advertised`() {
        #expect(throws: BrokerConfigurationError.self) {
            try BrokerConfiguration(properties: ["listeners": "PLAINTEXT://0.0.0.0:9092"])
        }
    }

    @Test func `a listener with encryption is refused rather than opened without it`() {
        #expect(throws: BrokerConfigurationError.self) {
            try BrokerConfiguration(properties: ["listeners": "SSL://localhost:9093"])
        }
    }

    @Test func `broker id and node id must agree`() {
        #expect(throws: BrokerConfigurationError.self) {
            try BrokerConfiguration(properties: ["node.id": "1", "broker.id": "2"])
        }
    }
}
