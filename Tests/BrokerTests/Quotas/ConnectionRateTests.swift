import KafkaProtocol
import NIOCore
import Testing
import Transport

@testable import Broker

/// `connection_creation_rate` and `request_percentage`, as clients feel them.
@Suite(.timeLimit(.minutes(10))) struct ConnectionRateTests {
    private func set(_ key: String, _ value: Double, for type: String, _ broker: TestBroker) async throws {
        let entry = AlterClientQuotasRequest.EntryData(
            entity: [.init(entityType: type, entityName: nil)],
            ops: [.init(key: key, value: value)]
        )
        let response = try await broker.send(AlterClientQuotasRequest(entries: [entry]))
        #expect(response.entries.map(\.errorCode) == [ErrorCode.none])
    }

    @Test func `an address that connects too often is turned away`() async throws {
        let broker = try await TestBroker()
        try await set("connection_creation_rate", 1, for: "ip", broker)
        var made = 0
        do {
            // One a second is allowed: no machine is so slow that a thousand may come.
            while made < 1000 {
                try await broker.connect().close()
                made += 1
            }
        } catch { #expect((error as? TransportError)?.kind == .connectFailed) }
        #expect((1..<1000).contains(made))
        // Connections that stand are served.
        #expect(try await broker.send(MetadataRequest(topics: nil)).brokers.count == 1)
        try await broker.stop()
    }

    @Test func `a client that keeps threads busy is told for how long it is slowed down`() async throws {
        let broker = try await TestBroker()
        #expect(try await broker.send(MetadataRequest(topics: nil)).throttleTimeMs == 0)
        try await set("request_percentage", 0.000_001, for: "client-id", broker)
        let connection = try await broker.connect()
        let frame = try MetadataRequest(topics: nil).frame(version: 12, correlationID: 1, clientID: "busy")
        let reply = try await withCheckedThrowingContinuation { continuation in
            connection.send(frame, deadline: .now() + .seconds(300)) { continuation.resume(with: $0) }
        }
        let (_, body) = try ResponseHeader.decode(reply, for: MetadataRequest.apiKey, 12)
        // Not longer than a window.
        #expect((1...1000).contains(try MetadataResponse.decode(body, version: 12).throttleTimeMs))
        try await broker.stop()
    }
}
