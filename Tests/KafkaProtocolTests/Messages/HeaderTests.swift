import Records
import Testing

@testable import KafkaProtocol

@Suite struct HeaderTests {
    @Test func `a request header is flexible where its body is, but the client id never`() throws {
        let header = RequestHeader(apiKey: .metadata, apiVersion: 9, correlationID: 258, clientID: "c")
        var writer = WireWriter(version: 9, flexible: true)
        try header.encode(to: &writer)
        #expect(try writer.finishBytes() == [0, 3, 0, 9, 0, 0, 1, 2, 0, 1, 0x63, 0])
        #expect(RequestHeader.version(for: .metadata, 8) == 1)
        #expect(RequestHeader.version(for: .metadata, 9) == 2)
        #expect(RequestHeader.version(for: .controlledShutdown, 0) == 0)
    }

    @Test func `an ApiVersions response has a header of version 0 at every version`() {
        for version in Int16(0)...4 { #expect(ResponseHeader.version(for: .apiVersions, version) == 0) }
        #expect(ResponseHeader.version(for: .metadata, 8) == 0)
        #expect(ResponseHeader.version(for: .metadata, 9) == 1)
    }

    @Test func `a frame is split into header and body, for every API and version`() throws {
        for type in KafkaMessages.all {
            guard let request = type as? any KafkaRequest.Type else { continue }
            for version in request.versions { try check(request, version) }
        }
    }

    private func check<T: KafkaRequest>(_ type: T.Type, _ version: Int16) throws {
        let frame = try RecordsPayload(parts: T().frame(version: version, correlationID: 9, clientID: nil)).load()
        let (header, body) = try RequestHeader.decode(frame)
        #expect(header == RequestHeader(apiKey: T.apiKey, apiVersion: version, correlationID: 9, clientID: nil))
        #expect(try T.decode(body, version: version) == T())

        let answer = try RecordsPayload(parts: T.Response().frame(version: version, correlationID: 9)).load()
        let (responseHeader, responseBody) = try ResponseHeader.decode(answer, for: T.apiKey, version)
        #expect(responseHeader.correlationID == 9)
        #expect(try T.Response.decode(responseBody, version: version) == T.Response())
    }

    @Test func `a header that ends early is an error that names the field`() {
        #expect(throws: WireError(.endOfBytes(needed: 4, remaining: 2), field: "correlationId", byteOffset: 4)) {
            try RequestHeader.decode([0, 3, 0, 9, 0, 0])
        }
    }
}
