import Records
import Streams

/// Joins a stream with a table of 100,000 rows in a store on disk, against the same with a hash table.
struct JoinBenchmark: Benchmark {
    let name = "join"
    let summary = "join a stream with a table of 100k keys on disk, against the same with a hash table"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        // The types stand here, so that topology and limit are compiled for them, as in an application.
        let strings = try JoinInput<String>(SampleRecords.stringKey)
        try await compare(session, workspace, "String", strings) { builder in
            let addresses = builder.table("addresses", String.self, String.self, materialized: .as("addresses"))
            builder.stream("orders", String.self, String.self)
                .join(addresses) { order, address in order + " send to " + address }
                .to("out")
        } limit: { output in
            try strings.loop(output)
        }
        let integers = try JoinInput<Int64>(SampleRecords.int64Key)
        try await compare(session, workspace, "Int64", integers) { builder in
            let addresses = builder.table("addresses", Int64.self, String.self, materialized: .as("addresses"))
            builder.stream("orders", Int64.self, String.self)
                .join(addresses) { order, address in order + " send to " + address }
                .to("out")
        } limit: { output in
            try integers.loop(output)
        }
    }

    private func compare<Key>(
        _ session: Session,
        _ workspace: Workspace,
        _ key: String,
        _ input: JoinInput<Key>,
        _ build: (StreamsBuilder) -> Void,
        limit: (BatchOutput) throws -> Int
    ) async throws {
        let task = try TaskRun(try workspace.folder("join"), build)
        _ = try task.process(input.rows, from: "addresses")
        try task.commit()
        let output = BatchOutput()
        try await session.compare("stream-table join, \(key)", per: "record", budget: 3) { _ in
            try task.process(input.orders, from: "orders", commitInterval: 1_000_000)
        } limit: { _ in
            try limit(output)
        }
        guard task.collector.count("out") == output.count else { throw BenchmarkError("the joins differ") }
        try task.close()
    }
}

private struct JoinInput<Key: LoopKey> {
    let orders: [RecordBatch]
    let rows: [RecordBatch]
    private var table: [Key: String] = [:]

    init(_ key: (Int) -> [UInt8]) throws {
        orders = try SampleRecords.batches(
            SampleRecords.keyNumbers(1_000_000).map(key),
            value: Array(SampleRecords.text(100).utf8)
        )
        rows = try SampleRecords.batches(
            (0..<SampleRecords.keyCount).map(key),
            value: Array(SampleRecords.text(100, seed: 8).utf8)
        )
        _ = try forEachRecord(of: rows) { table[Key(keyBytes: $0.keyBytes)] = $0.valueBytes.text }
    }

    @inline(never)
    func loop(_ output: BatchOutput) throws -> Int {
        try forEachRecord(of: orders) { record in
            let (key, order) = (Key(keyBytes: record.keyBytes), record.valueBytes.text)
            guard let address = table[key] else { return }
            try output.append(record.timestamp, key, order + " send to " + address)
        }
    }
}
