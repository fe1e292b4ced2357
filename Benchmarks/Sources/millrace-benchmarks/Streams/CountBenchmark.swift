import Records
import RocksDB
import Streams

/// Counts by key in a store on disk, against the same with a hash table in place of the store.
///
/// The limit decodes the same records and sends the same counts on: at the commit for each key that changed where the
/// cache is on, else for each record. It keeps nothing and logs nothing. Without a cache there is another limit: a get and
/// a put of RocksDB for each record, which is what a store does that writes through.
struct CountBenchmark: Benchmark {
    let name = "count"
    let summary = "count by key in a store on disk, against the same with a hash table in place of the store"

    private let total = 1_000_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let numbers = SampleRecords.keyNumbers(total)
        let value = Array(SampleRecords.text(100).utf8)
        let strings = try SampleRecords.batches(numbers.map(SampleRecords.stringKey), value: value)
        let integers = try SampleRecords.batches(numbers.map(SampleRecords.int64Key), value: value)
        for (isCached, interval) in [(true, 1_000_000), (true, 50_000), (false, 1_000_000), (false, 50_000)] {
            let label = "cache \(isCached ? "on" : "off"), \(interval / 1000)k records a commit"
            let run = CountRun(label: label, isCached: isCached, interval: interval)
            // The types stand here, so that topology and limit are compiled for them, as in an application.
            var byString = CountTable<String>(isCached: isCached)
            try await compare(session, workspace, "String", run, strings) { builder in
                builder.stream("in", String.self, String.self)
                    .groupByKey()
                    .count(materialized: Materialized("counts", isCached: isCached))
                    .toStream()
                    .to("out")
            } limit: {
                try byString.process(strings, interval)
            }
            var byInteger = CountTable<Int64>(isCached: isCached)
            try await compare(session, workspace, "Int64", run, integers) { builder in
                builder.stream("in", Int64.self, String.self)
                    .groupByKey()
                    .count(materialized: Materialized("counts", isCached: isCached))
                    .toStream()
                    .to("out")
            } limit: {
                try byInteger.process(integers, interval)
            }
        }
    }

    private struct CountRun {
        let label: String
        let isCached: Bool
        let interval: Int
    }

    private func compare(
        _ session: Session,
        _ workspace: Workspace,
        _ key: String,
        _ run: CountRun,
        _ batches: [RecordBatch],
        _ build: (StreamsBuilder) -> Void,
        limit: () throws -> Int
    ) async throws {
        let folder = try workspace.folder("count")
        let task = try TaskRun(folder, build)
        func ours() throws -> Int { try task.process(batches, from: "in", commitInterval: run.interval) }
        try await session.compare("\(key), \(run.label)", per: "record", budget: run.isCached ? 3 : nil) { _ in
            try ours()
        } limit: { _ in
            try limit()
        }
        if !run.isCached, run.interval < total {
            // A fifth of the records is enough for what takes microseconds.
            let some = Array(batches.prefix(batches.count / 5))
            let store = try RocksCounts(try workspace.folder("raw"))
            try await session.compare("\(key), \(run.label), RocksDB", per: "record", budget: 1) { _ in
                try ours()
            } limit: { _ in
                try store.process(some)
            }
            store.close()
        }
        try task.close()
        Workspace.remove(folder)
    }
}

/// A hash table where the store would be.
private struct CountTable<Key: LoopKey> {
    private struct Row {
        var count: Int64 = 0
        var timestamp = Timestamp.none
        var isDirty = false
    }

    private let isCached: Bool
    private var rows: [Key: Row] = [:]
    private var dirty: [Key] = []
    private let output = BatchOutput()
    private var sinceCommit = 0
    private var valueBytes = 0

    init(isCached: Bool) { self.isCached = isCached }

    @inline(never)
    mutating func process(_ batches: [RecordBatch], _ interval: Int) throws -> Int {
        try forEachRecord(of: batches) { record in
            let key = Key(keyBytes: record.keyBytes)
            valueBytes &+= record.valueBytes.text.utf8.count
            try count(key, record.timestamp)
            sinceCommit += 1
            if sinceCommit >= interval { try commit() }
        }
    }

    @inline(__always)
    private mutating func count(_ key: Key, _ timestamp: Timestamp) throws {
        let (row, becameDirty) = update(&rows[key, default: Row()], timestamp)
        guard isCached else { return try send(key, row) }
        if becameDirty { dirty.append(key) }
    }

    @inline(__always)
    private func update(_ row: inout Row, _ timestamp: Timestamp) -> (Row, Bool) {
        row.count += 1
        row.timestamp = max(row.timestamp, timestamp)
        defer { row.isDirty = true }
        return (row, !row.isDirty)
    }

    private mutating func commit() throws {
        sinceCommit = 0
        for key in dirty {
            guard let row = rows[key] else { continue }
            rows[key]?.isDirty = false
            try send(key, row)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private func send(_ key: Key, _ row: Row) throws {
        try key.withKeyBytes { key in
            try withUnsafeBytes(of: row.count.bigEndian) { try output.append(row.timestamp, key, $0) }
        }
    }
}

/// Counts in RocksDB: a get and a put for each record.
private final class RocksCounts {
    private let database: RocksDatabase
    private let batch = RocksWriteBatch()
    private let output = BatchOutput()

    init(_ folder: String) throws { database = try RocksDatabase(path: "\(folder)/database") }

    func process(_ batches: [RecordBatch]) throws -> Int {
        try forEachRecord(of: batches) { record in
            guard let key = record.keyBytes else { return }
            let old = try database.get(key, in: database.defaultFamily) {
                Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
            }
            try withUnsafeBytes(of: ((old ?? 0) + 1).bigEndian) { count in
                batch.put(key, count, in: database.defaultFamily)
                try database.write(batch)
                batch.clear()
                try output.append(record.timestamp, key, count)
            }
        }
    }

    func close() { database.close() }
}
