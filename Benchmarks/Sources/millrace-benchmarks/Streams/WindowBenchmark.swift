import Records
import Streams

/// Counts by key and tumbling window in a store on disk, against the same with a hash table in place of the store.
///
/// Windows of five minutes, a record each millisecond: a key comes three times in a window. A round begins with an empty
/// store. The limit sends the same counts on at the same commits, forgets windows that are over, and logs nothing.
struct WindowBenchmark: Benchmark {
    let name = "windows"
    let summary = "count by key and tumbling window on disk, against the same with a hash table in place of the store"

    private let total = 1_000_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let numbers = SampleRecords.keyNumbers(total)
        let value = Array(SampleRecords.text(100).utf8)
        let strings = try SampleRecords.batches(numbers.map(SampleRecords.stringKey), value: value)
        let integers = try SampleRecords.batches(numbers.map(SampleRecords.int64Key), value: value)
        for interval in [1_000_000, 50_000] {
            let label = "\(interval / 1000)k records a commit"
            // The types stand here, so that topology and limit are compiled for them, as in an application.
            try await compare(session, workspace, "String, \(label)", strings, interval) { builder in
                builder.stream("in", String.self, String.self)
                    .groupByKey()
                    .windowedBy(.tumbling(.seconds(300)))
                    .count(materialized: .as("counts"))
                    .toStream()
                    .to("out")
            } limit: { output in
                var table = WindowTable<String>(output)
                return try table.process(strings, interval)
            }
            try await compare(session, workspace, "Int64, \(label)", integers, interval) { builder in
                builder.stream("in", Int64.self, String.self)
                    .groupByKey()
                    .windowedBy(.tumbling(.seconds(300)))
                    .count(materialized: .as("counts"))
                    .toStream()
                    .to("out")
            } limit: { output in
                var table = WindowTable<Int64>(output)
                return try table.process(integers, interval)
            }
        }
    }

    private func compare(
        _ session: Session,
        _ workspace: Workspace,
        _ what: String,
        _ batches: [RecordBatch],
        _ interval: Int,
        _ build: (StreamsBuilder) -> Void,
        limit: (BatchOutput) throws -> Int
    ) async throws {
        try await session.compare(what, per: "record", budget: 3) { watch in
            let folder = try workspace.folder("windows")
            // Room for all changes, as the limit has it.
            let task = try TaskRun(folder, cacheBytes: 64 << 20, build)
            watch.start()
            let count = try task.process(batches, from: "in", commitInterval: interval)
            watch.stop()
            try task.close()
            Workspace.remove(folder)
            return count
        } limit: { _ in
            try limit(BatchOutput())
        }
    }
}

/// A hash table where the store would be.
private struct WindowTable<Key: LoopKey> {
    private struct Place: Hashable {
        let key: Key
        let start: Int64
    }

    private struct Row {
        var count: Int64 = 0
        var timestamp = Timestamp.none
        var isDirty = false
    }

    private let sizeMs: Int64 = 300_000
    private let output: BatchOutput
    private var rows: [Place: Row] = [:]
    private var dirty: [Place] = []
    private var buffer = RawBuffer(capacity: 64)
    private var streamTime: Int64 = -1
    private var sinceCommit = 0
    private var valueBytes = 0

    init(_ output: BatchOutput) { self.output = output }

    @inline(never)
    mutating func process(_ batches: [RecordBatch], _ interval: Int) throws -> Int {
        try forEachRecord(of: batches) { record in
            valueBytes &+= record.valueBytes.text.utf8.count
            count(Key(keyBytes: record.keyBytes), record.timestamp)
            sinceCommit += 1
            if sinceCommit >= interval { try commit() }
        }
    }

    @inline(__always)
    private mutating func count(_ key: Key, _ timestamp: Timestamp) {
        streamTime = max(streamTime, timestamp.rawValue)
        let start = timestamp.rawValue / sizeMs * sizeMs
        guard start + sizeMs > streamTime else { return }
        let place = Place(key: key, start: start)
        if update(&rows[place, default: Row()], timestamp) { dirty.append(place) }
    }

    /// Whether the row became dirty.
    @inline(__always)
    private func update(_ row: inout Row, _ timestamp: Timestamp) -> Bool {
        row.count += 1
        row.timestamp = max(row.timestamp, timestamp)
        defer { row.isDirty = true }
        return !row.isDirty
    }

    private mutating func commit() throws {
        sinceCommit = 0
        for place in dirty {
            guard let row = rows[place] else { continue }
            rows[place]?.isDirty = false
            buffer.reset()
            place.key.withKeyBytes { buffer.append($0) }
            buffer.append(int64: place.start)
            try buffer.withUnsafeBytes { key in
                try withUnsafeBytes(of: row.count.bigEndian) { try output.append(row.timestamp, key, $0) }
            }
            if place.start + 2 * sizeMs <= streamTime { rows[place] = nil }
        }
        dirty.removeAll(keepingCapacity: true)
    }
}
