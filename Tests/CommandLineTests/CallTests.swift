import Testing

@testable import CommandLine

/// Which tool is meant, and how it calls itself.
struct CallTests {
    @Test(arguments: [
        (["/usr/bin/kafka-topics.sh", "--list"], "topics", "kafka-topics.sh", ["--list"]),
        (["kafka-topics", "--list"], "topics", "kafka-topics", ["--list"]),
        (["millrace", "topics", "--list"], "topics", "millrace topics", ["--list"]),
        (["millrace", "kafka-topics.sh", "--list"], "topics", "kafka-topics.sh", ["--list"]),
        (["millrace", "bin/kafka-storage.sh", "info"], "storage", "kafka-storage.sh", ["info"]),
        (["/opt/kafka-4/bin/millrace", "broker"], "broker", "millrace broker", []),
        (["millrace", "kafka-server-start.sh", "-daemon", "f"], "broker", "kafka-server-start.sh", ["-daemon", "f"]),
        (["kafka-server-stop.sh"], "server-stop", "kafka-server-stop.sh", []),
    ])
    func `a tool is called by its name, or by the first argument`(
        words: [String],
        name: String,
        caller: String,
        arguments: [String]
    ) throws {
        let call = try #require(Millrace.call(words))
        #expect(call.tool.syntax.name == name)
        #expect(call.caller == caller)
        #expect(call.arguments == arguments)
    }

    @Test(arguments: [["millrace"], ["millrace", "--help"], ["millrace", "topic"], ["kafka-nosuch.sh"], []])
    func `other words call no tool`(words: [String]) {
        #expect(Millrace.call(words) == nil)
    }

    @Test func `the usage names the tool as it was called`() async {
        let transcript = Transcript()
        var console = transcript.console
        console.caller = "kafka-topics.sh"
        #expect(await TopicsCommand.exitCode(["--help"], on: console) == 0)
        #expect(transcript.output.contains("Usage: kafka-topics.sh [options]"))
        #expect(transcript.output.contains("\n  kafka-topics.sh --bootstrap-server"))
        #expect(!transcript.output.contains("millrace"))
    }
}

extension Millrace.Call: Equatable {
    public static func == (a: Millrace.Call, b: Millrace.Call) -> Bool { a.caller == b.caller }
}
