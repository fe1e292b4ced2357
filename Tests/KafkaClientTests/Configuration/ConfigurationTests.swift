import Records
import Testing
import Transport

@testable import KafkaClient

@Suite struct ConfigurationTests {
    @Test func `dotted names are read`() throws {
        let properties = ["bootstrap.servers": "a:1, [::1]:2", "request.timeout.ms": " 1000 ", "client.id": "me"]
        let configuration = try ClientConfiguration(properties: properties)
        #expect(
            configuration.bootstrapServers
                == [NetworkAddress(host: "a", port: 1), NetworkAddress(host: "::1", port: 2)]
        )
        #expect(configuration.requestTimeout == .seconds(1))
        #expect(configuration.clientID == "me")
    }

    @Test func `unknown names and values that do not fit are all named`() {
        let properties = [
            "bootstrap.server": "a:1", "acks": "2", "linger.ms": "soon", "batch.size": "-1",
            "compression.type": "brotli", "enable.idempotence": "maybe",
        ]
        let error = #expect(throws: ConfigurationError.self) { try ProducerConfiguration(properties: properties) }
        #expect(error?.unknown == ["bootstrap.server"])
        #expect(
            error?.invalid.map(\.name)
                == ["acks", "batch.size", "compression.type", "enable.idempotence", "linger.ms"]
        )
        #expect(error?.description.contains("Invalid value brotli for configuration compression.type") == true)
    }

    @Test func `names of the client may stand among those of the producer`() throws {
        let properties = ["bootstrap.servers": "a:1", "acks": "1", "compression.type": "zstd"]
        let configuration = try ProducerConfiguration(properties: properties)
        #expect(configuration.acks == .leader)
        #expect(configuration.compression == .zstd)
        #expect(!configuration.isIdempotent)
    }

    @Test func `idempotence is on by default and its demands are checked when it is asked for`() throws {
        #expect(ProducerConfiguration().isIdempotent)
        #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: ["enable.idempotence": "true", "acks": "0"])
        }
        #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: ["delivery.timeout.ms": "1000"])
        }
    }

    @Test func `every default in the tables is the value in use`() throws {
        let client = ClientConfiguration.keys.compactMap { key in key.defaultValue.map { (key.name, $0) } }
        let read = try ClientConfiguration(properties: Dictionary(uniqueKeysWithValues: client))
        #expect("\(read)" == "\(ClientConfiguration())")
        let producer = ProducerConfiguration.keys.compactMap { key in key.defaultValue.map { (key.name, $0) } }
        var parsed = try ProducerConfiguration(properties: Dictionary(uniqueKeysWithValues: producer))
        #expect(parsed.enablesIdempotence == true)
        parsed.enablesIdempotence = nil
        #expect("\(parsed)" == "\(ProducerConfiguration())")
    }
}
