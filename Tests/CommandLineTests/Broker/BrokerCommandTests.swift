import Foundation
import Testing

@testable import CommandLine

/// What the broker's tool says before a broker runs.
struct BrokerCommandTests {
    private func refusal(_ words: [String], calledAs caller: String? = nil) async -> (Int32, Transcript) {
        let transcript = Transcript()
        var console = transcript.console
        console.caller = caller
        return (await BrokerCommand.exitCode(words, on: console), transcript)
    }

    @Test func `kafka-server-start without a file prints its usage`() async {
        let (code, transcript) = await refusal([], calledAs: "kafka-server-start.sh")
        #expect(code == 1)
        #expect(
            transcript.output
                == "USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n"
        )
    }

    @Test(arguments: [
        (["--listners", "x"], "listners is not a recognized option"),
        (["a.properties", "b.properties"], "Found non argument parameters: b.properties"),
        (["--override", "x"], "Invalid command line properties: x"),
        (["--log-level", "loud"], "Invalid log level 'loud'."),
    ])
    func `what cannot be understood is refused`(words: [String], sentence: String) async {
        let (code, transcript) = await refusal(words)
        #expect(code == 1)
        #expect(transcript.errors.hasPrefix(sentence))
    }

    @Test(arguments: [
        (["nosuch.properties"], "nosuch.properties"), (["--override", "num.partitions=many"], "num.partitions"),
    ])
    func `a configuration that is no good is refused before anything starts`(words: [String], named: String) async {
        for words in [words, ["-daemon"] + words] {
            let (code, transcript) = await refusal(words)
            #expect(code == 1)
            #expect(transcript.log.contains { $0.contains(named) })
        }
    }

    @Test func `a mistyped option leads to the one that was meant`() async {
        let (_, transcript) = await refusal(["--listners", "x"])
        #expect(transcript.log.contains { $0.contains("Did you mean --listeners?") })
    }
}
