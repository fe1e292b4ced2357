import Records
import Testing

/// Bytes from a peer that lies: every input ends in records or in a `RecordsError`.
@Suite struct HostileBytesTests {
    /// Reads everything there is to read.
    private func read(_ bytes: Bytes) throws(RecordsError) {
        var walk = RecordBatch.batches(in: bytes)
        while let batch = try walk.next() {
            _ = (batch.nextOffset, batch.lastSequence, batch.deleteHorizon, batch.compression)
            if batch.isControl { _ = try? ControlRecord(batch) }
            var reader = try batch.makeRecordReader(maxDecompressedBytes: 1 << 20)
            var sound = reader.bytes.count <= max(1 << 20, bytes.count)
            while let view = try reader.next() {
                let record = view.record()
                sound = sound && (record.key?.count ?? 0) + (record.value?.count ?? 0) <= reader.bytes.count
                sound = sound && record.headers.count == view.headerCount
            }
            if !sound { Issue.record("more came out of \(bytes) than it holds") }
        }
    }

    private func outcome(_ bytes: Bytes) -> RecordsError.Kind? {
        do {
            try read(bytes)
            return nil
        } catch { return error.kind }
    }

    /// A batch of random records.
    private func batch(_ compression: Compression, _ generator: inout SeededGenerator) throws -> Bytes {
        var builder = RecordBatchBuilder(compression: compression)
        for index in 0..<Int64.random(in: 1...12, using: &generator) {
            let record = generator.record(offset: Offset(index))
            builder.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
        }
        return try builder.build()
    }

    @Test(arguments: Compression.allCases)
    func `mutated batches end in records or an error`(_ compression: Compression) throws {
        let seed: UInt64 = 0x5eed_0002
        print("mutated batches, \(compression.name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        var sound = Bytes()
        for index in 0..<3000 {
            if index % 8 == 0 { sound = try batch(compression, &generator) }
            let bytes = sound.copied()
            bytes.withUnsafeMutableBytesOfSoleOwner { raw in
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    // Mostly within the records; the header's length and magic would hide the rest.
                    let from = Int.random(in: 0..<8, using: &generator) == 0 ? 0 : 57
                    let position = Int.random(in: from..<raw.count, using: &generator)
                    raw[position] =
                        [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &generator)]
                        .randomElement(using: &generator) ?? 0
                }
            }
            if outcome(bytes) != nil { refused += 1 }
        }
        #expect(refused > 300)
    }

    @Test(arguments: Compression.allCases)
    func `records cut short end in an error`(_ compression: Compression) throws {
        let seed: UInt64 = 0x5eed_0003
        print("cut records, \(compression.name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var whole = Bytes()
        for index in 0..<600 {
            if index % 4 == 0 { whole = try batch(compression, &generator) }
            let cut = whole[0..<Int.random(in: RecordBatch.headerSize..<whole.count, using: &generator)].copied()
            cut.withUnsafeMutableBytesOfSoleOwner {
                $0.storeBytes(of: Int32(cut.count - 12).bigEndian, toByteOffset: 8, as: Int32.self)
            }
            #expect(outcome(cut) != nil, "\(cut.count) of \(whole.count) bytes of \(whole)")
        }
    }

    @Test func `random bytes behind a sound header end in records or an error`() throws {
        let seed: UInt64 = 0x5eed_0004
        print("random bytes: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<4000 {
            let body = generator.bytes(maxCount: 200, letters: [2, 16, 256].randomElement(using: &generator) ?? 2)
            var buffer = RawBuffer()
            buffer.append(int64: Int64(bitPattern: generator.next()))
            buffer.append(int32: Int32(body.count + 49))
            buffer.append(int32: Int32(truncatingIfNeeded: generator.next()))
            buffer.append(int8: 2)
            buffer.append(int32: 0)
            buffer.append(int16: Int16(truncatingIfNeeded: generator.next()))
            for _ in 0..<3 { buffer.append(int64: Int64(bitPattern: generator.next())) }
            buffer.append(int64: Int64(bitPattern: generator.next()))
            buffer.append(int16: 0)
            buffer.truncate(to: 57)
            buffer.append(int32: Int32.random(in: -1...30, using: &generator))
            buffer.append(body)
            _ = outcome(buffer.bytes())
        }
    }

    @Test func `random bytes alone end in an error or in nothing`() {
        let seed: UInt64 = 0x5eed_0005
        print("random bytes alone: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 { _ = outcome(generator.bytes(maxCount: 150)) }
    }

    @Test func `a huge header count is refused before memory is reserved`() throws {
        var body = RawBuffer()
        body.append(uint8: 0)
        body.append(varlong: 0)
        body.append(varint: 0)
        body.append(varint: -1)
        body.append(varint: -1)
        body.append(varint: Int32.max)
        var buffer = RawBuffer()
        buffer.append(try RecordBatchTests.batch(["x"]))
        buffer.truncate(to: RecordBatch.headerSize)
        buffer.append(varint: Int32(body.count))
        buffer.append(body.bytes())
        buffer.write(int32: Int32(buffer.count - 12), at: 8)
        #expect(outcome(buffer.bytes()) == .invalidRecord)
    }

    @Test func `a null key may be any negative length, as in Java`() throws {
        var body = RawBuffer()
        body.append(uint8: 0)
        body.append(varlong: 0)
        body.append(varint: 0)
        body.append(varint: Int32.min)
        body.append(varint: -7)
        body.append(varint: 0)
        var buffer = RawBuffer()
        buffer.append(try RecordBatchTests.batch(["x"]))
        buffer.truncate(to: RecordBatch.headerSize)
        buffer.append(varint: Int32(body.count))
        buffer.append(body.bytes())
        buffer.write(int32: Int32(buffer.count - 12), at: 8)
        let record = try #require(try RecordBatch(buffer.bytes()).records().first)
        #expect(record.key == nil)
        #expect(record.value == nil)
    }
}
