import Testing

@testable import CommandLine

/// The console tools against a broker in this process.
struct ConsolePipelineTests {
    @Test(.timeLimit(.minutes(10)))
    func `what was read in is printed out, and a group goes on where it was`() async throws {
        try await withBroker { address in
            let create = ["--bootstrap-server", address, "--create", "--topic", "t"]
            let created = try await Tools.run("kafka-topics.sh", create, "", Transcript())
            #expect(created == 0)
            let lines = (0..<5000).map { "line \($0)" }
            let produce = ["--bootstrap-server", address, "--topic", "t", "--compression-codec", "zstd"]
            let transcript = Transcript()
            #expect(try await Tools.produce(produce, lines.joined(separator: "\n"), transcript) == 0)
            #expect(transcript.log == [])
            let consume = ["--bootstrap-server", address, "--topic", "t", "--from-beginning", "--group", "g"]
            let first = Transcript()
            #expect(try await Tools.consume(consume + ["--max-messages", "1234"], first) == 0)
            #expect(first.output.split(separator: "\n").map(String.init) == Array(lines[..<1234]))
            #expect(first.errors == "Processed a total of 1234 messages\n")
            let second = Transcript()
            #expect(try await Tools.consume(consume + ["--max-messages", "3766"], second) == 0)
            #expect(second.output.split(separator: "\n").map(String.init) == Array(lines[1234...]))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a reader that went away ends the consumer`() async throws {
        try await withBroker { address in
            let produce = ["--bootstrap-server", address, "--topic", "t"]
            let produced = try await Tools.produce(produce, "a\nb\n", Transcript())
            #expect(produced == 0)
            let kept = Transcript()
            let console = Console(output: { _ in false }, errors: kept.console.errors, name: "tests")
            let consume = ["--bootstrap-server", address, "--topic", "t", "--partition", "0", "--offset", "earliest"]
            #expect(await ConsoleConsumerCommand.exitCode(consume, on: console) == 0)
            #expect(
                kept.errors
                    == "Unable to write to standard out, closing consumer.\nProcessed a total of 2 messages\n"
            )
            #expect(kept.log == [])
        }
    }
}
