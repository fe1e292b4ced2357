import Records
import Streams

/// Stateless tasks of String keys and values, against a loop that decodes, makes the strings, and encodes them.
struct CopyBenchmark: Benchmark {
    let name = "copy"
    let summary = "a stateless task alone, String keys and values, against a loop of decode, String, encode"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let keys = SampleRecords.keyNumbers(500_000).map(SampleRecords.stringKey)
        let batches = try SampleRecords.batches(keys, value: Array(SampleRecords.text(100).utf8))

        let copy = try TaskRun(try workspace.folder("copy")) { builder in
            builder.stream("in", String.self, String.self).to("out")
        }
        let output = BatchOutput()
        try await session.compare("copy", per: "record", budget: 1.5) { _ in
            try copy.process(batches, from: "in", commitInterval: 100_000)
        } limit: { _ in
            try copyLoop(batches, output)
        }
        try copy.close()

        let chain = try TaskRun(try workspace.folder("chain")) { builder in
            builder.stream("in", String.self, String.self)
                .filter { value in !value.isEmpty }
                .mapValues { value in value + "!" }
                .to("out")
        }
        try await session.compare("filter and mapValues", per: "record", budget: 1.5) { _ in
            try chain.process(batches, from: "in", commitInterval: 100_000)
        } limit: { _ in
            try chainLoop(batches, output)
        }
        try chain.close()
    }

    @inline(never)
    private func copyLoop(_ batches: [RecordBatch], _ output: BatchOutput) throws -> Int {
        try forEachRecord(of: batches) { record in
            try output.append(record.timestamp, record.keyBytes.text, record.valueBytes.text)
        }
    }

    @inline(never)
    private func chainLoop(_ batches: [RecordBatch], _ output: BatchOutput) throws -> Int {
        try forEachRecord(of: batches) { record in
            let value = record.valueBytes.text
            if !value.isEmpty { try output.append(record.timestamp, record.keyBytes.text, value + "!") }
        }
    }
}
