import CLimits
import Records

/// Visits key, value and time of the records of batches, against a loop in C that follows the same lengths and checks
/// nothing.
struct DecodeBenchmark: Benchmark {
    let name = "decode"
    let summary = "visit the records of a batch, against a raw loop over its bytes"

    func run(_ session: Session) async throws {
        let keys = SampleRecords.keyNumbers(6400).map { Array(SampleRecords.stringKey($0).prefix(10)) }
        let batches = try SampleRecords.batches(keys, value: Array(SampleRecords.text(90).utf8), recordsPerBatch: 100)
        let repeats = 100
        let expected = limit(batches)
        func rounds(_ body: ([RecordBatch]) throws -> Int64) throws -> Int {
            for _ in 0..<repeats {
                guard try body(batches) == expected else { throw BenchmarkError("the loops see different records") }
            }
            return repeats * keys.count
        }
        try await session.compare("cursor over a batch's records", per: "record", budget: 2) { _ in
            try rounds(cursor)
        } limit: { _ in
            try rounds(limit)
        }
        try await session.compare("forEachRecord", per: "record", budget: 2) { _ in
            try rounds(visit)
        } limit: { _ in
            try rounds(limit)
        }
    }

    @inline(never)
    private func cursor(_ batches: [RecordBatch]) throws -> Int64 {
        var sum: Int64 = 0
        for batch in batches {
            var reader = try batch.makeRecordReader()
            while let record = try reader.next() { sum &+= DecodeBenchmark.digest(record) }
        }
        return sum
    }

    @inline(never)
    private func visit(_ batches: [RecordBatch]) throws -> Int64 {
        var sum: Int64 = 0
        for batch in batches { try batch.forEachRecord { sum &+= DecodeBenchmark.digest($0) } }
        return sum
    }

    @inline(__always)
    private static func digest(_ record: RecordView) -> Int64 {
        Int64(record.keyBytes?.first ?? 0) &+ Int64(record.valueBytes?.first ?? 0) &+ record.timestamp.rawValue
    }

    @inline(never)
    private func limit(_ batches: [RecordBatch]) -> Int64 {
        var sum: Int64 = 0
        for batch in batches {
            batch.bytes.withUnsafeBytes { bytes in
                sum &+= limits_visit_records(
                    bytes.baseAddress?.advanced(by: RecordBatch.headerSize),
                    batch.recordCount,
                    batch.baseTimestamp.rawValue
                )
            }
        }
        return sum
    }
}
