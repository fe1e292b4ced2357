import ArgumentParser
import Testing

@testable import CommandLine

/// What the tools say of options that are missing or contradict each other.
struct UsageTests {
    /// Complaints of the parser itself, which are still in its own manner.
    static let parsersOwn: Set<Int> = [178, 192]
    static let calls = GoldenCall.recording.filter {
        $0.isRefused && !parsersOwn.contains($0.n)
            && ["kafka-console-producer.sh", "kafka-console-consumer.sh"].contains($0.tool)
    }
    static let toolCalls = GoldenCall.recording.filter { $0.isRefused && Tools.commands[$0.tool] != nil }

    @Test(arguments: toolCalls)
    func `misuse is answered in Kafka's words, and with the usage`(call: GoldenCall) async throws {
        let transcript = Transcript()
        // Nobody has to be there.
        let arguments = call.args.map { $0.replacing("{broker}", with: "127.0.0.1:9") }
        let code = try await Tools.run(call.tool, arguments, "", transcript)
        #expect(code == 1)
        #expect(transcript.output == "")
        let expected = (call.stderr ?? "").dropLast("<usage text>\n".count)
        #expect(transcript.errors.hasPrefix(expected))
        #expect(transcript.errors.contains("Usage: millrace "))
    }

    @Test(arguments: calls)
    func `misuse of the console tools is answered in Kafka's words`(call: GoldenCall) throws {
        let expected = (call.stderr ?? "").split(separator: "\n").first.map(String.init)
        do throws(ToolFailure) {
            switch call.tool {
            case "kafka-console-producer.sh": _ = try parsed(ConsoleProducerCommand.self, call).plan()
            default: _ = try parsed(ConsoleConsumerCommand.self, call).plan()
            }
            Issue.record("the options were accepted")
        } catch {
            #expect(error == .misuse(expected ?? ""))
        }
    }

    @Test func `the recording was read`() {
        #expect(UsageTests.calls.count > 5)
        #expect(UsageTests.toolCalls.count > 15)
        #expect(GoldenCall.recording.count == 394)
    }

    private func parsed<C: ParsableArguments>(_ command: C.Type, _ call: GoldenCall) throws(ToolFailure) -> C {
        do {
            return try C.parse(call.args)
        } catch {
            throw .refused("\(error)")
        }
    }
}
