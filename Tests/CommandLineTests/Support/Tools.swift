import ArgumentParser
import Foundation

@testable import CommandLine

/// Runs the tools in this process.
enum Tools {
    /// Tools whose options are a ``ToolSyntax``, by the name that Kafka's tool has.
    static let commands: [String: any ToolCommand.Type] = [
        "kafka-topics.sh": TopicsCommand.self,
        "kafka-configs.sh": ConfigsCommand.self,
        "kafka-consumer-groups.sh": ConsumerGroupsCommand.self,
        "kafka-get-offsets.sh": GetOffsetsCommand.self,
        "kafka-delete-records.sh": DeleteRecordsCommand.self,
        "kafka-broker-api-versions.sh": BrokerAPIVersionsCommand.self,
    ]

    /// The tool of that name, with `input` as its standard input.
    static func run(
        _ tool: String,
        _ arguments: [String],
        _ input: String,
        _ transcript: Transcript
    ) async throws -> Int32 {
        if let command = commands[tool] { return await command.exitCode(arguments, on: transcript.console) }
        return tool == "kafka-console-producer.sh"
            ? try await produce(arguments, input, transcript) : try await consume(arguments, transcript)
    }

    /// The producer, with `input` as its standard input; 64 where the parser refuses the options.
    static func produce(_ arguments: [String], _ input: String, _ transcript: Transcript) async throws -> Int32 {
        guard let command = try? ConsoleProducerCommand.parse(arguments) else { return 64 }
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting
        let feeder = Task.detached {
            try writing.write(contentsOf: Data(input.utf8))
            try writing.close()
        }
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let code = await command.exitCode(transcript.console) { tool in
            await onThread("producer") { tool.run(from: descriptor) }
        }
        try await feeder.value
        return code
    }

    /// The consumer, until one of its limits; 64 where the parser refuses the options.
    static func consume(_ arguments: [String], _ transcript: Transcript) async throws -> Int32 {
        guard let command = try? ConsoleConsumerCommand.parse(arguments) else { return 64 }
        return await command.exitCode(transcript.console) { tool in await onThread("consumer") { tool.run() } }
    }
}
