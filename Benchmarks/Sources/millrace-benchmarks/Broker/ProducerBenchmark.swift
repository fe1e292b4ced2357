import CommitLog
import KafkaClient
import Records

/// Sends records of 100 bytes by the producer to the embedded broker until all are acknowledged, against building the
/// same batches and appending them, in one loop.
struct ProducerBenchmark: Benchmark {
    let name = "producer"
    let summary = "Producer.enqueue of 100-byte records until acknowledged, against building and appending the batches"

    private let count = 400_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try await EmbeddedBroker(workspace)
        let (key, value) = (Array(SampleRecords.text(10).utf8), Array(SampleRecords.text(90).utf8))
        let producer = try Producer(broker.client, ProducerConfiguration())
        var round = 0
        try await session.compare("enqueue to ack, 16 KB batches", per: "record", clocks: [.wall, .process]) { watch in
            round += 1
            let topic = TopicName("topic-\(round)")
            try await broker.createTopic(topic)
            _ = try await producer.partitionCount(of: topic)
            watch.start()
            try send(key, value, to: topic, producer)
            try await producer.flush()
            watch.stop()
            return count
        } limit: { watch in
            try buildAndAppend(key, value, workspace, watch)
        }
        await producer.close()
        try await broker.stop()
    }

    private func send(_ key: [UInt8], _ value: [UInt8], to topic: TopicName, _ producer: Producer) throws {
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                for index in 0..<count {
                    try producer.enqueue(
                        topic: topic,
                        partition: 0,
                        timestamp: Timestamp(SampleRecords.startTime + Int64(index)),
                        key: key,
                        value: value
                    )
                }
            }
        }
    }

    private func buildAndAppend(
        _ key: [UInt8],
        _ value: [UInt8],
        _ workspace: Workspace,
        _ watch: Stopwatch
    ) throws -> Int {
        let folder = try workspace.folder("log")
        let log = try PartitionLog.open(
            directory: "\(folder)/topic-0",
            topicPartition: TopicPartition("topic", 0),
            fileSystem: RealFileSystem(),
            recovery: .clean,
            logger: AppendLoop.quiet,
            now: Timestamp(SampleRecords.startTime)
        )
        let output = BatchOutput { batch in
            _ = try log.appendAsLeader(batch, leaderEpoch: 0, now: Timestamp(SampleRecords.startTime))
        }
        watch.start()
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                for index in 0..<count {
                    try output.append(Timestamp(SampleRecords.startTime + Int64(index)), key, value)
                }
            }
        }
        try output.finish()
        watch.stop()
        try log.delete(unique: "benchmark")
        Workspace.remove(folder)
        return count
    }
}
