import Foundation

@testable import CommandLine

/// Performs the recorded calls in their order.
enum Replay {
    /// Where the calls are performed.
    struct Place: Sendable {
        /// The broker's.
        let address: String
        /// Where the files are that calls read.
        let folder: String

        /// The argument as it is here: file names become paths.
        func argument(_ text: String, _ files: Set<String>) -> String {
            files.contains(text) ? folder + "/" + text : text.replacing("{broker}", with: address)
        }
    }

    /// Calls `check` after each call whose output is given.
    static func run(
        at address: String,
        check: (GoldenCall, Int32, Transcript, Place) -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millrace-replay-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = Place(address: address, folder: folder.path)
        var files = ["short.properties": "request.timeout.ms=2000\ndefault.api.timeout.ms=3000\n"]
        for call in GoldenCall.recording { files.merge(call.files ?? [:]) { $1 } }
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        let names = Set(files.keys).union(["nofile.properties", "nofile.json", "nofile.csv"])
        var members: [GroupMember] = []
        for call in GoldenCall.recording where !RecordingTests.missingTools.contains(call.tool) {
            // Nothing depends on what the console consumer was not seen to print, but for a topic that it brings about.
            if !call.isGiven, call.tool == "kafka-console-consumer.sh", call.n != 185 { continue }
            if RecordingTests.slow[call.n] != nil { continue }
            let transcript = Transcript()
            switch call.tool {
            case "(setup)": try await HelperRecord.produce(call.stdin ?? "", address)
            case "(background)": members.append(try await GroupMember.start(call.args, at: address))
            case "(background-stop)": if !members.isEmpty { try await members.removeFirst().stop() }
            default:
                let arguments = call.args.map { place.argument($0, names) }
                let code = try await Tools.run(call.tool, arguments, call.stdin ?? "", transcript)
                if call.isGiven { check(call, code, transcript, place) }
            }
        }
        for member in members { try await member.stop() }
    }
}
