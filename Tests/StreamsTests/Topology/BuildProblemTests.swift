import Records
import Streams
import Testing

/// build() tells everything that is wrong at once, with the operator and the line.
@Suite struct BuildProblemTests {
    private struct NoSerde: Sendable {}

    private func problems(_ make: (StreamsBuilder) -> Void) throws -> [TopologyException.Problem] {
        let builder = StreamsBuilder()
        make(builder)
        do {
            _ = try builder.build()
            return []
        } catch let exception as TopologyException {
            return exception.problems
        }
    }

    @Test func `all problems come together with file and line`() throws {
        let first = #line + 2
        let found = try problems { builder in
            let stream = builder.stream("in", String.self, String.self)
            stream.filter(named: "twice") { _, _ in true }.to("not a topic")
            stream.filter(named: "twice") { _, _ in true }.mapValues { _ in NoSerde() }.to("out")
            stream.process(stores: ["missing"]) { Copy() }
        }
        #expect(found.count == 4)
        #expect(found.map(\.callSite?.line) == [first + 1, first + 2, first + 2, first + 3])
        #expect(found.allSatisfy { $0.callSite?.file == "StreamsTests/BuildProblemTests.swift" })
        #expect(found[0].message.contains("not a topic"))
        #expect(found[1].operatorName == "twice")
        #expect(found[2].message.contains("NoSerde"))
        #expect(found[3].message.contains("missing"))
    }

    @Test func `a topic read as stream and as table is a problem`() throws {
        let found = try problems { builder in
            builder.stream("in", String.self, String.self).to("out")
            builder.table("in", String.self, String.self).toStream().to("out")
        }
        #expect(found.map(\.operatorName) == ["KSTREAM-SOURCE-0000000003"])
        #expect(found.first?.message.contains("KSTREAM-SOURCE-0000000000") == true)
    }

    @Test func `a topology without a source is a problem`() throws {
        #expect(try problems { _ in }.map(\.message) == ["it has no source"])
    }

    @Test func `a store that nobody uses is a problem`() throws {
        let found = try problems { builder in
            builder.addStateStore(Stores.keyValueStore("idle", String.self, String.self))
            builder.stream("in", String.self, String.self).to("out")
        }
        #expect(found.map(\.operatorName) == ["idle"])
    }

    @Test func `repartition topics of different widths cannot be joined`() throws {
        let found = try problems { builder in
            let table = builder.stream("t", String.self, String.self).repartition(partitions: 2, named: "two").toTable()
            builder.stream("in", String.self, String.self).repartition(partitions: 3, named: "three")
                .join(table) { (left: String, right: String) in left + right }.to("out")
        }
        #expect(found.count == 1)
        #expect(found.first?.message.contains("three-repartition 3") == true)
    }

    @Test func `the Processor API checks the types of its edges`() {
        var topology = Topology()
        topology.addSource("src", topics: "in", String.self, Int64.self)
        topology.addProcessor("copy", parents: ["src"]) { Copy() }
        topology.addSink("snk", topic: "out", String.self, String.self, parents: ["nobody"])
        topology.connectProcessor("snk", toStores: ["store"])
        #expect {
            try topology.validate()
        } throws: { error in
            let messages = (error as? TopologyException)?.problems.map(\.message) ?? []
            return messages.count == 3 && messages.contains { $0.contains("(String, Int64)") }
                && messages.contains { $0.contains("nobody") } && messages.contains { $0.contains("sink") }
        }
    }

    @Test func `two streams of one topic share its source`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to("a")
        builder.stream("in", String.self, String.self).to("b")
        let text = try builder.build().describe().description
        #expect(text.contains("--> KSTREAM-SINK-0000000001, KSTREAM-SINK-0000000003"))
        #expect(!text.contains("KSTREAM-SOURCE-0000000002"))
    }

    @Test func `every kind of problem names the operator and the line of the call`() throws {
        let first = #line
        let found = try problems { builder in
            builder.addStateStore(Stores.keyValueStore("twin", String.self, String.self))
            builder.addStateStore(Stores.keyValueStore("twin", String.self, String.self))
            let stream = builder.stream("in", String.self, String.self)
            let versioned = builder.table(
                "v",
                String.self,
                String.self,
                materialized: .versioned("h", history: .seconds(1))
            )
            stream.process(stores: ["twin"], named: "uses") { Copy() }
            versioned.suppress(.untilTimeLimit(.seconds(1)), named: "held").toStream().to("a")
            stream.filter(named: "fi/nal") { _ in true }.to("b")
            stream.repartition(partitions: 0, named: "none").to("c")
            stream.mapValues { _ in NoSerde() }.toTable(named: "rows").join(versioned) { _, b in b }.toStream().to("d")
            stream.join(stream, within: .difference(.seconds(-1)), named: "backwards") { (a: String, b: String) in a + b
            }
            .to("e")
            stream.groupByKey().windowedBy(.session(gap: .zero)).count(named: "gapless").toStream { key, _ in key.key }
                .to("f")
            _ = builder.globalTable("g", String.self, String.self, materialized: .versioned("gv", history: .seconds(1)))
            builder.addGlobalStore(
                Stores.keyValueStore("glob", String.self, String.self),
                topic: "v",
                String.self,
                String.self
            ) {
                Discard()
            }
            stream.split(named: "bad name").branch { _ in true }.noDefaultBranch()["bad name1"]?.to("h")
            stream.join(versioned, grace: .seconds(5), named: "waits") { (a: String, b: String) in a + b }.to("i")
        }
        #expect(found.allSatisfy { $0.callSite?.file == "StreamsTests/BuildProblemTests.swift" })
        // The first problem of each operator, by the line of its call: in the order of the calls.
        var lines: [String: Int] = [:]
        for problem in found { lines[problem.operatorName] = problem.callSite?.line }
        #expect(found.contains { $0.message.contains("topic v is already read") })
        #expect(found.contains { $0.message.contains("a global table cannot be versioned") })
        let named = ["twin", "held", "fi/nal", "none", "rows", "backwards-merge", "gapless", "bad name", "waits"]
        for name in named { #expect(lines[name] != nil, "no problem of \(name): \(found)") }
        #expect(named.compactMap { lines[$0] } == named.compactMap { lines[$0] }.sorted())
        #expect((lines.values.min() ?? 0) > first)
    }

    private final class Discard: Processor {
        func start(_ context: ProcessorContext<Never, Never>) {}
        func process(_ record: StreamRecord<String, String>) {}
    }
}
