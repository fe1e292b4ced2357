import Foundation
import Testing

@testable import CommandLine

/// Replays the recording in order against a broker of ours, and compares what is given.
struct RecordingTests {
    /// Not compared, by number.
    static let differs: [Int: String] = [
        74: "message.timestamp.after.max.ms has another default in 4.3, and three configs are gone",
        94: "the configs of a broker of 4.3 are others",
        199: "a notice of Java's logging",
        402: "our producer has no transactions",
        366: "a broker of 4.3 speaks other versions",
        440: "topics that tools brought about that are not here, and transactions",
        485: "the version is our own", 487: "likewise", 491: "likewise", 493: "likewise",
        538: "what groups wrote of calls that are left out", 540: "what transactions of other tools wrote",
    ]

    /// Not performed, by number: it would take its time, and nothing depends on it.
    static let slow: [Int: String] = [598: "waits a minute for a topic that does not come"]

    @Test(.timeLimit(.minutes(10)))
    func `the recorded calls give what Kafka's tools gave`() async throws {
        let hour = "3600000"
        let overrides = ["group.consumer.max.session.timeout.ms": hour, "group.consumer.session.timeout.ms": hour]
        try await withBroker(overrides) { address in
            try await Replay.run(at: address) { call, code, transcript, place in
                guard RecordingTests.differs[call.n] == nil else { return }
                RecordingTests.compare(call, code, transcript, place)
            }
        }
    }

    private static func compare(_ call: GoldenCall, _ code: Int32, _ transcript: Transcript, _ place: Replay.Place) {
        #expect(code == call.exit, "exit code of \(call.testDescription): \(transcript.log)")
        let wanted = lines(call.stdout ?? "", call, place)
        #expect(lines(transcript.output, call, place) == wanted, "standard output of \(call.testDescription)")
        let usage = "<usage text>\n"
        let stderr = call.stderr ?? ""
        let (errors, expected) = (lines(transcript.errors, call, place), lines(stderr, call, place))
        if stderr == usage {
            // The usage alone, which is ours.
            #expect(!errors.isEmpty, "standard error of \(call.testDescription)")
        } else if stderr.hasSuffix(usage) {
            #expect(errors.starts(with: expected.dropLast(2)), "standard error of \(call.testDescription)")
        } else {
            #expect(errors == expected, "standard error of \(call.testDescription)")
        }
    }

    /// Lines with what varies from run to run taken out; sorted where the order varies.
    private static func lines(_ text: String, _ call: GoldenCall, _ place: Replay.Place) -> [String] {
        let text = masked(text.replacing("{broker}", with: place.address).replacing(place.folder + "/", with: ""))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // Generated groups, of which the recording leaves some calls out.
        if call.tool == "kafka-consumer-groups.sh" { lines.removeAll { $0.contains("console-consumer-") } }
        if call.tool == "kafka-get-offsets.sh" {
            // Which partition keyless records go to, and how many records the coordinators write.
            lines.removeAll { $0.hasPrefix("plain:") || $0.hasPrefix("__") }
        }
        if call.tool == "kafka-verifiable-consumer.sh" {
            // How many records a poll gives.
            lines.removeAll { $0.contains("records_consumed") || $0.contains("offsets_committed") }
        }
        if call.tool == "kafka-topics.sh", !call.args.contains("--topic") {
            // Topics of tools that are not here.
            lines.removeAll { $0 == "perf" }
        }
        let isOrdered = call.tool == "kafka-topics.sh" && call.args.contains("--topic") || call.isRefused
        return isOrdered ? lines : lines.filter { !$0.isEmpty }.sorted()
    }

    private static func masked(_ text: String) -> String {
        text.replacing(/TopicId: [A-Za-z0-9_-]{22}/, with: "TopicId: *")
            .replacing(/cA-[0-9a-f-]{36}/, with: "cA-*")
            .replacing(/[A-Za-z0-9_-]{22} \/127/, with: "* /127")
            .replacing(/(deadlineMs|tries|nextAllowedTryMs)=\d+/, with: "*")
            .replacing(/"timestamp":\d+/, with: "*").replacing(/"avg_throughput":[0-9.E]+/, with: "*")
            .replacing(/directory.id=[A-Za-z0-9_-]{22}/, with: "directory.id=*")
            .replacing(/^[A-Za-z0-9_-]{22}\n$/, with: "*")
            .replacing(/timed out at \d+ after \d+/, with: "timed out at * after *")
    }
}

extension GoldenCall {
    /// Whether the arguments were refused, so that the text's order counts.
    var isRefused: Bool { (stderr ?? "").hasSuffix("<usage text>\n") }
}
