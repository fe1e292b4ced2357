import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Words counted: the example that every stream processor begins with.
@main
struct WordCount: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "word-count",
        abstract: "Count the words of a stream of lines.",
        discussion: """
            Reads lines from streams-plaintext-input and writes to streams-wordcount-output how often each word has come: the
            word as key, the count as a 64-bit integer.

            Examples:
              word-count --demo
              word-count --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.wordCount().run(options) }
}

extension Example {
    static func wordCount() throws -> Example {
        let builder = StreamsBuilder()
        builder.stream("streams-plaintext-input", String.self, String.self)
            .flatMapValues { line in
                line.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            }
            .groupBy { word in word }
            .count()
            .toStream()
            .to("streams-wordcount-output")
        return Example(
            applicationID: "streams-wordcount",
            topology: try builder.build(),
            inputs: ["streams-plaintext-input"],
            output: "streams-wordcount-output",
            steps: [
                Step(
                    "Two lines:",
                    [
                        Sample("streams-plaintext-input", nil, "All streams lead to Kafka"),
                        Sample("streams-plaintext-input", nil, "Hello Kafka Streams"),
                    ],
                    outputCount: 8
                )
            ],
            // Every count is to be seen, not only the last of each commit.
            properties: ["statestore.cache.max.bytes": "0"],
            describeValue: { bytes in
                guard bytes.count == 8 else { return "\(bytes.count) bytes" }
                return "\(bytes.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) })"
            }
        )
    }
}
