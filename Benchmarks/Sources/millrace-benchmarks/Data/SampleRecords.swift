import Records

/// Batches to read, with the same content in every run.
enum SampleRecords {
    static let keyCount = 100_000
    static let startTime: Int64 = 1_700_000_000_000

    /// A text of `count` ASCII characters.
    static func text(_ count: Int, seed: UInt64 = 7) -> String {
        var random = RandomNumbers(seed: seed)
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789     ".utf8)
        return String(
            decoding: (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] },
            as: UTF8.self
        )
    }

    static func stringKey(_ number: Int) -> [UInt8] { Array("customer-\(number)".utf8) }

    static func int64Key(_ number: Int) -> [UInt8] { withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) } }

    /// `count` random key numbers below ``keyCount``.
    static func keyNumbers(_ count: Int) -> [Int] {
        var random = RandomNumbers()
        return (0..<count).map { _ in Int(random.next() % UInt64(keyCount)) }
    }

    /// Batches of up to `recordsPerBatch` records, with offsets from 0 and a millisecond between records.
    static func batches(
        _ keys: [[UInt8]],
        value: [UInt8],
        recordsPerBatch: Int = 140
    ) throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        for start in stride(from: 0, to: keys.count, by: recordsPerBatch) {
            var builder = RecordBatchBuilder()
            for index in start..<min(start + recordsPerBatch, keys.count) {
                keys[index].withUnsafeBytes { key in
                    value.withUnsafeBytes { value in
                        builder.append(timestamp: Timestamp(startTime + Int64(index)), key: key, value: value)
                    }
                }
            }
            batches.append(try RecordBatch(try builder.build(baseOffset: Offset(Int64(start))).copied()))
        }
        return batches
    }

    /// One batch of one record.
    static func record(valueSize: Int) throws -> Bytes {
        var builder = RecordBatchBuilder()
        builder.append(timestamp: Timestamp(startTime), key: Bytes(utf8: "key"), value: Bytes(utf8: text(valueSize)))
        return try builder.build().copied()
    }

    /// One batch of about `size` bytes, with records of 10 bytes of key and 90 of value.
    static func batch(ofBytes size: Int) throws -> Bytes {
        var builder = RecordBatchBuilder()
        let (key, value) = (Array(text(10).utf8), Array(text(90).utf8))
        while builder.estimatedSizeInBytes + 120 <= size {
            key.withUnsafeBytes { key in
                value.withUnsafeBytes { builder.append(timestamp: Timestamp(startTime), key: key, value: $0) }
            }
        }
        return try builder.build().copied()
    }
}
