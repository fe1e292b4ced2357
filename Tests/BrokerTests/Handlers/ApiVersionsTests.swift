import KafkaProtocol
import Records
import Testing

@testable import Broker

@Suite struct ApiVersionsTests {
    @Test func `an unknown version is answered in version 0 with the versions there are`() async throws {
        let broker = try await TestBroker()
        var frame = RawBuffer(capacity: 16)
        frame.append(int16: 18)
        frame.append(int16: 77)
        frame.append(int32: 9)
        let reply = try await broker.sendFrame([.bytes(frame.bytes())])
        #expect(Array(reply.prefix(4)) == [0, 0, 0, 9])
        let response = try ApiVersionsResponse.decode(reply[4...], version: 0)
        #expect(response.errorCode == .unsupportedVersion)
        #expect(response.apiKeys.map(\.apiKey) == [18])
        #expect(response.apiKeys.map(\.maxVersion) == [ApiVersionsRequest.versions.upperBound])
        try await broker.stop()
    }

    @Test func `Produce is told from version 0 and refused below 3`() async throws {
        let broker = try await TestBroker()
        let response = try await broker.send(ApiVersionsRequest(clientSoftwareName: "t", clientSoftwareVersion: "1"))
        let produce = try #require(response.apiKeys.first { $0.apiKey == 0 })
        #expect(produce.minVersion == 0 && produce.maxVersion == 13)
        #expect(ProduceHandler.servedVersions == 3...13)
        try await broker.stop()
    }

    @Test func `the features of a new cluster are finalized`() async throws {
        let broker = try await TestBroker()
        let response = try await broker.send(ApiVersionsRequest(clientSoftwareName: "t", clientSoftwareVersion: "1"))
        #expect(response.finalizedFeatures.contains { $0.name == "metadata.version" && $0.maxVersionLevel == 30 })
        #expect(response.finalizedFeaturesEpoch > 0)
        try await broker.stop()
    }

    @Test func `a client with an impossible name is refused`() async throws {
        let broker = try await TestBroker()
        let response = try await broker.send(ApiVersionsRequest(clientSoftwareName: "-x-", clientSoftwareVersion: "1"))
        #expect(response.errorCode == .invalidRequest)
        try await broker.stop()
    }
}
