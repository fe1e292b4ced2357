import Broker
import KafkaClient
import Logging
import Records
import ServiceLifecycle
import Streams
import Transport

/// An example on a broker within the process: it shows sample records going through, then ends or waits for a signal.
struct EmbeddedExample: Service {
    private let example: Example
    private let options: ExampleOptions
    private let logger: Logger

    init(_ example: Example, _ options: ExampleOptions, _ logger: Logger) {
        self.example = example
        self.options = options
        self.logger = logger
    }

    func run() async throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let broker = BrokerServer(
            try BrokerConfiguration(properties: [
                "log.dirs": "\(scratch.path)/broker", "group.initial.rebalance.delay.ms": "0",
                "offsets.topic.num.partitions": "1",
            ]),
            access: .processOnly,
            logger: logger
        )
        try await broker.start()
        do {
            guard let transport = broker.inProcessTransport else { throw BrokerGone() }
            try await run(transport, stateDirectory: options.stateDir ?? "\(scratch.path)/state")
        } catch {
            try await broker.stop()
            throw error
        }
        try await broker.stop()
    }

    private struct BrokerGone: Error {}

    private func run(_ transport: any ClientTransport, stateDirectory: String) async throws {
        let address = NetworkAddress(host: "embedded", port: 9092)
        let client = KafkaClient(ClientConfiguration(bootstrapServers: [address]), transport: transport, logger: logger)
        let streams = try KafkaStreams(
            example.topology,
            example.configuration(bootstrapServer: nil, stateDirectory: stateDirectory),
            transport: transport,
            logger: logger
        )
        do {
            try await show(client, streams)
        } catch {
            await streams.close()
            await client.close()
            throw error
        }
        await streams.close()
        await client.close()
    }

    private func show(_ client: KafkaClient, _ streams: KafkaStreams) async throws {
        let topics = (example.inputs + [example.output]).map {
            NewTopic($0, partitions: example.partitionCount)
        }
        for result in try await AdminClient(client).createTopics(topics).values { _ = try result.get() }
        Output.line("The topology of \(example.applicationID):\n\n\(example.topology.describe())")
        let presenter = try Presenter(example, client)
        for step in example.steps where step.isBeforeStart { try await presenter.produce(step) }
        try await streams.start()
        var processed: Int64 = 0
        for step in example.steps where !step.isBeforeStart {
            try await presenter.produce(step)
            processed += Int64(step.samples.count)
            try await wait(for: processed, in: streams)
            try await presenter.showOutput(step)
        }
        try await presenter.close()
        if !options.demo {
            Output.line("The application goes on; Ctrl-C ends it. With --bootstrap-server it runs on your own cluster.")
            try await ended(streams)
        }
    }

    /// Waits until so many records are processed, which says that a table has what was sent to it.
    private func wait(for processed: Int64, in streams: KafkaStreams) async throws {
        for await metrics in streams.metricsUpdates where metrics.processedRecords >= processed { return }
        if let failure = streams.failure { throw failure }
    }

    private func ended(_ streams: KafkaStreams) async throws {
        await cancelWhenGracefulShutdown {
            for await state in streams.states where state.isTerminal { break }
        }
        if let failure = streams.failure { throw failure }
    }
}
