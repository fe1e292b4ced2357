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

    static let mixedCases = Result { try GoldenCase.all("mixed-cases") }

    @Test(arguments: 0..<8)
    func `mixed topologies with nulls and headers send what they do in Kafka Streams`(part: Int) throws {
        let cases = try GoldenTests.mixedCases.get()
        #expect(!cases.isEmpty)
        for run in cases.enumerated().filter({ $0.offset % 8 == part }).map(\.element) {
            do {
                if let error = run.buildError {
                    #expect(throws: (any Error).self, "\(run.name): \(error)") {
                        try MixedSpec.build(run.spec ?? [], optimized: run.optimization != nil)
                    }
                    continue
                }
                let topology = try MixedSpec.build(run.spec ?? [], optimized: run.optimization != nil)
                expectSameDescription(topology.describe().description, run)
                try expectSameOutputs(topology, run)
            } catch {
                Issue.record("\(run.name): \(error)")
            }
        }
    }

    private func expectSameDescription(_ ours: String, _ run: GoldenCase) {
        let ours = ours.split(separator: "\n", omittingEmptySubsequences: false).map { withoutClassName($0) }
        let theirs = run.describe.split(separator: "\n", omittingEmptySubsequences: false).map { withoutClassName($0) }
        for (our, their) in zip(ours, theirs) where our != their {
            Issue.record("\(run.name), describe: \"\(our)\" in place of \"\(their)\"")
            return
        }
        #expect(ours.count == theirs.count, "\(run.name): describe")
    }

    /// The name of a Java lambda means nothing here.
    private func withoutClassName(_ line: Substring) -> String {
        guard let range = line.range(of: "extractor class: ") else { return String(line) }
        return String(line[..<range.upperBound])
    }

    private func expectSameOutputs(_ topology: Topology, _ run: GoldenCase) throws {
        var configuration = TaskConfiguration(applicationID: "app")
        let interval = Duration.milliseconds(run.emitIntervalMs ?? 0)
        configuration.windowEmitInterval = interval
        configuration.outerJoinEmitInterval = interval
        let driver = try TopologyTestDriver(
            topology,
            configuration: configuration,
            wallClock: 1_700_000_000_000,
            cacheMaxBytes: run.cacheBytes ?? 0,
            patternTopics: Set(run.steps.map(\.topic)).sorted().map { TopicName($0) }
        )
        defer { closing(driver) }
        var seen = 0
        for (number, step) in run.steps.enumerated() {
            if let error = step.error {
                #expect(throws: (any Error).self, "\(run.name), step \(number): \(error)") {
                    try perform(step, driver)
                }
                return
            }
            try perform(step, driver)
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

    private func perform(_ step: GoldenCase.Step, _ driver: TopologyTestDriver) throws {
        try driver.pipe(
            TopicName(step.topic),
            key: step.key.map { Bytes(utf8: $0) },
            value: step.value.map { Bytes(utf8: $0) },
            at: Timestamp(step.timestamp),
            headers: (step.headers ?? []).map { header in
                Header(key: header[0], value: header[1] == "null" ? nil : Bytes(hex: header[1]))
            }
        )
        if let advance = step.thenAdvanceWallClockMs { try driver.advanceWallClock(by: .milliseconds(advance)) }
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
        headers = record.headers.map { [$0.key, $0.value?.hex ?? "null"] }
    }
}

extension Bytes {
    /// The bytes that are written down in hex.
    init(hex: String) {
        let digits = Array(hex)
        let bytes = stride(from: 0, to: digits.count, by: 2)
            .compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        self = bytes.withUnsafeBytes { Bytes(copying: $0) }
    }

    /// All bytes in lower-case hex.
    var hex: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
