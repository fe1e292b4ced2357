import KafkaClient
import Records

/// Produces the sample records of an example, and shows what comes out.
struct Presenter {
    private let example: Example
    private let producer: Producer
    private let consumer: Consumer

    /// Reads the output from its start.
    init(_ example: Example, _ client: KafkaClient, partitionCount: Int32) throws {
        self.example = example
        producer = try Producer(client)
        var configuration = ConsumerConfiguration()
        configuration.autoOffsetReset = .earliest
        consumer = try Consumer(client, configuration)
        let partitions = (0..<partitionCount).map { TopicPartition(example.output, PartitionIndex($0)) }
        try consumer.assign(Set(partitions))
    }

    /// Sends the records of a step, one after the other.
    func produce(_ step: Example.Step) async throws {
        Output.line("\(step.title)")
        for sample in step.samples {
            let key = sample.key.map { Bytes(utf8: $0) }
            try await producer.send(ProducerRecord(topic: sample.topic, key: key, value: Bytes(utf8: sample.value)))
            Output.line("  \(sample.topic)  <-  \(sample.key.map { "\($0): " } ?? "")\(sample.value)")
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
        for record in records.sorted(by: { $0.timestamp < $1.timestamp }) {
            let key = record.key.map { "\(Example.text($0)): " } ?? ""
            Output.line("  \(record.topic)  ->  \(key)\(record.value.map(example.describeValue) ?? "null")")
        }
        Output.line("")
    }

    func close() async throws {
        await producer.close()
        try await consumer.close()
    }
}
