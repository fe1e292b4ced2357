import Foundation
import Testing

@testable import CommandLine

/// What the tools print beside what Kafka's print.
struct OutputTests {
    private func run(_ tool: String, _ words: String, _ address: String) async throws -> (Int32, Transcript) {
        let transcript = Transcript()
        let arguments = ["--bootstrap-server", address] + words.split(separator: " ").map(String.init)
        return (try await Tools.run("kafka-\(tool).sh", arguments, "", transcript), transcript)
    }

    @Test(.timeLimit(.minutes(10)))
    func `lists and descriptions come as JSON where that is asked for`() async throws {
        try await withBroker { address in
            _ = try await run("topics", "--create --topic orders --partitions 2 --config retention.ms=5", address)
            _ = try await run("configs", "--alter --client c --add-config producer_byte_rate=5", address)
            let reset = "--reset-offsets --group g --topic orders --to-latest --execute"
            _ = try await run("consumer-groups", reset, address)
            let calls = [
                ("topics", "--list", #"["__consumer_offsets","orders"]"#),
                ("topics", "--describe --topic orders", #""configs":{"retention.ms":"5""#),
                ("topics", "--describe --topic orders", #"{"partition":1,"leader":1,"replicas":[1],"isr":[1],"#),
                ("configs", "--describe --topic orders", #""name":"retention.ms","value":"5","source":"DYNAMIC_TOPIC"#),
                (
                    "configs", "--describe --entity-type clients",
                    #"{"entity":{"client-id":"c"},"quotas":{"producer_byte"#
                ),
                ("consumer-groups", "--list", #"{"group":"g","type":"Classic","state":"Empty"}"#),
                (
                    "consumer-groups", "--describe --group g",
                    #"{"topic":"orders","partition":1,"currentOffset":0,"logEnd"#
                ),
                ("consumer-groups", "--describe --group g --members", #""members":[]"#),
                ("consumer-groups", "--describe --group g --state", #""state":"Empty","assignor":"","coordinator":1"#),
                ("consumer-groups", reset, #"{"group":"g","topic":"orders","partition":0,"newOffset":0}"#),
                ("consumer-groups", "--delete-offsets --group g --topic orders:0", #""partition":0,"error":null"#),
                (
                    "consumer-groups", "--delete --group nosuch",
                    #"{"group":"nosuch","deleted":false,"error":"org.apache"#
                ),
                ("get-offsets", "--topic orders", #"[{"topic":"orders","partition":0,"offset":0},{"topic":"orders","#),
                ("broker-api-versions", "", #"{"key":0,"name":"Produce","min":"#),
            ]
            for (tool, words, part) in calls {
                let (code, transcript) = try await run(tool, words + " --output json", address)
                #expect(code == 0, "\(tool) \(words)")
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(transcript.output.utf8)) }
                #expect(transcript.output.contains(part), "\(tool) \(words)")
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a mistyped topic or group leads to the one that was meant`() async throws {
        try await withBroker { address in
            _ = try await run("topics", "--create --topic orders", address)
            let reset = "--reset-offsets --group billing --topic orders --to-latest --execute"
            _ = try await run("consumer-groups", reset, address)
            for (tool, words, meant) in [
                ("topics", "--describe --topic ordesr", "orders"), ("topics", "--delete --topic order", "orders"),
                ("configs", "--describe --topic ordesr", "orders"), ("get-offsets", "--topic ordesr", "orders"),
                ("consumer-groups", "--describe --group biling", "'billing'"),
                ("consumer-groups", "--delete --group biling", "'billing'"),
            ] {
                let (_, transcript) = try await run(tool, words, address)
                #expect(transcript.log.contains { $0.contains("Did you mean \(meant)?") }, "\(tool) \(words)")
            }
        }
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            ("topics", "--list", 1), ("configs", "--describe --topic t", 1),
            ("consumer-groups", "--list --timeout 100", 0),
            ("get-offsets", "", 1), ("broker-api-versions", "", 1),
        ] as [(String, String, Int32)]
    )
    func `a broker that is not there is named with the cause`(tool: String, words: String, exit: Int32) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).properties")
        try "request.timeout.ms=100\ndefault.api.timeout.ms=100\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let (code, transcript) = try await run(tool, words + " --command-config \(file.path)", "127.0.0.1:9")
        #expect(code == exit)
        #expect(transcript.log.contains { $0.contains("127.0.0.1:9") && $0.contains("Connection refused") })
    }

    @Test func `help and version are answered without a broker`() async {
        for command in Tools.commands.values where !command.syntax.isStrict && command.syntax.withoutArguments != nil {
            let help = Transcript()
            #expect(await command.exitCode(["--help"], on: help.console) == 0)
            #expect(help.output == command.syntax.help() + "\n")
            let version = Transcript()
            #expect(await command.exitCode(["--version"], on: version.console) == 0)
            #expect(version.output == millraceVersion + "\n")
            let nothing = Transcript()
            #expect(await command.exitCode([], on: nothing.console) == 1)
            #expect(nothing.errors.hasPrefix(command.syntax.purpose + "\n"))
        }
    }
}
