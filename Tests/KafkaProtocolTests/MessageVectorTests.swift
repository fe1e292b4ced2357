import Foundation
import Records
import Testing

@testable import KafkaProtocol

@Suite struct MessageVectorTests {
    @Test func `there are vectors for every request and response`() {
        #expect(TestData.vectors.count == 1875)
        let covered = Set(TestData.vectors.map(\.message))
        let missing = KafkaMessages.all.filter { $0 is any KafkaRequest.Type || $0 is any KafkaResponse.Type }
            .map { $0.messageName }.filter { !covered.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test func `every vector is decoded to what the official reader sees, and encoded to the same bytes`() throws {
        for vector in TestData.vectors where !vector.message.hasSuffix("Header") {
            let type = try #require(TestData.messagesByName[vector.message], "\(vector.message)")
            try check(type, vector)
        }
    }

    private func check<T: KafkaMessage>(_ type: T.Type, _ vector: TestData.Vector) throws {
        let message = try T.decode(vector.bytes, version: vector.version)
        #expect(try message.encoded(version: vector.version) == vector.bytes, "\(T.messageName) \(vector.version)")
        let json = try #require(TestData.object(vector.jsonLine)?["json"] as? [String: Any])
        var comparison = JSONComparison()
        comparison.compare(try #require(message as? any WireStruct), json, at: "\(T.messageName) \(vector.version)")
        #expect(comparison.differences.isEmpty)
    }

    @Test func `every vector of a request header is decoded and encoded to the same bytes`() throws {
        let vectors = TestData.vectors.filter { $0.message == "RequestHeader" }
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let (header, body) = try RequestHeader.decode(vector.bytes, headerVersion: vector.version)
            #expect(body.isEmpty)
            let json = try #require(TestData.object(vector.jsonLine)?["json"] as? [String: Any])
            #expect(json["requestApiKey"] as? Int == Int(header.apiKey.rawValue))
            #expect(json["requestApiVersion"] as? Int == Int(header.apiVersion))
            #expect(json["correlationId"] as? Int == Int(header.correlationID))
            #expect(json["clientId"] as? String == header.clientID)
            var writer = WireWriter(version: vector.version, flexible: vector.version >= 2)
            try header.encode(to: &writer, headerVersion: vector.version)
            #expect(try writer.finishBytes() == vector.bytes)
        }
    }

    @Test func `every vector of a response header is decoded and encoded to the same bytes`() throws {
        let vectors = TestData.vectors.filter { $0.message == "ResponseHeader" }
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let (header, body) = try ResponseHeader.decode(vector.bytes, headerVersion: vector.version)
            #expect(body.isEmpty)
            let json = try #require(TestData.object(vector.jsonLine)?["json"] as? [String: Any])
            #expect(json["correlationId"] as? Int == Int(header.correlationID))
            var writer = WireWriter(version: vector.version, flexible: vector.version >= 1)
            try header.encode(to: &writer, headerVersion: vector.version)
            #expect(try writer.finishBytes() == vector.bytes)
        }
    }
}
