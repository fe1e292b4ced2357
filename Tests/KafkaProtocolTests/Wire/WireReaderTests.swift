import Records
import Testing

@testable import KafkaProtocol

@Suite struct WireReaderTests {
    @Test func `an error names the path of the field and its offset`() throws {
        var partition = ProduceRequest.PartitionProduceData(index: 7, records: RecordsPayload(Bytes([1, 2, 3])))
        partition.records = RecordsPayload(Bytes([1, 2, 3, 4]))
        let topic = ProduceRequest.TopicProduceData(name: "orders", partitionData: [partition])
        let bytes = try ProduceRequest(topicData: [topic, topic]).encoded(version: 3)
        let error = #expect(throws: WireError.self) {
            try ProduceRequest.decode(bytes[..<(bytes.count - 1)], version: 3)
        }
        #expect(error?.field == "topicData[1].partitionData[0].records")
        #expect(error?.kind == .endOfBytes(needed: 4, remaining: 3))
        #expect(error?.byteOffset == bytes.count - 8)
    }

    @Test func `a string that is not UTF-8 is refused by name`() {
        let bytes: Bytes = [0, 2, 0xc3, 0x28]
        #expect(throws: WireError(.invalidUTF8, field: "mechanism", byteOffset: 2)) {
            try SaslHandshakeRequest.decode(bytes, version: 1)
        }
    }

    @Test func `null where the version allows none is refused`() {
        let bytes: Bytes = [0xff, 0xff]
        #expect(throws: WireError(.unexpectedNull, field: "mechanism", byteOffset: 0)) {
            try SaslHandshakeRequest.decode(bytes, version: 1)
        }
        #expect(throws: WireError(.unexpectedNull, field: "topics", byteOffset: 0)) {
            try MetadataRequest.decode([0xff, 0xff, 0xff, 0xff], version: 0)
        }
        #expect(throws: Never.self) { try MetadataRequest.decode([0xff, 0xff, 0xff, 0xff], version: 1) }
    }

    @Test func `a count that the bytes cannot hold is refused before anything is allocated`() {
        let bytes: Bytes = [0x7f, 0xff, 0xff, 0xff, 0, 0]
        #expect(throws: WireError(.impossibleCount(Int(Int32.max), remaining: 2), field: "topics", byteOffset: 0)) {
            try MetadataRequest.decode(bytes, version: 1)
        }
    }

    @Test func `bytes after the message are refused`() throws {
        let bytes = Bytes(Array(try HeartbeatRequest().encoded(version: 4)) + [9])
        #expect(throws: WireError(.trailingBytes(1), field: "", byteOffset: bytes.count - 1)) {
            try HeartbeatRequest.decode(bytes, version: 4)
        }
    }

    @Test func `a version that the message does not have is refused`() {
        #expect(throws: WireError(.unsupportedVersion(14, supported: 3...13), field: "", byteOffset: 0)) {
            try ProduceRequest.decode([], version: 14)
        }
    }

    @Test func `records are a slice of the frame`() throws {
        let payload = Bytes([UInt8](repeating: 5, count: 100))
        let partition = ProduceRequest.PartitionProduceData(index: 0, records: RecordsPayload(payload))
        let topic = ProduceRequest.TopicProduceData(name: "orders", partitionData: [partition])
        let frame = try ProduceRequest(topicData: [topic]).encoded(version: 9)
        let decoded = try ProduceRequest.decode(frame, version: 9)
        let slice = try #require(decoded.topicData.first?.partitionData.first?.records?.bytes)
        #expect(slice == payload)
        let inFrame = frame.withUnsafeBytes { outer in
            slice.withUnsafeBytes { inner in
                guard let frameStart = outer.baseAddress, let start = inner.baseAddress else { return false }
                return frameStart <= start && start < frameStart + outer.count
            }
        }
        #expect(inFrame)
    }

    @Test func `a tagged field that is longer than its content is refused`() throws {
        // FetchRequest version 12 ends with its tagged fields; cluster id is tag 0.
        var bytes = Array(try FetchRequest().encoded(version: 12).dropLast())
        bytes += [1, 0, 3, 2, 0x61, 0x62]
        let error = #expect(throws: WireError.self) { try FetchRequest.decode(Bytes(bytes), version: 12) }
        #expect(error?.kind == .taggedFieldSize(unread: 1))
    }
}
