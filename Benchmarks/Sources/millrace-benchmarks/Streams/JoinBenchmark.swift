import Records
import Streams

/// Joins a stream with a table of 100,000 rows in a store on disk, against the same with a hash table.
struct JoinBenchmark: Benchmark {
    let name = "join"
    let summary = "join a stream with a table of 100k keys on disk, against the same with a hash table"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let keys = SampleRecords.keyNumbers(1_000_000).map(SampleRecords.stringKey)
        let batches = try SampleRecords.batches(keys, value: Array(SampleRecords.text(100).utf8))
        let rows = try SampleRecords.batches(
            (0..<SampleRecords.keyCount).map(SampleRecords.stringKey),
            value: Array(SampleRecords.text(100, seed: 8).utf8)
        )
        let task = try TaskRun(try workspace.folder("join")) { builder in
            let addresses = builder.table("addresses", String.self, String.self, materialized: .as("addresses"))
            builder.stream("orders", String.self, String.self)
                .join(addresses) { order, address in order + " send to " + address }
                .to("out")
        }
        _ = try task.process(rows, from: "addresses")
        try task.commit()
        var table: [String: String] = [:]
        _ = try forEachRecord(of: rows) { table[$0.keyBytes.text] = $0.valueBytes.text }

        let output = BatchOutput()
        try await session.compare("stream-table join, String", per: "record", budget: 3) { _ in
            try task.process(batches, from: "orders", commitInterval: 1_000_000)
        } limit: { _ in
            try loop(batches, table, output)
        }
        guard task.collector.count("out") == output.count else { throw BenchmarkError("the joins differ") }
        try task.close()
    }

    @inline(never)
    private func loop(_ batches: [RecordBatch], _ table: [String: String], _ output: BatchOutput) throws -> Int {
        try forEachRecord(of: batches) { record in
            let (key, order) = (record.keyBytes.text, record.valueBytes.text)
            guard let address = table[key] else { return }
            try output.append(record.timestamp, key, order + " send to " + address)
        }
    }
}
