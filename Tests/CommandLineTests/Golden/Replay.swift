import Broker
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

    private static let brokerFile = "broker/server.properties"

    /// The broker of the storage calls: a formatted folder called DATA.
    private static func prepareStorage(_ folder: String) throws {
        let text =
            "node.id=1\nprocess.roles=broker,controller\ncontroller.quorum.voters=1@127.0.0.1:29093\nlog.dirs=\(folder)/DATA\n"
        try FileManager.default.createDirectory(atPath: folder + "/broker", withIntermediateDirectories: true)
        try text.write(toFile: "\(folder)/\(brokerFile)", atomically: true, encoding: .utf8)
        let configuration = try BrokerConfiguration(file: "\(folder)/\(brokerFile)")
        try StorageFolders(configuration).format(.init(clusterID: "MkU3OEVBNTcwNTJENDM2Qk")) { _ in }
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
        let names = Set(files.keys).union(["nofile.properties", "nofile.json", "nofile.csv", brokerFile])
        try prepareStorage(folder.path)
        var members: [GroupMember] = []
        for call in GoldenCall.recording {
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
