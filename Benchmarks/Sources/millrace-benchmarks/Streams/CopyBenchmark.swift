import Records
import Streams

/// Stateless tasks of String values, against a loop that decodes, makes the strings, and encodes them.
struct CopyBenchmark: Benchmark {
    let name = "copy"
    let summary = "a stateless task alone, String values, against a loop of decode, String, encode"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let numbers = SampleRecords.keyNumbers(500_000)
        let value = Array(SampleRecords.text(100).utf8)
        let strings = try SampleRecords.batches(numbers.map(SampleRecords.stringKey), value: value)
        let integers = try SampleRecords.batches(numbers.map(SampleRecords.int64Key), value: value)
        let output = BatchOutput()

        // The types stand here, so that topology and limit are compiled for them, as in an application.
        try await compare(session, workspace, "copy, String", strings) { builder in
            builder.stream("in", String.self, String.self).to("out")
        } limit: {
            try copyLoop(strings, String.self, output)
        }
        try await compare(session, workspace, "copy, Int64", integers) { builder in
            builder.stream("in", Int64.self, String.self).to("out")
        } limit: {
            try copyLoop(integers, Int64.self, output)
        }
        try await compare(session, workspace, "filter and mapValues, String", strings) { builder in
            builder.stream("in", String.self, String.self)
                .filter { value in !value.isEmpty }
                .mapValues { value in value + "!" }
                .to("out")
        } limit: {
            try chainLoop(strings, String.self, output)
        }
        try await compare(session, workspace, "filter and mapValues, Int64", integers) { builder in
            builder.stream("in", Int64.self, String.self)
                .filter { value in !value.isEmpty }
                .mapValues { value in value + "!" }
                .to("out")
        } limit: {
            try chainLoop(integers, Int64.self, output)
        }
    }

    private func compare(
        _ session: Session,
        _ workspace: Workspace,
        _ what: String,
        _ batches: [RecordBatch],
        _ build: (StreamsBuilder) -> Void,
        limit: () throws -> Int
    ) async throws {
        let task = try TaskRun(try workspace.folder("copy"), build)
        try await session.compare(what, per: "record", budget: 1.5) { _ in
            try task.process(batches, from: "in", commitInterval: 100_000)
        } limit: { _ in
            try limit()
        }
        try task.close()
    }

    @inline(never)
    private func copyLoop<Key: LoopKey>(
        _ batches: [RecordBatch],
        _ key: Key.Type,
        _ output: BatchOutput
    ) throws -> Int {
        try forEachRecord(of: batches) { record in
            try output.append(record.timestamp, Key(keyBytes: record.keyBytes), record.valueBytes.text)
        }
    }

    @inline(never)
    private func chainLoop<Key: LoopKey>(
        _ batches: [RecordBatch],
        _ key: Key.Type,
        _ output: BatchOutput
    ) throws -> Int {
        try forEachRecord(of: batches) { record in
            let (key, value) = (Key(keyBytes: record.keyBytes), record.valueBytes.text)
            if !value.isEmpty { try output.append(record.timestamp, key, value + "!") }
        }
    }
}
