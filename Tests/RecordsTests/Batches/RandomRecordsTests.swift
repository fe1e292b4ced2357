import Records
import Testing

/// Random records through every codec and back.
@Suite struct RandomRecordsTests {
    @Test(arguments: Compression.allCases)
    func `random records come back from the batch`(_ compression: Compression) throws {
        let seed: UInt64 = 0x5eed_0001
        print("random records, \(compression.name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let levels = compression.levels.map { levels in
            [nil, levels.lowerBound, min(levels.upperBound, 17), Int.random(in: 1...9, using: &generator)]
        }
        for round in 0..<20 {
            let baseOffset = Offset(Int64.random(in: 0...1 << 40, using: &generator))
            let level = levels?.randomElement(using: &generator) ?? nil
            var builder = RecordBatchBuilder(compression: compression, level: level, baseOffset: baseOffset)
            var records = [Record]()
            for index in 0..<Int64.random(in: 1...300, using: &generator) {
                let record = generator.record(offset: baseOffset + index)
                builder.append(
                    timestamp: record.timestamp,
                    key: record.key,
                    value: record.value,
                    headers: record.headers
                )
                records.append(record)
            }
            let batch = try RecordBatch(try builder.build())
            try batch.validateCRC()
            let decoded = try batch.records()
            #expect(decoded == records, "seed \(seed), round \(round)")
            #expect(batch.maxTimestamp == records.map(\.timestamp).max())
        }
    }

    @Test func `times at the ends of the range keep their distance`() throws {
        for times: [Timestamp] in [
            [0, Timestamp(Int64.max)], [Timestamp(Int64.max), -1], [-1, Timestamp(Int64.max)],
        ] {
            var builder = RecordBatchBuilder()
            for time in times { builder.append(timestamp: time, key: nil, value: Bytes()) }
            #expect(try RecordBatch(try builder.build()).records().map(\.timestamp) == times)
        }
    }
}
