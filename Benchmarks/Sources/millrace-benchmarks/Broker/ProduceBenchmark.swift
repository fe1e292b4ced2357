import Records
import Transport

/// Produces batches of 16 KB with acks=all through the in-process transport, against the same append alone.
struct ProduceBenchmark: Benchmark {
    let name = "produce"
    let summary = "produce 16 KB batches, acks=all, through the in-process transport, against the same append alone"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let batch = try SampleRecords.batch(ofBytes: 16 << 10)
        let broker = try await EmbeddedBroker(workspace)
        let connection = try await broker.connect()
        let count = 4000
        var round = 0
        try await session.compare(
            "produce of 16 KB batches",
            per: "batch",
            clocks: [.wall, .process],
            budget: 1.5
        ) { watch in
            round += 1
            let topic = TopicName("topic-\(round)")
            try await broker.createTopic(topic)
            try await ProduceLoop.run(batch, 16, to: topic, connection)
            watch.start()
            try await ProduceLoop.run(batch, count, to: topic, connection)
            // The topic stays: its removal would run beside the other side's round.
            watch.stop()
            return count
        } limit: { watch in
            try AppendLoop.append(batch, count, workspace, watch)
        }
        connection.close()
        try await broker.stop()
    }
}
