import KafkaClient
import Records

/// Produces the sample records of an example, and shows what comes out.
struct Presenter {
    private let example: Example
    private let producer: Producer
    private let consumer: Consumer

    /// Reads the output from its start.
    init(_ example: Example, _ client: KafkaClient) throws {
        self.example = example
        producer = try Producer(client)
        var configuration = ConsumerConfiguration()
        configuration.autoOffsetReset = .earliest
        consumer = try Consumer(client, configuration)
        let partitions = (0..<example.partitionCount).map { TopicPartition(example.output, PartitionIndex($0)) }
        try consumer.assign(Set(partitions))
    }

    /// Sends the records of a step, one after the other.
    func produce(_ step: Example.Step) async throws {
        Output.line("\(step.title)")
        for sample in step.samples {
            let time = sample.time.map(TimeOfDay.timestamp)
            try await producer.send(
                ProducerRecord(
                    topic: sample.topic,
                    timestamp: time,
                    key: sample.key.map { Bytes(utf8: $0) },
                    value: sample.value
                )
            )
            let record = text(sample.key, sample.value.map(Example.text))
            Output.line("  \(sample.topic)  <-  \(record)\(time.map { "  at \(TimeOfDay.text($0))" } ?? "")")
        }
    }

    /// Waits for the output of a step and shows it in the order of its timestamps.
    func showOutput(_ step: Example.Step) async throws {
        guard step.outputCount > 0 else { return Output.line("") }
        var records: [ConsumerRecord] = []
        while records.count < step.outputCount {
            try Task.checkCancellation()
            for fetched in try await consumer.poll(timeout: .seconds(1)) { records += try fetched.records() }
        }
        let isTimed = step.samples.contains { $0.time != nil }
        for (_, record) in records.enumerated().sorted(by: { ($0.1.timestamp, $0.0) < ($1.1.timestamp, $1.0) }) {
            let shown = text(record.key.map(Example.text), record.value.map(example.describeValue))
            Output.line("  \(record.topic)  ->  \(shown)\(isTimed ? "  at \(TimeOfDay.text(record.timestamp))" : "")")
        }
        Output.line("")
    }

    private func text(_ key: String?, _ value: String?) -> String { "\(key.map { "\($0): " } ?? "")\(value ?? "null")" }

    func close() async throws {
        await producer.close()
        try await consumer.close()
    }
}
