import Foundation
import Testing

@testable import CommandLine

/// kafka-storage.sh: what it prints and what it writes.
struct StorageCommandTests {
    /// A folder of its own, and a broker's properties in it.
    private struct Place: ~Copyable {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-storage-\(UUID())").path
        var file: String { folder + "/server.properties" }
        var data: String { folder + "/data" }

        init(_ more: String = "") throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = """
                process.roles=broker,controller
                node.id=5
                listeners=PLAINTEXT://:9092,CONTROLLER://:9093
                controller.listener.names=CONTROLLER
                log.dirs=\(folder)/data
                \(more)
                """
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    private let cluster = "MkU3OEVBNTcwNTJENDM2Qk"

    private func run(_ words: [String]) async -> (Int32, Transcript) {
        let transcript = Transcript()
        var console = transcript.console
        console.caller = "kafka-storage.sh"
        return (await StorageCommand.exitCode(words, on: console), transcript)
    }

    @Test func `a folder is formatted once, and tells what it is`() async throws {
        let place = try Place()
        let format = ["format", "-t", cluster, "-c", place.file]
        let (_, before) = await run(["info", "--config", place.file])
        #expect(before.output == "Found problem:\n  \(place.data) does not exist\n\n")
        let (code, first) = await run(format + ["--no-initial-controllers"])
        #expect(code == 0)
        #expect(first.output == "Formatting metadata directory \(place.data) with metadata.version 4.3-IV0.\n")
        #expect(FileManager.default.fileExists(atPath: place.data + "/bootstrap.checkpoint"))
        let (found, info) = await run(["info", "-c", place.file])
        #expect(found == 0)
        #expect(
            info.output.hasPrefix("Found log directory:\n  \(place.data)\n\nFound metadata: {cluster.id=\(cluster), ")
        )
        #expect(info.output.hasSuffix(", node.id=5, version=1}\n\n"))
        let (refused, second) = await run(format + ["-N"])
        #expect(refused == 1)
        #expect(second.errors.hasPrefix("Log directory \(place.data) is already formatted. Use --ignore-formatted"))
        let (passed, third) = await run(format + ["-N", "--ignore-formatted"])
        #expect(passed == 0)
        #expect(third.output == "All of the log directories are already formatted.\n")
        let (other, fourth) = await run(["format", "-t", "other", "-c", place.file, "-N", "-g"])
        #expect(other == 1)
        #expect(fourth.errors.contains("Expected other, but read \(cluster)"))
    }

    @Test func `a quorum of its own is a voter's snapshot in the log`() async throws {
        let place = try Place()
        let (missing, sentence) = await run(["format", "-t", cluster, "-c", place.file])
        #expect(missing == 1)
        #expect(sentence.errors.hasPrefix("Because controller.quorum.voters is not set on this controller"))
        #expect(!FileManager.default.fileExists(atPath: place.data))
        let (code, formatted) = await run(["format", "--standalone", "-t", cluster, "-c", place.file])
        #expect(code == 0)
        #expect(formatted.output.hasPrefix("Formatting dynamic metadata voter directory \(place.data) with"))
        let snapshot = place.data + "/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"
        #expect(FileManager.default.fileExists(atPath: snapshot))
    }

    @Test(arguments: [
        (["-N", "--release-version", "1.0"], "Version 1.0 is not a valid version."),
        (["-N", "--feature", "nosuch=1"], "Unsupported feature: nosuch."),
        (["-N", "-f", "group.version=9"], "No feature:group.version with feature level 9"),
        (["-N", "-f", "kraft.version=1"], "Cannot set kraft.version to 1 unless KIP-853"),
        (["-N", "-f", "metadata.version=25", "-r", "4.0"], "Use --release-version instead of --feature"),
        (["-N", "-S", "SCRAM-SHA-1=[name=a]"], "The add-scram mechanism SCRAM-SHA-1 is not supported."),
        (["-N", "-S", "SCRAM-SHA-256=[name=a]"], "You must supply one of 'password' or 'saltedpassword'"),
        (["--initial-controllers", "1@nowhere"], "No host:port:directory in voter"),
    ])
    func `what a cluster cannot begin with is refused, and nothing is written`(
        words: [String],
        sentence: String
    ) async throws {
        let place = try Place()
        let (code, transcript) = await run(["format", "-t", cluster, "-c", place.file] + words)
        #expect(code == 1)
        #expect(transcript.errors.hasPrefix(sentence), "\(transcript.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.data))
    }

    @Test(arguments: [
        ([], "too few arguments"), (["inof"], "invalid choice: 'inof'"), (["info"], "argument --config is required"),
        (["format", "-c", "x"], "argument --cluster-id is required"),
        (["info", "-c"], "argument --config: expected one argument"),
        (["random-uuid", "--config", "x"], "unrecognized arguments: '--config'"),
        (["info", "--confg", "x"], "Did you mean:\n\t--config"), (["--version"], "unrecognized arguments: '--version'"),
    ])
    func `misuse is answered with the usage on standard error`(words: [String], sentence: String) async {
        let (code, transcript) = await run(words)
        #expect(code == 1)
        #expect(transcript.output == "")
        #expect(transcript.errors.hasPrefix("usage: kafka-storage.sh "))
        #expect(transcript.errors.contains(sentence))
    }

    @Test func `features and releases are told`() async {
        #expect(
            await run(["version-mapping", "-r", "4.0"]).1.output
                == "metadata.version=25 (4.0)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\n"
                + "eligible.leader.replicas.version=0\n"
        )
        let needs = "eligible.leader.replicas.version=1"
        #expect(
            await run(["feature-dependencies", "-f", needs, "-f", "group.version=1"]).1.output
                == "\(needs) requires:\n    metadata.version=23 (4.0-IV1)\ngroup.version=1 has no dependencies.\n"
        )
        #expect(await run(["random-uuid"]).1.output.utf8.count == 23)
    }
}
