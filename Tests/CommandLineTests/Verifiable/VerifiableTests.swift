import Testing

@testable import CommandLine

/// The verifiable tools against a broker in this process.
struct VerifiableTests {
    private func run(_ tool: String, _ words: [String]) async throws -> (Int32, Transcript) {
        let transcript = Transcript()
        return (try await Tools.run("kafka-verifiable-\(tool).sh", words, "", transcript), transcript)
    }

    /// Lines without their times.
    private func lines(_ transcript: Transcript) -> [String] {
        transcript.output.replacing(/"timestamp":\d+,/, with: "")
            .replacing(/,"avg_throughput":[0-9.E]+/, with: "").split(separator: "\n").map(String.init)
    }

    @Test(.timeLimit(.minutes(10)))
    func `what is sent is acknowledged, read and committed`() async throws {
        try await withBroker { address in
            let at = ["--bootstrap-server", address, "--topic", "t", "--max-messages", "3"]
            let (sent, producing) = try await run("producer", at + ["--value-prefix", "7", "--repeating-keys", "2"])
            #expect(sent == 0)
            #expect(
                lines(producing) == [
                    #"{"name":"startup_complete"}"#,
                    #"{"name":"producer_send_success","key":"0","value":"7.0","offset":0,"topic":"t","partition":0}"#,
                    #"{"name":"producer_send_success","key":"1","value":"7.1","offset":1,"topic":"t","partition":0}"#,
                    #"{"name":"producer_send_success","key":"0","value":"7.2","offset":2,"topic":"t","partition":0}"#,
                    #"{"name":"shutdown_complete"}"#,
                    #"{"name":"tool_data","sent":3,"acked":3,"target_throughput":-1}"#,
                ]
            )
            let (read, consuming) = try await run("consumer", at + ["--group-id", "g", "--verbose"])
            #expect(read == 0)
            let partition = #""topic":"t","partition":0"#
            #expect(
                lines(consuming) == [
                    #"{"name":"startup_complete"}"#,
                    "{\"name\":\"partitions_assigned\",\"partitions\":[{\(partition)}]}",
                    "{\"name\":\"record_data\",\"key\":\"0\",\"value\":\"7.0\",\(partition),\"offset\":0}",
                    "{\"name\":\"record_data\",\"key\":\"1\",\"value\":\"7.1\",\(partition),\"offset\":1}",
                    "{\"name\":\"record_data\",\"key\":\"0\",\"value\":\"7.2\",\(partition),\"offset\":2}",
                    "{\"name\":\"records_consumed\",\"count\":3,\"partitions\":[{\(partition),\"count\":3,"
                        + "\"minOffset\":0,\"maxOffset\":2}]}",
                    "{\"name\":\"offsets_committed\",\"offsets\":[{\(partition),\"offset\":3}],\"success\":true}",
                    "{\"name\":\"partitions_revoked\",\"partitions\":[{\(partition)}]}",
                    #"{"name":"shutdown_complete"}"#,
                ]
            )
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a record that cannot be sent is told with its error`() async throws {
        let words = ["--bootstrap-server", "127.0.0.1:9", "--topic", "t", "--max-messages", "1"]
        let file = try TemporaryProperties("max.block.ms=50\n")
        let (code, transcript) = try await run("producer", words + ["--command-config", file.path])
        #expect(code == 0)
        let line = try #require(lines(transcript).first { $0.contains("producer_send_error") })
        #expect(
            line.hasPrefix(#"{"name":"producer_send_error","key":null,"value":"0","topic":"t","exception":"class org"#)
        )
        #expect(lines(transcript).last == #"{"name":"tool_data","sent":1,"acked":0,"target_throughput":-1}"#)
    }

    @Test(arguments: [
        ("producer", ["--topic", "t"], "argument --bootstrap-server is required"),
        ("producer", ["--bootstrap-server", "a:1"], "argument --topic is required"),
        ("producer", ["--topic", "t", "--tpoic", "x", "--bootstrap-server", "a:1"], "Did you mean:\n\t--topic"),
        ("producer", ["--topic", "t", "--bootstrap-server", "a:1", "--acks", "5"], "invalid choice: '5'"),
        ("producer", ["--topic", "t", "--bootstrap-server", "a:1", "--throughput", "x"], "could not convert 'x'"),
        ("producer", ["--version"], "unrecognized arguments: '--version'"),
        ("consumer", ["--bootstrap-server", "a:1", "--topic", "t"], "argument --group-id is required"),
        ("consumer", ["--bootstrap-server", "a:1", "--topic"], "argument --topic: expected one argument"),
        ("consumer", ["--bootstrap-server", "a:1", "--topic", "t", "more"], "unrecognized arguments: 'more'"),
    ])
    func `misuse is answered with the usage`(tool: String, words: [String], sentence: String) async throws {
        let (code, transcript) = try await run(tool, words)
        #expect(code == 1)
        #expect(transcript.output == "")
        #expect(transcript.errors.hasPrefix("usage: millrace verifiable-\(tool) [-h] "))
        #expect(transcript.errors.contains(sentence))
    }

    @Test func `without arguments they print their help`() async throws {
        for tool in ["producer", "consumer"] {
            let (code, transcript) = try await run(tool, [])
            #expect(code == 0)
            #expect(transcript.output.contains("Usage: millrace verifiable-\(tool) "))
        }
    }
}
