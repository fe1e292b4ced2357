import KafkaProtocol
import Records
import Testing

@testable import Broker

/// What Produce refuses, with which error, and that nothing changes then.
@Suite struct ProduceChecksTests {
    /// Produces `bytes` as they are.
    private func produce(
        _ bytes: Bytes,
        _ broker: TestBroker,
        acks: Int16 = -1,
        version: Int16 = 12
    ) async throws -> ErrorCode? {
        let data = ProduceRequest.PartitionProduceData(index: 0, records: RecordsPayload(bytes))
        let request = ProduceRequest(
            acks: acks,
            timeoutMs: 1000,
            topicData: [.init(name: "t", partitionData: [data])]
        )
        return try await broker.send(request, version: version).responses.first?.partitionResponses.first?.errorCode
    }

    /// A batch with the bytes at `position` replaced, and its CRC made right again.
    private func patched(_ bytes: Bytes, at position: Int, _ replacement: [UInt8]) -> Bytes {
        var raw = bytes.withUnsafeBytes { Array($0) }
        raw.replaceSubrange(position..<position + replacement.count, with: replacement)
        let crc = raw[21...].withUnsafeBytes { crc32c($0) }
        raw.replaceSubrange(17..<21, with: withUnsafeBytes(of: crc.bigEndian) { Array($0) })
        return Bytes(raw)
    }

    private func compressed(_ compression: Compression) throws -> Bytes {
        var builder = RecordBatchBuilder(compression: compression)
        builder.append(timestamp: 1000, key: nil, value: Bytes(utf8: "value"))
        return try builder.build()
    }

    private func joined(_ batches: [Bytes]) -> Bytes { Bytes(batches.flatMap { $0.withUnsafeBytes { Array($0) } }) }

    @Test func `malformed batches are refused and leave the log as it was`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t", configs: ["max.message.bytes": "1000"])
        let good = try batch(["a", "b"])
        let refused: [(String, Bytes, ErrorCode)] = [
            ("two batches", joined([good, good]), .invalidRecord),
            ("no batch", Bytes(), .invalidRecord),
            ("a base offset of 7", patched(good, at: 0, [0, 0, 0, 0, 0, 0, 0, 7]), .invalidRecord),
            ("three records announced, two there", patched(good, at: 57, [0, 0, 0, 3]), .invalidRecord),
            ("no record announced", patched(good, at: 57, [0, 0, 0, 0]), .invalidRecord),
            ("a negative last offset delta", patched(good, at: 23, [0xff, 0xff, 0xff, 0xff]), .invalidRecord),
            ("an unknown codec", patched(good, at: 21, [0, 5]), .invalidRecord),
            ("a control batch", patched(good, at: 21, [0, 0x20]), .invalidRecord),
            ("the log's timestamp type", patched(good, at: 21, [0, 8]), .invalidTimestamp),
            ("more than max.message.bytes", try batch([String(repeating: "x", count: 1000)]), .messageTooLarge),
            ("a length over the end", patched(good, at: 8, [0, 1, 0, 0]), .invalidRecord),
            ("a length that no batch has", patched(good, at: 8, [0, 0, 0, 13]), .corruptMessage),
            ("the format before", patched(good, at: 16, [1]), .invalidRecord),
            ("a format that does not exist", patched(good, at: 16, [3]), .corruptMessage),
        ]
        for (what, bytes, code) in refused {
            #expect(try await produce(bytes, broker) == code, "\(what)")
        }
        #expect(try await broker.fetch("t").isEmpty)
        #expect(try await produce(good.copied(), broker) == ErrorCode.none)
        #expect(try await broker.fetch("t") == ["a", "b"])
        try await broker.stop()
    }

    @Test func `what follows the batch is left out where it is no batch`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        let half = try batch(["b"]).withUnsafeBytes { Array($0.prefix(40)) }
        #expect(try await produce(joined([try batch(["a"]), Bytes(half)]), broker) == ErrorCode.none)
        #expect(try await produce(try batch(["c"]), broker) == ErrorCode.none)
        #expect(try await broker.fetch("t") == ["a", "c"])
        try await broker.stop()
    }

    @Test func `a transaction's records are refused in a request without its id`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        var builder = RecordBatchBuilder(producerID: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true)
        builder.append(timestamp: 1000, key: nil, value: Bytes(utf8: "value"))
        for version in ProduceRequest.versions where version < 13 {
            let code = try await produce(try builder.build().copied(), broker, version: version)
            #expect(code == .transactionalIdAuthorizationFailed)
        }
        #expect(try await broker.fetch("t").isEmpty)
        try await broker.stop()
    }

    @Test func `zstd is for clients that know it`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t")
        #expect(try await produce(try compressed(.zstd), broker, version: 6) == .unsupportedCompressionType)
        #expect(try await produce(try compressed(.zstd), broker, version: 7) == ErrorCode.none)
        for codec in [Compression.gzip, .snappy, .lz4] {
            #expect(try await produce(try compressed(codec), broker, version: 3) == ErrorCode.none)
        }
        #expect(try await broker.fetch("t").count == 4)
        try await broker.stop()
    }

    @Test func `a timestamp too far off is refused`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t", configs: ["message.timestamp.before.max.ms": "60000"])
        let now = Timestamp.now().rawValue
        let hour: Int64 = 3_600_000
        #expect(try await produce(try batch(["a"], timestamp: Timestamp(now + 2 * hour)), broker) == .invalidTimestamp)
        #expect(try await produce(try batch(["a"], timestamp: Timestamp(.max)), broker) == .invalidTimestamp)
        #expect(try await produce(try batch(["a"], timestamp: Timestamp(now - hour)), broker) == .invalidTimestamp)
        #expect(try await produce(try batch(["a"], timestamp: Timestamp(now + hour / 2)), broker) == ErrorCode.none)
        try await broker.stop()
    }

    @Test func `acks from all never needs more replicas than there are`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("t", configs: ["min.insync.replicas": "2"])
        #expect(try await produce(try batch(["a"]), broker) == ErrorCode.none)
        try await broker.stop()
    }
}
