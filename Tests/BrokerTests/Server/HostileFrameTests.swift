import KafkaProtocol
import NIOCore
import Records
import Testing
import Transport

@testable import Broker

@Suite struct HostileFrameTests {
    @Test(
        arguments: [
            [], [0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            // An unknown API; Metadata in an unknown version; Metadata with an impossible count.
            [0x03, 0xe7, 0, 0, 0, 0, 0, 1, 0xff, 0xff], [0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff, 0],
            [0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff],
        ] as [[UInt8]]
    )
    func `a frame that is garbage closes its connection and harms nobody else`(bytes: [UInt8]) async throws {
        let broker = try await TestBroker()
        let hostile = try await broker.connect()
        let outcome = await withCheckedContinuation { continuation in
            hostile.send([.bytes(Bytes(bytes))], deadline: nil) { continuation.resume(returning: $0) }
        }
        #expect(throws: TransportError.self) { try outcome.get() }
        let response = try await broker.send(DescribeClusterRequest())
        #expect(response.errorCode == ErrorCode.none)
        try await broker.stop()
    }

    @Test func `bytes after a request are left alone: librdkafka sends some with its question for all topics`()
        async throws
    {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let header: [UInt8] = [0, 3, 0, 13, 0, 0, 0, 3, 0, 1, UInt8(ascii: "r"), 0]
        let reply = try await broker.sendFrame([.bytes(Bytes(header + [0, 0, 0, 0, 0, 0, 0]))])
        let (_, body) = try ResponseHeader.decode(reply, for: .metadata, 13)
        #expect(try MetadataResponse.decode(body, version: 13).topics.map(\.name) == ["orders"])
        try await broker.stop()
    }
}
