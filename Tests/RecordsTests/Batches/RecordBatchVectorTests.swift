import Foundation
import Records
import Testing

/// The 62 batches that the official Java client made.
@Suite struct RecordBatchVectorTests {
    struct Vector: Decodable, Sendable, CustomStringConvertible {
        struct Item: Decodable, Sendable {
            let offset: Int64
            let timestamp: Int64
            let key: String?
            let value: String?
            let headers: [[String?]]
        }

        let hex: String
        let baseOffset: Int64
        let producerId: Int64
        let producerEpoch: Int16
        let control: String?
        let coordinatorEpoch: Int32?
        let compression: String?
        let timestampType: String?
        let lastOffset: Int64?
        let partitionLeaderEpoch: Int32?
        let baseSequence: Int32?
        let transactional: Bool?
        let maxTimestamp: Int64?
        let crc: UInt32?
        let records: [Item]?

        var description: String {
            let kind = control ?? "\(compression ?? "") \(timestampType ?? "")"
            return "\(kind) at \(baseOffset), \(records?.count ?? 1) records"
        }

        var expectedRecords: [Record] {
            (records ?? []).map { item in
                Record(
                    offset: Offset(item.offset),
                    timestamp: Timestamp(item.timestamp),
                    key: item.key.map { Bytes(utf8: $0) },
                    value: item.value.map { Bytes(utf8: $0) },
                    headers: item.headers.map { Header(key: $0[0] ?? "", value: $0[1].map { Bytes(utf8: $0) }) }
                )
            }
        }
    }

    static func all() throws -> [Vector] {
        try TestData.lines("record-batch-vectors.jsonl").map { line in
            try JSONDecoder().decode(Vector.self, from: Data(line.utf8))
        }
    }

    static func data() throws -> [Vector] { try all().filter { $0.control == nil } }
    static func control() throws -> [Vector] { try all().filter { $0.control != nil } }

    @Test func `there are 62 vectors`() throws {
        #expect(try RecordBatchVectorTests.all().count == 62)
    }

    @Test(arguments: try data())
    func `header, checksum and records are what Java wrote`(_ vector: Vector) throws {
        let bytes = try Bytes(hex: vector.hex)
        let batch = try RecordBatch(bytes)
        try batch.validateCRC()
        #expect(batch.bytes == bytes)
        #expect(batch.sizeInBytes == bytes.count)
        #expect(batch.magic == 2)
        #expect(batch.crc == vector.crc)
        #expect(batch.compression.name == vector.compression)
        #expect(batch.timestampType.name == vector.timestampType)
        #expect(batch.baseOffset.rawValue == vector.baseOffset)
        #expect(batch.lastOffset.rawValue == vector.lastOffset)
        #expect(batch.partitionLeaderEpoch.rawValue == vector.partitionLeaderEpoch)
        #expect(batch.producerID.rawValue == vector.producerId)
        #expect(batch.producerEpoch.rawValue == vector.producerEpoch)
        #expect(batch.baseSequence == vector.baseSequence)
        #expect(batch.isTransactional == vector.transactional)
        #expect(!batch.isControl)
        #expect(!batch.hasDeleteHorizon)
        #expect(batch.maxTimestamp.rawValue == vector.maxTimestamp)
        #expect(Int(batch.recordCount) == vector.records?.count)
        #expect(try batch.records() == vector.expectedRecords)
    }

    @Test(arguments: try data())
    func `the builder writes the bytes that Java wrote`(_ vector: Vector) throws {
        let original = try RecordBatch(Bytes(hex: vector.hex))
        let rebuilt = try RecordBatch(rebuild(original))
        try rebuilt.validateCRC()
        #expect(try rebuilt.records() == vector.expectedRecords)
        if original.compression == .none {
            #expect(rebuilt.bytes == original.bytes)
        } else {
            #expect(rebuilt.attributes == original.attributes)
            let differing = 8..<12, crc = 17..<21
            for position in 0..<RecordBatch.headerSize where !differing.contains(position) && !crc.contains(position) {
                #expect(rebuilt.bytes[position] == original.bytes[position], "header byte \(position)")
            }
        }
    }

    @Test(arguments: try control())
    func `a transaction marker reads and writes as in Java`(_ vector: Vector) throws {
        let bytes = try Bytes(hex: vector.hex)
        let batch = try RecordBatch(bytes)
        try batch.validateCRC()
        #expect(batch.isControl)
        #expect(batch.isTransactional)
        let epoch = try #require(vector.coordinatorEpoch)
        let record = try ControlRecord(batch)
        #expect(
            record.kind
                == (vector.control == "COMMIT" ? .commit(coordinatorEpoch: epoch) : .abort(coordinatorEpoch: epoch))
        )
        #expect(batch.producerID.rawValue == vector.producerId)
        #expect(batch.producerEpoch.rawValue == vector.producerEpoch)
        let written = try record.batch(
            baseOffset: Offset(vector.baseOffset),
            timestamp: batch.maxTimestamp,
            partitionLeaderEpoch: batch.partitionLeaderEpoch,
            producerID: batch.producerID,
            producerEpoch: batch.producerEpoch
        )
        #expect(written == bytes)
    }

    /// Builds the batch anew from its records and header.
    private func rebuild(_ batch: RecordBatch) throws -> Bytes {
        var builder = RecordBatchBuilder(
            compression: batch.compression,
            timestampType: batch.timestampType,
            producerID: batch.producerID,
            producerEpoch: batch.producerEpoch,
            baseSequence: batch.baseSequence,
            isTransactional: batch.isTransactional,
            partitionLeaderEpoch: batch.partitionLeaderEpoch
        )
        if batch.timestampType == .logAppendTime { builder.logAppendTime = batch.maxTimestamp }
        // The records' own times are in the deltas, which the reader passes over where the append's time counts.
        let copy = try RecordBatch(batch.bytes.copied())
        copy.setMaxTimestampInPlace(batch.maxTimestamp, type: .createTime)
        for record in try copy.records() {
            builder.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
        }
        return try builder.build(baseOffset: batch.baseOffset)
    }
}
