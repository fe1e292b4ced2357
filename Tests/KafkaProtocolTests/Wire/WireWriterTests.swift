import Records
import Testing

@testable import KafkaProtocol

@Suite struct WireWriterTests {
    @Test func `a field that the version does not have is an error unless it is ignorable`() throws {
        var request = ListOffsetsRequest(isolationLevel: 1)
        #expect(throws: WireError(.notInVersion(1), field: "isolationLevel", byteOffset: 4)) {
            try request.encoded(version: 1)
        }
        request.isolationLevel = 0
        #expect(throws: Never.self) { try request.encoded(version: 1) }

        let response = HeartbeatResponse(throttleTimeMs: 5, errorCode: .none)
        #expect(try response.encoded(version: 0) == [0, 0])
    }

    @Test func `an error while encoding names the path of the field`() {
        let topic = MetadataRequest.MetadataRequestTopic(topicId: TopicID(KafkaUUID(high: 1, low: 1)), name: nil)
        let error = #expect(throws: WireError.self) { try MetadataRequest(topics: [topic]).encoded(version: 9) }
        #expect(error?.field == "topics[0].name")
        #expect(error?.kind == .unexpectedNull)
    }

    @Test func `a string beyond its prefix is an error`() {
        let request = SaslHandshakeRequest(mechanism: String(repeating: "x", count: 32_768))
        let error = #expect(throws: WireError.self) { try request.encoded(version: 1) }
        #expect(error?.kind == .tooLong(32_768))
    }

    @Test func `records pass through in pieces, regions included`() throws {
        let inMemory = Bytes([1, 2, 3])
        let region = TestRegion(content: Bytes([4, 5]))
        let partition = FetchResponse.PartitionData(
            partitionIndex: 3,
            records: RecordsPayload(parts: [.bytes(inMemory), .region(region)])
        )
        let response = FetchResponse(responses: [.init(topic: "orders", partitions: [partition, partition])])
        let parts = try response.frame(version: 12, correlationID: 1)
        // Header and fields, two pieces, fields, two pieces, tagged fields.
        #expect(parts.count == 7)
        guard case .region(let passed) = parts[2], case .bytes(let first) = parts[1] else {
            Issue.record("the pieces are not what was given")
            return
        }
        #expect(passed.count == 2)
        #expect(first.withUnsafeBytes { $0.baseAddress } == inMemory.withUnsafeBytes { $0.baseAddress })

        let frame = try RecordsPayload(parts: parts).load()
        let (header, body) = try ResponseHeader.decode(frame, for: .fetch, 12)
        #expect(header.correlationID == 1)
        let decoded = try FetchResponse.decode(body, version: 12)
        #expect(decoded.responses.first?.partitions.last?.records?.bytes == [1, 2, 3, 4, 5])
    }

    @Test func `tagged fields that nobody knows survive between known ones`() throws {
        var request = FetchRequest(clusterId: "abc")
        request.unknownTaggedFields = [TaggedField(tag: 7, value: [1, 2]), TaggedField(tag: 300, value: [])]
        let bytes = try request.encoded(version: 12)
        let decoded = try FetchRequest.decode(bytes, version: 12)
        #expect(decoded == request)
        #expect(decoded.unknownTaggedFields.map(\.tag) == [7, 300])
        #expect(try decoded.encoded(version: 12) == bytes)
    }

    @Test func `more than 127 tagged fields are counted in two bytes`() throws {
        var request = HeartbeatRequest(groupId: "g")
        request.unknownTaggedFields = (0..<200).map { TaggedField(tag: $0, value: Bytes([UInt8($0)])) }
        let bytes = try request.encoded(version: 4)
        #expect(try HeartbeatRequest.decode(bytes, version: 4) == request)
    }

    @Test func `tagged fields have no place in an inflexible version`() {
        var request = HeartbeatRequest(groupId: "g")
        request.unknownTaggedFields = [TaggedField(tag: 0, value: [])]
        let error = #expect(throws: WireError.self) { try request.encoded(version: 3) }
        #expect(error?.kind == .notInVersion(3))
    }
}

/// Bytes that pretend to lie in a file.
struct TestRegion: BytesRegion {
    let content: Bytes
    var count: Int { content.count }
    var descriptor: (fileDescriptor: Int32, position: Int64)? { nil }
    func load() -> Bytes { content }
}
