import Foundation

@testable import CommandLine

/// Runs the tools in this process.
enum Tools {
    /// Tools that speak to a broker, by the name that Kafka's tool has.
    static let commands: [String: any ToolCommand.Type] = Dictionary(
        uniqueKeysWithValues: Millrace.tools.map { ($0.syntax.kafkaName, $0) }
    )

    /// The tool of that name, with `input` as its standard input.
    static func run(
        _ tool: String,
        _ arguments: [String],
        _ input: String,
        _ transcript: Transcript
    ) async throws -> Int32 {
        guard let command = commands[tool] else { throw Unknown(tool: tool) }
        guard !input.isEmpty else { return await command.exitCode(arguments, on: transcript.console) }
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting
        let feeder = Task.detached {
            try writing.write(contentsOf: Data(input.utf8))
            try writing.close()
        }
        var console = transcript.console
        console.input = pipe.fileHandleForReading.fileDescriptor
        let code = await command.exitCode(arguments, on: console)
        try? pipe.fileHandleForReading.close()
        _ = try? await feeder.value
        return code
    }

    struct Unknown: Error { let tool: String }

    /// The producer, with `input` as its standard input.
    static func produce(_ arguments: [String], _ input: String, _ transcript: Transcript) async throws -> Int32 {
        try await run("kafka-console-producer.sh", arguments, input, transcript)
    }

    /// The consumer, until one of its limits.
    static func consume(_ arguments: [String], _ transcript: Transcript) async throws -> Int32 {
        try await run("kafka-console-consumer.sh", arguments, "", transcript)
    }
}
