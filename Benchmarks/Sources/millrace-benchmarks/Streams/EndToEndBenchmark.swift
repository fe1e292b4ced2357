import KafkaProtocol
import Records
import Streams
import Transport

/// Copies a topic by an application on the embedded broker, against the sum of its parts: the task alone, and produce and
/// fetch of the same bytes alone.
struct EndToEndBenchmark: Benchmark {
    let name = "endtoend"
    let summary = "a stream thread on the embedded broker, against the task alone plus produce and fetch alone"

    private let total = 1_000_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try await EmbeddedBroker(workspace)
        let keys = SampleRecords.keyNumbers(total).map(SampleRecords.stringKey)
        let batches = try SampleRecords.batches(keys, value: Array(SampleRecords.text(100).utf8), recordsPerBatch: 125)
        let connection = try await broker.connect()
        try await broker.createTopic("in")
        try await broker.createTopic("parts")
        for batch in batches {
            try await ProduceLoop.run(batch.bytes.withBaseOffsetZero, 1, to: "in", connection)
        }
        guard let sample = batches.first?.bytes.withBaseOffsetZero else { return }

        var round = 0
        let task = try TaskRun(try workspace.folder("task")) { builder in
            builder.stream("in", String.self, String.self).to("out")
        }
        try await session.compare("copy, String", per: "record", clocks: [.wall, .process], budget: 1.3) { watch in
            round += 1
            return try await copy(round, broker, try workspace.folder("state"), watch)
        } limit: { watch in
            let count = try task.process(batches, from: "in")
            try await ProduceLoop.run(sample, batches.count, to: "parts", connection)
            try await fetchAll(from: "in", connection)
            watch.stop()
            return count
        }
        try task.close()
        connection.close()
        try await broker.stop()
    }

    /// Runs an application over the whole topic; counts from its first records on, when it has joined its group.
    private func copy(
        _ round: Int,
        _ broker: EmbeddedBroker,
        _ folder: String,
        _ watch: Stopwatch
    ) async throws -> Int {
        let output = TopicName("out-\(round)")
        try await broker.createTopic(output)
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to(output)
        var configuration = StreamsConfiguration(applicationID: "copy-\(round)")
        configuration.stateDirectory = folder
        let streams = try KafkaStreams(
            try builder.build(),
            configuration,
            transport: broker.transport,
            logger: AppendLoop.quiet
        )
        try await streams.start()
        let first = try await processed(1, by: streams)
        watch.start()
        let last = try await processed(total, by: streams)
        watch.stop()
        _ = await streams.close()
        return last - first
    }

    /// Waits until so many records are processed; how many it were. A millisecond is little beside a second.
    private func processed(_ count: Int, by streams: KafkaStreams) async throws -> Int {
        while true {
            let processed = Int(streams.metrics.processedRecords)
            if processed >= count { return processed }
            if let failure = streams.failure { throw failure }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Fetches a megabyte at a time, in lockstep.
    private func fetchAll(from topic: TopicName, _ connection: any ClientConnection) async throws {
        let version: Int16 = 12
        var offset = Offset.zero
        while offset.rawValue < Int64(total) {
            let partition = FetchRequest.FetchPartition(
                partition: 0,
                fetchOffset: offset,
                partitionMaxBytes: 1 << 20
            )
            let request = FetchRequest(
                maxWaitMs: 500,
                minBytes: 1,
                maxBytes: 1 << 20,
                topics: [FetchRequest.FetchTopic(topic: topic, partitions: [partition])]
            )
            let frame = try request.frame(version: version, correlationID: 1, clientID: "benchmark")
            let (_, body) = try ResponseHeader.decode(try await connection.roundTrip(frame), for: .fetch, version)
            let response = try FetchResponse.decode(body, version: version)
            guard let bytes = response.responses.first?.partitions.first?.records?.bytes else {
                throw BenchmarkError("the fetch was answered with \(response)")
            }
            var batches = RecordBatch.batches(in: bytes)
            while let batch = try batches.next() { offset = batch.nextOffset }
        }
    }
}

extension Bytes {
    /// A copy of a batch as producers send it.
    fileprivate var withBaseOffsetZero: Bytes {
        let copy = copied()
        RecordBatch.assign(baseOffset: .zero, leaderEpoch: .none, in: copy, at: 0)
        return copy
    }
}
