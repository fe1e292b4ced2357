import Foundation
import Testing

@testable import CommandLine

/// The scripts that complete the tools.
struct CompletionTests {
    private func script(_ shell: String) async -> String {
        let transcript = Transcript()
        #expect(await CompletionCommand.exitCode([shell], on: transcript.console) == 0)
        return transcript.output
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `every tool and every option is in the script`(shell: String) async {
        let script = await script(shell)
        for tool in Millrace.tools {
            #expect(script.contains(tool.syntax.name))
            if tool.syntax.kafkaName.hasPrefix("kafka-") { #expect(script.contains(tool.syntax.kafkaName)) }
            for option in tool.syntax.all { #expect(script.contains(option.name)) }
        }
    }

    /// What bash offers after these words.
    private func offered(_ words: [String]) async throws -> [String] {
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let line =
            "\nCOMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); compopt() { :; }; _millrace\n"
            + "printf '%s\\n' \"${COMPREPLY[@]}\"\n"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", await script("bash") + line]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(.timeLimit(.minutes(10)))
    func `bash completes tools and options`() async throws {
        #expect(try await offered(["millrace", "console-"]) == ["console-producer", "console-consumer"])
        #expect(try await offered(["millrace", "topics", "--crea"]) == ["--create"])
        #expect(try await offered(["bin/kafka-topics.sh", "--exc"]) == ["--exclude-internal"])
        #expect(try await offered(["kafka-storage.sh", "format", "--stan"]) == ["--standalone"])
        #expect(try await offered(["kafka-topics.sh", "--command-config", "/bin/bas"]).contains("/bin/bash"))
    }

    @Test func `there is none for another shell`() async {
        let transcript = Transcript()
        #expect(await CompletionCommand.exitCode(["csh"], on: transcript.console) == 1)
        #expect(transcript.errors.hasPrefix("There are scripts for bash, zsh and fish, and none for csh"))
    }
}
