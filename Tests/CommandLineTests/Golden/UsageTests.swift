import Testing

@testable import CommandLine

/// What the tools say of options that are missing or contradict each other.
struct UsageTests {
    static let calls = GoldenCall.recording.filter {
        guard let tool = Tools.commands[$0.tool] else { return false }
        return $0.isRefused && !tool.syntax.isStrict
    }

    @Test(arguments: calls)
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

    @Test func `the recording was read`() {
        #expect(UsageTests.calls.count > 20)
        #expect(GoldenCall.recording.count == 394)
    }
}
