import ArgumentParser
import Foundation
import KafkaClient
import Records
import Testing

@testable import CommandLine

/// Replays the recording in order against a broker of ours, and compares what is given.
struct ReplayTests {
    /// Not compared, by number.
    static let differs: [Int: String] = [
        67: "the parser's own words for an option without value",
        178: "the parser's own words for an unknown option", 192: "likewise",
        199: "a notice of Java's logging",
        590: "records were deleted by a tool that is not here",
    ]

    @Test(.timeLimit(.minutes(10)))
    func `the recorded calls give what Kafka's tools gave`() async throws {
        try await withBroker { address in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                UUID().uuidString + ".properties"
            )
            try "request.timeout.ms=2000\ndefault.api.timeout.ms=3000\n".write(
                to: folder,
                atomically: true,
                encoding: .utf8
            )
            defer { try? FileManager.default.removeItem(at: folder) }
            for call in GoldenCall.all {
                if ReplayTests.differs[call.n] != nil { continue }
                if !call.isGiven, call.tool == "kafka-console-consumer.sh", call.n != 185 { continue }
                let args = call.args.map {
                    $0 == "{broker}" ? address : $0 == "short.properties" ? folder.path : $0
                }
                let transcript = Transcript()
                let code = try await ReplayTests.perform(call, args, address, transcript)
                guard call.isGiven, call.tool != "(setup)" else { continue }
                ReplayTests.compare(call, code, transcript)
            }
        }
    }

    private static func perform(
        _ call: GoldenCall,
        _ args: [String],
        _ address: String,
        _ transcript: Transcript
    ) async throws -> Int32 {
        switch call.tool {
        case "kafka-topics.sh":
            do {
                return await (try TopicsCommand.parse(args)).exitCode(transcript.console)
            } catch { return 64 }
        case "kafka-console-producer.sh":
            return try await Tools.produce(args, call.stdin ?? "", transcript)
        case "kafka-console-consumer.sh":
            return try await Tools.consume(args, transcript)
        default:
            try await SetupRecord.produce(call.stdin ?? "", address)
            return 0
        }
    }

    private static func compare(_ call: GoldenCall, _ code: Int32, _ transcript: Transcript) {
        #expect(code == call.exit, "exit code of \(call.testDescription): \(transcript.log)")
        let isUnordered = call.tool == "kafka-console-consumer.sh" || !call.args.contains("--topic")
        let (got, wanted) = (masked(transcript.output), masked(call.stdout ?? ""))
        if isUnordered {
            #expect(lines(got).sorted() == lines(wanted).sorted(), "standard output of \(call.testDescription)")
        } else {
            #expect(got == wanted, "standard output of \(call.testDescription)")
        }
        let usage = "<usage text>\n"
        let stderr = call.stderr ?? ""
        if stderr.hasSuffix(usage) {
            #expect(
                transcript.errors.hasPrefix(stderr.dropLast(usage.count)),
                "standard error of \(call.testDescription)"
            )
        } else {
            #expect(transcript.errors == stderr, "standard error of \(call.testDescription)")
        }
    }

    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    /// Ids of topics vary.
    private static func masked(_ text: String) -> String {
        text.replacing(/TopicId: [A-Za-z0-9_-]{22}/, with: "TopicId: *")
    }
}

/// A record that the recording's helper produced.
struct SetupRecord: Decodable {
    let topic: String
    let partition: Int32
    let timestamp: Int64
    let key: String?
    let value: String?
    let headers: [[String?]]

    /// Produces the lines.
    static func produce(_ lines: String, _ address: String) async throws {
        let client = KafkaClient(try ClientConfiguration(properties: ["bootstrap.servers": address]))
        let producer = try Producer(client)
        for line in lines.split(separator: "\n") {
            let record = try JSONDecoder().decode(SetupRecord.self, from: Data(line.utf8))
            try await producer.send(
                ProducerRecord(
                    topic: TopicName(record.topic),
                    partition: PartitionIndex(record.partition),
                    timestamp: Timestamp(record.timestamp),
                    key: record.key.map { Bytes(utf8: $0) },
                    value: record.value.map { Bytes(utf8: $0) },
                    headers: record.headers.map { pair in
                        Header(key: (pair.first ?? nil) ?? "", value: (pair.last ?? nil).map { Bytes(utf8: $0) })
                    }
                )
            )
        }
        await producer.close()
        await client.close()
    }
}
