import Foundation
import Records
import Streams
import StreamsTesting
import Testing

/// The same topologies and inputs as the official Kafka Streams, and the same bytes out.
@Suite struct GoldenTests {
    static let cases = Result { try GoldenCase.all() }
    static let furtherCases = Result { try GoldenCase.all("further-cases") }

    @Test func `all 128 golden runs are there`() throws {
        #expect(try GoldenTests.cases.get().count == 128)
    }

    @Test(arguments: GoldenTopologies.all.keys.sorted())
    func `outputs are those of Kafka Streams`(name: String) throws {
        let make = try #require(GoldenTopologies.all[name])
        let runs = try GoldenTests.cases.get().filter { $0.name == name }
        #expect(!runs.isEmpty, "no golden run is called \(name)")
        for run in runs {
            let topology = try make()
            expectSameDescription(topology.describe().description, run)
            try expectSameOutputs(topology, run)
        }
    }

    @Test(arguments: FurtherTopologies.all.keys.sorted())
    func `operators put together send what those of Kafka Streams do`(name: String) throws {
        let make = try #require(FurtherTopologies.all[name])
        let runs = try GoldenTests.furtherCases.get().filter { $0.name == name }
        #expect(!runs.isEmpty, "no further run is called \(name)")
        for run in runs {
            let topology = try make()
            expectSameDescription(topology.describe().description, run)
            try expectSameOutputs(topology, run)
        }
    }

    static let randomCases = Result { try GoldenCase.all("random-cases") }

    @Test(arguments: 0..<8)
    func `random topologies send what they do in Kafka Streams`(part: Int) throws {
        let cases = try GoldenTests.randomCases.get()
        #expect(cases.count > 100)
        for run in cases.enumerated().filter({ $0.offset % 8 == part }).map(\.element) {
            do {
                let topology = try SpecTopology.build(run.spec ?? [], optimized: run.optimization != nil)
                expectSameDescription(topology.describe().description, run)
                try expectSameOutputs(topology, run)
            } catch {
                Issue.record("\(run.name): \(error)")
            }
        }
    }

    private func expectSameDescription(_ ours: String, _ run: GoldenCase) {
        let ours = withoutClassName(ours).split(separator: "\n", omittingEmptySubsequences: false)
        let theirs = withoutClassName(run.describe).split(separator: "\n", omittingEmptySubsequences: false)
        for (our, their) in zip(ours, theirs) where our != their {
            Issue.record("\(run.name), describe: \"\(our)\" in place of \"\(their)\"")
            return
        }
        #expect(ours.count == theirs.count, "\(run.name): describe")
    }

    /// The name of a Java lambda means nothing here.
    private func withoutClassName(_ node: String) -> String {
        guard let range = node.range(of: "extractor class: ") else { return node }
        guard let end = node[range.upperBound...].firstIndex(of: ")") else { return node }
        return node.replacingCharacters(in: range.upperBound..<end, with: "...")
    }

    private func expectSameOutputs(_ topology: Topology, _ run: GoldenCase) throws {
        var configuration = TaskConfiguration(applicationID: "app")
        configuration.windowEmitInterval = .zero
        configuration.outerJoinEmitInterval = .zero
        let driver = try TopologyTestDriver(
            topology,
            configuration: configuration,
            wallClock: 1_700_000_000_000,
            cacheMaxBytes: run.cacheBytes ?? 0
        )
        defer { closing(driver) }
        var seen = 0
        for (number, step) in run.steps.enumerated() {
            try driver.pipe(
                TopicName(step.topic),
                key: step.key.map { Bytes(utf8: $0) },
                value: step.value.map { Bytes(utf8: $0) },
                at: Timestamp(step.timestamp)
            )
            if let advance = step.thenAdvanceWallClockMs { try driver.advanceWallClock(by: .milliseconds(advance)) }
            let ours = grouped(driver.producedRecords[seen...].map(GoldenCase.Output.init))
            seen = driver.producedRecords.count
            let wanted = grouped(step.outputs)
            for (our, want) in zip(ours, wanted) where our != want {
                Issue.record("\(run.name), step \(number): sent \(our) in place of \(want)")
                return
            }
            if ours.count != wanted.count {
                let first =
                    ours.count > wanted.count ? "sent beside: \(ours[wanted.count])" : "missing: \(wanted[ours.count])"
                Issue.record("\(run.name), step \(number): \(first)")
                return
            }
        }
    }

    /// By topic, in order within a topic.
    private func grouped(_ outputs: [GoldenCase.Output]) -> [GoldenCase.Output] {
        let topics = Set(outputs.map(\.topic)).sorted()
        return topics.flatMap { topic in outputs.filter { $0.topic == topic } }
    }
}

extension GoldenCase.Output: Equatable {
    static func == (a: Self, b: Self) -> Bool {
        (a.topic, a.key, a.value, a.timestamp) == (b.topic, b.key, b.value, b.timestamp)
            && (a.headers ?? []) == (b.headers ?? [])
    }

    init(_ record: ProducedRecord) {
        topic = record.topic.rawValue
        key = record.key?.hex
        value = record.value?.hex
        timestamp = record.timestamp == .none ? nil : record.timestamp.rawValue
        headers = record.headers.map { [$0.key, $0.value?.hex ?? ""] }
    }
}

extension Bytes {
    /// All bytes in lower-case hex.
    var hex: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
