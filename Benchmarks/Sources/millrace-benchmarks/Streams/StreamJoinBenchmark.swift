import Records
import RocksDB
import Streams

/// Joins two streams whose records are up to a minute apart, against the same with lists in hash tables, and against the
/// puts and the ranges alone in RocksDB.
///
/// Each side has 150,000 records, a millisecond apart; about every second one finds a partner. A round begins with empty
/// stores. The limits log nothing.
struct StreamJoinBenchmark: Benchmark {
    let name = "streamjoin"
    let summary = "join two streams within a minute, against lists in hash tables, and puts and ranges of RocksDB"

    private let total = 150_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let strings = try StreamJoinInput<String>(total, SampleRecords.stringKey)
        try await compare(session, workspace, "String", strings) { builder in
            let right = builder.stream("right", String.self, String.self)
            builder.stream("left", String.self, String.self)
                .join(right, within: .difference(.seconds(60))) { left, right in left + right }
                .to("out")
        } hashTable: { output in
            try strings.hashTableLoop(output)
        }
        let integers = try StreamJoinInput<Int64>(total, SampleRecords.int64Key)
        try await compare(session, workspace, "Int64", integers) { builder in
            let right = builder.stream("right", Int64.self, String.self)
            builder.stream("left", Int64.self, String.self)
                .join(right, within: .difference(.seconds(60))) { left, right in left + right }
                .to("out")
        } hashTable: { output in
            try integers.hashTableLoop(output)
        }
    }

    private func compare<Key>(
        _ session: Session,
        _ workspace: Workspace,
        _ key: String,
        _ input: StreamJoinInput<Key>,
        _ build: (StreamsBuilder) -> Void,
        hashTable: (BatchOutput) throws -> Int
    ) async throws {
        var (ours, theirs) = (0, 0)
        func run(_ watch: Stopwatch) throws -> Int {
            let folder = try workspace.folder("streamjoin")
            let task = try TaskRun(folder, build)
            watch.start()
            let inputs: [(TopicName, [RecordBatch])] = [("left", input.left), ("right", input.right)]
            let count = try task.process(inputs, commitInterval: 50_000)
            watch.stop()
            ours = task.collector.count("out")
            try task.close()
            Workspace.remove(folder)
            return count
        }
        try await session.compare("\(key), hash tables", per: "record") { watch in
            try run(watch)
        } limit: { _ in
            let output = BatchOutput()
            let count = try hashTable(output)
            theirs = output.count
            return count
        }
        guard ours == theirs else { throw BenchmarkError("\(ours) records were joined, and \(theirs) by the limit") }
        try await session.compare("\(key), RocksDB", per: "record") { watch in
            try run(watch)
        } limit: { watch in
            let folder = try workspace.folder("raw")
            defer { Workspace.remove(folder) }
            return try input.rocksLoop(folder, watch)
        }
    }
}

private struct StreamJoinInput<Key: LoopKey> {
    let left: [RecordBatch]
    let right: [RecordBatch]
    private let windowMs: Int64 = 60_000

    init(_ total: Int, _ key: (Int) -> [UInt8]) throws {
        let numbers = SampleRecords.keyNumbers(2 * total)
        let value = Array(SampleRecords.text(100).utf8)
        left = try SampleRecords.batches(numbers[..<total].map(key), value: value)
        right = try SampleRecords.batches(numbers[total...].map(key), value: value)
    }

    /// The records of one side, by key and in the order of time.
    private typealias Side = [Key: [(time: Int64, value: String)]]

    @inline(never)
    func hashTableLoop(_ output: BatchOutput) throws -> Int {
        var (lefts, rights) = (Side(), Side())
        return try forEachPair { record, isLeft in
            let (key, value) = (Key(keyBytes: record.keyBytes), record.valueBytes.text)
            let time = record.timestamp.rawValue
            for other in (isLeft ? rights[key] : lefts[key]) ?? [] where other.time >= time - windowMs {
                try output.append(record.timestamp, key, isLeft ? value + other.value : other.value + value)
            }
            if isLeft {
                add(value, time, to: &lefts[key, default: []])
            } else {
                add(value, time, to: &rights[key, default: []])
            }
        }
    }

    @inline(__always)
    private func add(_ value: String, _ time: Int64, to list: inout [(time: Int64, value: String)]) {
        if let first = list.first, first.time < time - windowMs { list.removeAll { $0.time < time - windowMs } }
        list.append((time, value))
    }

    /// A put and the range of the other side for each record.
    func rocksLoop(_ folder: String, _ watch: Stopwatch) throws -> Int {
        let lefts = try RocksDatabase(path: "\(folder)/left")
        let rights = try RocksDatabase(path: "\(folder)/right")
        defer {
            lefts.close()
            rights.close()
        }
        let batch = RocksWriteBatch()
        var (from, to) = (RawBuffer(capacity: 64), RawBuffer(capacity: 64))
        var found = 0
        watch.start()
        defer { watch.stop() }
        return try forEachPair { record, isLeft in
            guard let key = record.keyBytes, let value = record.valueBytes else { return }
            let (own, other) = isLeft ? (lefts, rights) : (rights, lefts)
            write(key, record.timestamp.rawValue - windowMs, to: &from)
            write(key, record.timestamp.rawValue + 1, to: &to)
            let iterator = try from.withUnsafeBytes { from in
                try to.withUnsafeBytes { try other.makeIterator(in: other.defaultFamily, from: from, before: $0) }
            }
            defer { iterator.close() }
            iterator.seekToFirst()
            while iterator.isValid {
                found += iterator.value.count
                iterator.next()
            }
            write(key, record.timestamp.rawValue, to: &from)
            from.withUnsafeBytes { batch.put($0, value, in: own.defaultFamily) }
            try own.write(batch)
            batch.clear()
        }
    }

    private func write(_ key: UnsafeRawBufferPointer, _ time: Int64, to buffer: inout RawBuffer) {
        buffer.reset()
        buffer.append(key)
        buffer.append(int64: time)
    }

    /// Visits the records of both sides by time.
    @inline(__always)
    private func forEachPair(_ body: (RecordView, Bool) throws -> Void) throws -> Int {
        var (lefts, rights) = (RecordSequence(left), RecordSequence(right))
        var count = 0
        while let one = try lefts.next(), let other = try rights.next() {
            try body(one, true)
            try body(other, false)
            count += 2
        }
        return count
    }
}
