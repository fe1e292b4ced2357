import Foundation
import Testing

@testable import CommandLine

/// Which processes kafka-server-stop.sh takes for a broker.
struct BrokerProcessTests {
    @Test(arguments: [
        ["/opt/millrace/.build/release/millrace", "kafka-server-start.sh", "a.properties"],
        ["millrace", "bin/kafka-server-start.sh", "a.properties"],
        ["/usr/bin/kafka-server-start.sh", "a.properties"],
    ])
    func `a broker of kafka-server-start is one`(words: [String]) {
        #expect(BrokerProcess(id: 7, words: words)?.arguments == ["a.properties"])
    }

    @Test(arguments: [
        [], ["millrace"], ["millrace", "broker", "a.properties"], ["vim", "kafka-server-start.sh"],
        ["/bin/sh", "bin/kafka-server-start.sh", "a.properties"],
        ["millrace", "topics", "kafka-server-start.sh"],
        ["millrace", "kafka-server-start.sh", "-daemon", "a.properties"],
        ["java", "kafka.Kafka", "kafka-server-start.sh"],
    ])
    func `nothing else is`(words: [String]) {
        #expect(BrokerProcess(id: 7, words: words) == nil)
    }

    @Test func `its properties come from its options and its file`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).properties")
        try "node.id=3\nprocess.roles=broker\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let words = ["millrace", "kafka-server-start.sh", file.path, "--override", "node.id=4"]
        let broker = try #require(BrokerProcess(id: 7, words: words))
        #expect(broker.property("node.id") == "4")
        #expect(broker.property("process.roles") == "broker")
        #expect(broker.property("log.dirs") == nil)
    }

    @Test func `the processes of the machine are found, this one among them`() {
        let own = ProcessFiles.all().first { $0.id == getpid() }
        #expect(own?.words.isEmpty == false)
    }
}
