import Records
import Streams

/// The topologies of the golden runs, in our DSL.
enum GoldenTopologies {
    typealias Make = @Sendable () throws -> Topology

    static let all: [String: Make] = [basic, windows, streamJoins, suppress, cogroup, foreignKey, versioned].reduce(
        into: [:]) {
            all,
            some in
            all.merge(some) { first, _ in first }
        }

    private static let basic: [String: Make] = [
        "copy-dsl": dsl { $0.stream("in", String.self, String.self).to("out") },
        "stateless-chain": dsl { builder in
            builder.stream("in", String.self, String.self)
                .filter { _ in true }
                .mapValues { $0.uppercased() }
                .filterNot { $0.hasPrefix("A") }
                .flatMapValues { [$0, $0 + "!"] }
                .peek { _, _ in }
                .to("out")
        },
        "map-flatmap-selectkey": dsl { builder in
            builder.stream("in", String.self, String.self)
                .map { key, value in (value, key) }
                .flatMap { key, value in [(key, value), (value, key)] }
                .selectKey { key, value in key + value }
                .to("out")
        },
        "merge": dsl { builder in
            builder.stream("a", String.self, String.self)
                .merge(builder.stream("b", String.self, String.self))
                .to("out")
        },
        "through-repartition": dsl { builder in
            builder.stream("in", String.self, String?.self)
                .selectKey { value in value.map { String($0.prefix(1)) } }
                .repartition(partitions: 3, named: "rep")
                .to("out")
        },
        "dynamic-topic": dsl { builder in
            builder.stream("in", String.self, String.self).to { key, _, _ in TopicName("out-\(key ?? "null")") }
        },
        "count": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out")
        },
        "count-named-store": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .count(materialized: .as("counts"))
                .toStream().mapValues { String($0) }.to("out")
        },
        "wordcount-repartition": dsl { builder in
            builder.stream("in", String.self, String.self)
                .groupBy { value in String(value.prefix(1)) }
                .count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out")
        },
        "reduce": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey().reduce { $0 + $1 }.toStream().to("out")
        },
        "aggregate": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .aggregate(initial: "", materialized: .with(.string, .string)) { _, value, total in total + value }
                .toStream().to("out")
        },
        "ktable-passthrough": dsl { $0.table("in", String.self, String.self).toStream().to("out") },
        "ktable-materialized": dsl {
            $0.table("in", String.self, String.self, materialized: .as("tbl")).toStream().to("out")
        },
        "ktable-filter-mapvalues": dsl { builder in
            builder.table("in", String.self, String.self).filter { $0.hasPrefix("a") }.mapValues { $0.uppercased() }
                .toStream().to("out")
        },
        "ktable-filter-materialized": dsl { builder in
            builder.table("in", String.self, String.self)
                .filter(materialized: .as("flt")) { $0.hasPrefix("a") }
                .mapValues(materialized: .as("mv")) { $0.uppercased() }
                .toStream().to("out")
        },
        "order-address-join": dsl { builder in
            let addresses = builder.table("address", String.self, String.self)
            builder.stream("order", String.self, String.self)
                .join(addresses) { order, address in "\(order) send to \(address)" }
                .to("out")
        },
        "stream-table-leftjoin": dsl { builder in
            let table = builder.table("t", String.self, String.self)
            builder.stream("s", String.self, String.self).leftJoin(table, leftJoiner).to("out")
        },
        "stream-table-join-rekeyed": dsl { builder in
            let table = builder.table("t", String.self, String.self)
            builder.stream("s", String.self, String?.self)
                .selectKey { key, _ in key + "" }
                .join(table) { (left: String?, right: String) in "\(left ?? "null")+\(right)" }
                .to("out")
        },
        "stream-globaltable-join": dsl { builder in
            let table = builder.globalTable("g", String.self, String.self)
            builder.stream("s", String.self, String.self)
                .join(table, select: { key, _ in key }, { (left: String, right: String) in "\(left)+\(right)" })
                .to("out")
        },
        "stream-globaltable-join-by-value": dsl { builder in
            let table = builder.globalTable("g", String.self, String.self)
            builder.stream("s", String.self, String.self)
                .leftJoin(
                    table,
                    select: { _, value in "k\((value.last.flatMap { $0.wholeNumberValue } ?? 0) % 3)" },
                    leftJoiner
                )
                .to("out")
        },
        "process-store-punctuate": dsl { builder in
            builder.addStateStore(Stores.keyValueStore("seen", String.self, String.self))
            builder.stream("in", String.self, String.self).process(stores: ["seen"]) { Dedup() }.to("out")
        },
        "process-values-headers": dsl { builder in
            builder.stream("in", String.self, String.self).processValues { Stamp() }.to("out")
        },
        "papi-copy": {
            var topology = Topology()
            topology.addSource("src", topics: "in", String.self, String.self)
            topology.addProcessor("copy", parents: ["src"]) { Copy() }
            topology.addSink("snk", topic: "out", String.self, String.self, parents: ["copy"])
            return topology
        },
        "papi-wallclock": {
            var topology = Topology()
            topology.addSource("src", topics: "in", String.self, String.self)
            topology.addProcessor("counter", parents: ["src"]) { Counter() }
            topology.addSink("snk", topic: "out", String.self, String.self, parents: ["counter"])
            return topology
        },
        "multi-subtopology": dsl { builder in
            builder.stream("in", String.self, String.self)
                .groupBy { value in String(value.prefix(1)) }
                .count(materialized: .as("c1"))
                .toStream()
                .selectKey { _, _ in "all" }
                .mapValues { String($0) }
                .groupByKey()
                .reduce { $1 }
                .toStream().to("out")
        },
        "table-table-inner": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.join(right) { "\($0)+\($1)" }.toStream().to("out")
        },
        "table-table-inner-materialized": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.join(right, materialized: .as("joined")) { "\($0)+\($1)" }.toStream().to("out")
        },
        "table-table-left": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.leftJoin(right) { "\($0)+\($1 ?? "null")" }.toStream().to("out")
        },
        "table-table-left-materialized": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.leftJoin(right, materialized: .as("joined")) { "\($0)+\($1 ?? "null")" }.toStream().to("out")
        },
        "table-table-outer": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.outerJoin(right) { "\($0 ?? "null")+\($1 ?? "null")" }.toStream().to("out")
        },
        "table-table-outer-materialized": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let right = builder.table("r", String.self, String.self)
            left.outerJoin(right, materialized: .as("joined")) { "\($0 ?? "null")+\($1 ?? "null")" }.toStream().to(
                "out"
            )
        },
        "split-branch": dsl { builder in
            let branches = builder.stream("in", String.self, String?.self).split(named: "br-")
                .branch(as: "a") { $0?.hasPrefix("a") ?? false }
                .branch(as: "b") { $0?.hasPrefix("b") ?? false }
                .defaultBranch(as: "rest")
            for name in ["a", "b", "rest"] { branches["br-\(name)"]?.to(TopicName("out-\(name)")) }
        },
        "stream-totable": dsl { builder in
            builder.stream("in", String.self, String.self).toTable(materialized: .as("tt")).toStream().to("out")
        },
        "stream-rekey-totable": dsl { builder in
            builder.stream("in", String.self, String.self).selectKey { value in String(value.prefix(1)) }
                .toTable().toStream().to("out")
        },
        "ktable-groupby-count": dsl { builder in
            builder.table("in", String.self, String.self).groupBy { _, value in (String(value.prefix(1)), value) }
                .count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out")
        },
        "ktable-groupby-aggregate": dsl { builder in
            builder.table("in", String.self, String.self).groupBy { _, value in (String(value.prefix(1)), value) }
                .aggregate(
                    initial: "",
                    materialized: .with(.string, .string),
                    add: { "\($2)+\($1)" },
                    subtract: { "\($2)-\($1)" }
                )
                .toStream().to("out")
        },
        "ktable-groupby-reduce": dsl { builder in
            builder.table("in", String.self, String.self).groupBy { _, value in (String(value.prefix(1)), value) }
                .reduce(add: { "\($0)+\($1)" }, subtract: { "\($0)-\($1)" })
                .toStream().to("out")
        },
        "optimized-two-groupbys": dsl(optimizations: .all) { builder in
            let letters = builder.stream("in", String.self, String.self).selectKey { String($0.prefix(1)) }
            letters.groupByKey().count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out-count")
            letters.groupByKey().reduce { $0 + $1 }.toStream().to("out-reduce")
        },
        "optimized-source-table": dsl(optimizations: .all) {
            $0.table("in", String.self, String.self, materialized: .as("src-tbl")).toStream().to("out")
        },
    ]

    /// Joins null as the text `null`.
    static let leftJoiner: @Sendable (String, String?) -> String = { "\($0)+\($1 ?? "null")" }

    static func dsl(
        optimizations: Set<TopologyOptimization> = [],
        _ make: @escaping @Sendable (StreamsBuilder) throws -> Void
    ) -> Make {
        {
            let builder = StreamsBuilder(optimizations: optimizations)
            try make(builder)
            return try builder.build()
        }
    }
}
