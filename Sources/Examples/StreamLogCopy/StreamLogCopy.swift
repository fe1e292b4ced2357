import ArgumentParser
import ExampleSupport
import Records
import Streams

/// A topic copied to another, record by record, with the Processor API.
@main
struct StreamLogCopy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream-log-copy",
        abstract: "Copy a topic with a processor.",
        discussion: """
            Copies stream_log to stream_log_copy: keys and values as they are, null or not, and headers.

            Examples:
              stream-log-copy --demo
              stream-log-copy --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.streamLogCopy().run(options) }
}

extension Example {
    static func streamLogCopy() throws -> Example {
        var topology = Topology()
        topology.addSource("source", topics: "stream_log", Bytes.self, Bytes.self)
        topology.addProcessor("copy", parents: ["source"]) { Copy() }
        topology.addSink("sink", topic: "stream_log_copy", Bytes.self, Bytes.self, parents: ["copy"])
        return Example(
            applicationID: "stream-log-copy",
            topology: topology,
            inputs: ["stream_log"],
            output: "stream_log_copy",
            steps: [
                Step(
                    "Lines of a log, with and without a key:",
                    [
                        Sample("stream_log", "web-1", "GET /orders 200"),
                        Sample("stream_log", "web-2", "GET /cart 404"),
                        Sample("stream_log", nil, "a line of nobody's"),
                    ],
                    outputCount: 3
                )
            ]
        )
    }
}

/// Hands each record on as it came.
final class Copy: Processor {
    private var context: ProcessorContext<Bytes, Bytes>?

    func start(_ context: ProcessorContext<Bytes, Bytes>) { self.context = context }

    func process(_ record: StreamRecord<Bytes, Bytes>) throws { try context?.forward(record) }
}
