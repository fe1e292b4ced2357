import Records
import Testing

@Suite struct RecordBatchTests {
    static func batch(_ values: [String], baseOffset: Offset = 0, compression: Compression = .none) throws -> Bytes {
        var builder = RecordBatchBuilder(compression: compression, baseOffset: baseOffset)
        for value in values { builder.append(timestamp: 1000, key: nil, value: Bytes(utf8: value)) }
        return try builder.build()
    }

    /// `batch` with `change` made to its bytes and the CRC set again.
    static func altered(_ batch: Bytes, _ change: (UnsafeMutableRawBufferPointer) -> Void) throws -> RecordBatch {
        let copy = batch.copied()
        copy.withUnsafeMutableBytesOfSoleOwner(change)
        let crc = try RecordBatch(copy).computedCRC
        copy.withUnsafeMutableBytesOfSoleOwner { $0.storeBytes(of: crc.bigEndian, toByteOffset: 17, as: UInt32.self) }
        return try RecordBatch(copy)
    }

    func kind(_ body: () throws -> Void) -> RecordsError.Kind? {
        do {
            try body()
            return nil
        } catch { return (error as? RecordsError)?.kind }
    }

    @Test func `batches that follow each other are walked, and a cut one ends the walk`() throws {
        var buffer = RawBuffer()
        for index in 0..<3 {
            buffer.append(try RecordBatchTests.batch(["a", "b"], baseOffset: Offset(Int64(index) * 2)))
        }
        let whole = buffer.bytes()
        let batches = try RecordBatch.batches(in: whole).all()
        #expect(batches.map(\.baseOffset) == [0, 2, 4])
        #expect(batches.last?.nextOffset == 6)
        let size = whole.count / 3
        for cut in 0..<size {
            var walk = RecordBatch.batches(in: whole[0..<size * 2 + cut])
            var count = 0
            while try walk.next() != nil { count += 1 }
            #expect(count == 2)
            #expect(walk.position == size * 2)
            #expect(walk.hasPartialBatch == (cut > 0))
        }
    }

    @Test func `a malformed batch in a walk throws with its place among all bytes`() throws {
        var buffer = RawBuffer()
        let first = try RecordBatchTests.batch(["a"])
        buffer.append(first)
        let bad = try RecordBatchTests.batch(["b"]).copied()
        bad.withUnsafeMutableBytesOfSoleOwner { $0[16] = 1 }
        buffer.append(bad)
        var walk = RecordBatch.batches(in: buffer.bytes())
        _ = try walk.next()
        do {
            _ = try walk.next()
            Issue.record("no error")
        } catch {
            #expect(error.kind == .unsupportedMagic)
            #expect(error.byteOffset == first.count + 16)
        }
    }

    @Test func `a batch cut anywhere is refused as truncated`() throws {
        let bytes = try RecordBatchTests.batch(["value"])
        for cut in 0..<bytes.count {
            #expect(kind { _ = try RecordBatch(bytes[0..<cut]) } == .truncatedBatch)
        }
        #expect(try RecordBatch(bytes).bytes == bytes)
    }

    @Test(arguments: [Int32.min, -1, 0, 48]) func `a length below the header's is refused`(_ length: Int32) throws {
        let bytes = try RecordBatchTests.batch(["value"]).copied()
        bytes.withUnsafeMutableBytesOfSoleOwner { $0.storeBytes(of: length.bigEndian, toByteOffset: 8, as: Int32.self) }
        #expect(kind { _ = try RecordBatch(bytes) } == .invalidBatchLength)
    }

    @Test func `one flipped bit is a checksum mismatch`() throws {
        let bytes = try RecordBatchTests.batch(["value"])
        for position in 21..<bytes.count {
            let copy = bytes.copied()
            copy.withUnsafeMutableBytesOfSoleOwner { $0[position] ^= 0x10 }
            #expect(kind { try RecordBatch(copy).validateCRC() } == .checksumMismatch)
        }
    }

    @Test(arguments: [-1, 1, 3, Int32.max, Int32.min]) func `a record count that does not match is refused`(
        _ count: Int32
    ) throws {
        for compression in Compression.allCases {
            let bytes = try RecordBatchTests.batch(["one", "two"], compression: compression)
            let batch = try RecordBatchTests.altered(bytes) {
                $0.storeBytes(of: count.bigEndian, toByteOffset: 57, as: Int32.self)
            }
            #expect(kind { _ = try batch.records() } != nil, "\(compression)")
        }
    }

    @Test func `an unknown codec is refused`() throws {
        let batch = try RecordBatchTests.altered(try RecordBatchTests.batch(["one"])) { $0[22] = 5 }
        #expect(kind { _ = try batch.records() } == .unknownCompression)
    }

    @Test func `more decompressed bytes than allowed are refused`() throws {
        for compression in Compression.allCases where compression != .none {
            let value = String(repeating: "x", count: 100_000)
            let batch = try RecordBatch(try RecordBatchTests.batch([value], compression: compression))
            #expect(
                kind { _ = try batch.records(maxDecompressedBytes: 100_000) } == .decompressedTooLarge,
                "\(compression)"
            )
            #expect(try batch.records(maxDecompressedBytes: 100_100).count == 1)
        }
    }

    @Test func `offset and leader epoch are assigned in place outside the checksum`() throws {
        var buffer = RawBuffer()
        buffer.append(zeroes: 5)
        buffer.append(try RecordBatchTests.batch(["one", "two"]))
        let frame = buffer.bytes()
        RecordBatch.assign(baseOffset: 77, leaderEpoch: 3, in: frame, at: 5)
        let batch = try RecordBatch(frame[5...])
        try batch.validateCRC()
        #expect(batch.baseOffset == 77)
        #expect(batch.nextOffset == 79)
        #expect(batch.partitionLeaderEpoch == 3)
        #expect(try batch.records().map(\.offset) == [77, 78])
    }

    @Test func `append time replaces the records' own and renews the checksum`() throws {
        let batch = try RecordBatch(try RecordBatchTests.batch(["one", "two"]))
        batch.setMaxTimestampInPlace(5000, type: .logAppendTime)
        try batch.validateCRC()
        #expect(batch.timestampType == .logAppendTime)
        #expect(try batch.records().map(\.timestamp) == [5000, 5000])
        batch.setMaxTimestampInPlace(1000, type: .createTime)
        try batch.validateCRC()
        #expect(try batch.records().map(\.timestamp) == [1000, 1000])
    }

    @Test func `sequence numbers wrap to zero`() {
        #expect(RecordBatch.sequence(Int32.max, advancedBy: 1) == 0)
        #expect(RecordBatch.sequence(Int32.max - 1, advancedBy: 3) == 1)
        #expect(RecordBatch.sequence(5, advancedBy: 0) == 5)
    }

    @Test func `key and value are slices of the batch`() throws {
        let batch = try RecordBatch(try RecordBatchTests.batch(["one"]))
        let value = try #require(try batch.records().first?.value)
        batch.bytes.withUnsafeBytes { whole in
            value.withUnsafeBytes { part in
                #expect(part.baseAddress.map { whole.contains($0) } == true)
            }
        }
    }

    @Test func `what the visitor throws ends the visit`() throws {
        struct Stop: Error {}
        let batch = try RecordBatch(try RecordBatchTests.batch(["one", "two", "three"]))
        var seen = 0
        #expect(throws: Stop.self) {
            try batch.forEachRecord { _ in
                seen += 1
                if seen == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func contains(_ address: UnsafeRawPointer) -> Bool {
        guard let baseAddress else { return false }
        return address >= baseAddress && address < baseAddress + count
    }
}
