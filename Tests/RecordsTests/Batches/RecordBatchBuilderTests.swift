import Records
import Testing

@Suite struct RecordBatchBuilderTests {
    private func text(_ value: String) -> Bytes { Bytes(utf8: value) }

    @Test func `a batch handed out does not change when the builder goes on`() throws {
        var builder = RecordBatchBuilder(initialCapacity: 256)
        builder.append(timestamp: 1, key: text("k"), value: text(String(repeating: "a", count: 150)))
        let first = try builder.build()
        let copy = first.copied()
        builder.reset()
        builder.append(timestamp: 2, key: nil, value: text(String(repeating: "b", count: 150)))
        let second = try builder.build()
        #expect(first == copy)
        #expect(try RecordBatch(second).records().first?.value == text(String(repeating: "b", count: 150)))
        #expect(try RecordBatch(first).records().first?.key == text("k"))
    }

    @Test func `memory is used again once nobody holds the last batch`() throws {
        var builder = RecordBatchBuilder(initialCapacity: 256)
        let value = text(String(repeating: "a", count: 150))
        func address() throws -> UInt {
            builder.reset()
            builder.append(timestamp: 1, key: nil, value: value)
            return try builder.build().withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        }
        #expect(try address() == address())
    }

    @Test func `a batch without records is refused, but for one that compaction emptied`() throws {
        var builder = RecordBatchBuilder(compression: .zstd, baseOffset: 10)
        #expect(throws: RecordsError.self) { try builder.build() }
        builder.lastOffsetDeltaOverride = 4
        let batch = try RecordBatch(try builder.build())
        try batch.validateCRC()
        #expect(batch.sizeInBytes == RecordBatch.headerSize)
        #expect(batch.lastOffset == 14)
        #expect(batch.baseTimestamp == .none)
        #expect(try batch.records().isEmpty)
    }

    @Test func `offsets may leave gaps but never go back`() throws {
        var builder = RecordBatchBuilder(baseOffset: 100)
        try builder.append(offset: 103, timestamp: 1, key: nil, value: text("a"))
        try builder.append(offset: 110, timestamp: 1, key: nil, value: text("b"))
        for offset: Offset in [110, 109, 99, Offset(100 + Int64(Int32.max) + 1), Offset(Int64.min)] {
            #expect(throws: RecordsError.self) {
                try builder.append(offset: offset, timestamp: 1, key: nil, value: text("c"))
            }
        }
        #expect(builder.count == 2)
        builder.lastOffsetDeltaOverride = 20
        let batch = try RecordBatch(try builder.build())
        #expect(batch.baseOffset == 100)
        #expect(batch.lastOffset == 120)
        #expect(try batch.records().map(\.offset) == [103, 110])
    }

    @Test func `the delete horizon stands as base timestamp`() throws {
        var builder = RecordBatchBuilder()
        builder.deleteHorizon = 9000
        builder.append(timestamp: 1000, key: text("k"), value: nil)
        let batch = try RecordBatch(try builder.build())
        #expect(batch.deleteHorizon == 9000)
        #expect(batch.maxTimestamp == 1000)
        #expect(try batch.records().map(\.timestamp) == [1000])
    }

    @Test func `the estimate is the size of the uncompressed batch`() throws {
        var generator = SeededGenerator(seed: 7)
        var builder = RecordBatchBuilder()
        for index in 0..<200 {
            let record = generator.record(offset: Offset(Int64(index)))
            let before = builder.estimatedSizeInBytes
            builder.append(
                timestamp: record.timestamp,
                key: record.key,
                value: record.value,
                headers: record.headers
            )
            let most = RecordBatchBuilder.maxRecordSize(
                keyCount: record.key?.count ?? 0,
                valueCount: record.value?.count ?? 0,
                headers: record.headers
            )
            #expect(builder.estimatedSizeInBytes - before <= most)
        }
        #expect(try builder.build().count == builder.estimatedSizeInBytes)
    }

    @Test func `a record's length takes the fewest bytes that hold it, also at the limits of a width`() throws {
        let headers = [Header(key: "h", value: nil)]
        for size in Array(0...90) + Array(8150...8210) + Array(1_048_550...1_048_580) {
            for (headers, headersSize) in [([Header](), 1), (headers, 4)] {
                var builder = RecordBatchBuilder()
                builder.append(
                    timestamp: 1,
                    key: nil,
                    value: Bytes([UInt8](repeating: 7, count: size)),
                    headers: headers
                )
                let body = 4 + Varint.size(Int32(size)) + size + headersSize
                let expected = RecordBatch.headerSize + Varint.size(Int32(body)) + body
                #expect(builder.estimatedSizeInBytes == expected, "\(size)")
                let record = try #require(try RecordBatch(try builder.build()).records().first)
                #expect(record.value?.count == size)
                #expect(record.headers == headers)
            }
        }
    }

    @Test func `producer and sequence may be set after the records`() throws {
        var builder = RecordBatchBuilder()
        builder.append(timestamp: 1, key: nil, value: text("a"))
        builder.append(timestamp: 1, key: nil, value: text("b"))
        builder.producerID = 7
        builder.producerEpoch = 2
        builder.baseSequence = Int32.max
        builder.isTransactional = true
        let batch = try RecordBatch(try builder.build())
        try batch.validateCRC()
        #expect(batch.producerID == 7)
        #expect(batch.producerEpoch == 2)
        #expect(batch.baseSequence == Int32.max)
        #expect(batch.lastSequence == 0)
        #expect(batch.isTransactional)
    }

    @Test func `a level that the codec does not have is refused`() throws {
        for (compression, level) in [
            (Compression.gzip, 0), (.gzip, 10), (.lz4, 0), (.lz4, 18), (.zstd, 23), (.snappy, 1),
        ] {
            var builder = RecordBatchBuilder(compression: compression, level: level)
            builder.append(timestamp: 1, key: nil, value: text("a"))
            #expect(throws: RecordsError.self, "\(compression) \(level)") { try builder.build() }
        }
    }
}
