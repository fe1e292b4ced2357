import Records
import Testing

@testable import Streams

/// Drawings of a topology, and the order of Java's collections in its text.
@Suite struct DescriptionTests {
    private func topology() throws -> Topology {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).groupBy(named: "grp") { $0 }
            .count(materialized: .as("counts"), named: "cnt").toStream(named: "changes").to("out", named: "snk")
        return try builder.build()
    }

    @Test func `Mermaid draws sub-topologies, topics and stores`() throws {
        let text = try topology().describe().mermaid
        #expect(
            text == """
                flowchart TD
                    subgraph part0["Sub-topology 0"]
                        node0["KSTREAM-SOURCE-0000000000"]
                        node2["grp"]
                        node3["grp-repartition-filter"]
                        node4["grp-repartition-sink"]
                    end
                    subgraph part1["Sub-topology 1"]
                        node6["grp-repartition-source"]
                        node7["cnt"]
                        node9["changes"]
                        node10["snk"]
                        store8[("counts")]
                    end
                    topic1(["in"])
                    topic5(["grp-repartition"])
                    topic11(["out"])
                    topic1 --> node0
                    node0 --> node2
                    node2 --> node3
                    node3 --> node4
                    node4 --> topic5
                    topic5 --> node6
                    node6 --> node7
                    node7 --- store8
                    node7 --> node9
                    node9 --> node10
                    node10 --> topic11

                """
        )
    }

    @Test func `Graphviz draws the same, and what could end a name is escaped`() throws {
        let text = try topology().describe().graphviz
        #expect(text.hasPrefix("digraph topology {\n"))
        #expect(text.contains("    subgraph cluster_1 {\n        label = \"Sub-topology 1\";\n"))
        #expect(text.contains("node7 -> store8 [dir = none, style = dashed];"))
        #expect(text.contains("topic5 [label = \"grp-repartition\", shape = ellipse];"))
        let builder = StreamsBuilder()
        builder.stream(.matching(TopicPattern("a\"\\d+") { _ in true }), String.self, String.self).to("out")
        let description = try builder.build().describe()
        #expect(description.graphviz.contains("label = \"a\\\"\\\\d+\""))
        #expect(description.mermaid.contains("([\"a#quot;\\d+\"])"))
    }

    @Test func `the parts can be walked`() throws {
        let description = try topology().describe()
        #expect(description.parts.map(\.id) == [0, 1])
        let sink = try #require(description.parts[1].nodes.last)
        #expect(sink.kind == .sink(topic: "out") && sink.predecessors == ["changes"])
    }

    @Test func `the tree keeps its order while that of its elements is the same`() {
        for seed in 0..<20 as Range<UInt64> {
            var random = StoreTestGenerator(seed: seed)
            let numbers = (0..<200).map { _ in Int.random(in: 0..<500, using: &random) }
            var tree = TreeOrder<Int>()
            for number in numbers { tree.insert(number, by: <) }
            #expect(tree.elements == Set(numbers).sorted(), "seed \(seed)")
        }
    }
}
