import Records
import Streams

extension FurtherTopologies {
    private static func history(_ name: String, _ milliseconds: Int64) -> Materialized<String, String> {
        .versioned(name, history: .milliseconds(milliseconds))
    }

    private static func table(
        _ builder: StreamsBuilder,
        _ topic: TopicName,
        _ store: String,
        _ milliseconds: Int64
    ) -> KTable<String, String> {
        builder.table(topic, String.self, String.self, materialized: history(store, milliseconds))
    }

    static let versioned: [String: Make] = [
        "versioned-ops": dsl { builder in
            let table = table(builder, "in", "vt", 5000)
            table.filter { $0.hasPrefix("a") || $0.hasPrefix("b") }.mapValues { $0 + "!" }.toStream().to("out")
            table.groupBy { _, value in (first(value), value) }.count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out-2")
        },
        "versioned-join": dsl { builder in
            let left = table(builder, "l", "vl", 5000)
            left.join(table(builder, "r", "vr", 8000), join).toStream().to("out")
        },
        "versioned-left-join-mixed": dsl { builder in
            let left = table(builder, "l", "vl", 5000)
            left.leftJoin(builder.table("r", String.self, String.self), join).toStream().to("out")
        },
        "versioned-aggregate": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .aggregate(initial: "", materialized: history("va", 4000)) { $2 + $1 }.toStream().to("out")
        },
        "versioned-reduce-join": dsl { builder in
            let table = builder.stream("in", String.self, String.self).groupByKey()
                .reduce(materialized: history("va", 4000)) { $0 + $1 }
            builder.stream("s", String.self, String.self).leftJoin(table, join).to("out")
        },
        "versioned-filter-store": dsl { builder in
            let table = builder.table("in", String.self, String.self)
                .filter(materialized: history("vf", 4000)) { !$0.hasPrefix("c") }
            builder.stream("s", String.self, String.self).join(table, join).to("out")
            table.toStream().to("out-2")
        },
        "versioned-mapvalues-store": dsl { builder in
            let table = table(builder, "in", "src", 4000).mapValues(materialized: history("vm", 6000)) { $0 + $1 }
            builder.stream("s", String.self, String.self).leftJoin(table, join).to("out")
            table.toStream().to("out-2")
        },
        "versioned-join-store": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            let table = left.outerJoin(
                builder.table("r", String.self, String.self),
                materialized: history("vj", 4000),
                join
            )
            builder.stream("s", String.self, String.self).leftJoin(table, join).to("out")
            table.toStream().to("out-2")
        },
        "versioned-totable": dsl { builder in
            let table = builder.stream("in", String.self, String.self).toTable(materialized: history("vt", 4000))
            builder.stream("s", String.self, String.self).leftJoin(table, join).to("out")
            table.toStream().to("out-2")
        },
        "versioned-regroup-store": dsl { builder in
            builder.table("in", String.self, String.self).groupBy { _, value in (first(value), value) }
                .aggregate(
                    initial: "",
                    materialized: history("vg", 3000),
                    add: { "\($2)+\($1)" },
                    subtract: { "\($2)-\($1)" }
                )
                .toStream().to("out")
        },
        "versioned-filter-mapvalues-join": dsl { builder in
            let table = table(builder, "in", "src", 9000).filter { !$0.hasPrefix("b") }.mapValues { $0 + "?" }
            builder.stream("s", String.self, String.self).leftJoin(table, join).to("out")
        },
        "grace-join": dsl { builder in
            let stream = builder.stream("s", String.self, String.self)
            stream.join(table(builder, "t", "vt", 10_000), grace: .seconds(2), join).to("out")
        },
        "grace-left-join-named": dsl { builder in
            let stream = builder.stream("s", String.self, String.self)
            stream.leftJoin(table(builder, "t", "vt", 10_000), grace: .seconds(3), named: "gj", join).to("out")
        },
        "grace-join-nulls": dsl { builder in
            let stream = builder.stream("s", String.self, String.self)
            stream.join(table(builder, "t", "vt", 10_000), grace: .seconds(2), join).to("out")
        },
    ]

    static let foreignKeys: [String: Make] = [
        "fk-inner": dsl { builder in
            let left = builder.table("left", String.self, String.self)
            left.join(builder.table("right", String.self, String.self), foreignKey: foreignKey, barred)
                .toStream().to("out")
        },
        "fk-left": dsl { builder in
            let left = builder.table("left", String.self, String.self)
            left.leftJoin(builder.table("right", String.self, String.self), foreignKey: foreignKey, barred)
                .toStream().to("out")
        },
        "fk-named-materialized": dsl { builder in
            let left = builder.table("left", String.self, String.self, materialized: .as("lst"))
            let right = builder.table("right", String.self, String.self).mapValues { $0 + "!" }
            left.join(right, foreignKey: foreignKey, materialized: .as("res"), named: "fkj", barred)
                .filter { $0.count % 2 == 0 }.toStream().to("out")
        },
        "fk-filtered-both": dsl { builder in
            let left = builder.table("left", String.self, String.self).filter { !$0.hasSuffix("1") }
            let right = builder.table("right", String.self, String.self).filter { !$0.hasSuffix("2") }
            left.leftJoin(right, foreignKey: foreignKey, barred).mapValues { $0 + "$" }.toStream().to("out")
        },
        "fk-self": dsl { builder in
            let table = builder.table("left", String.self, String.self)
            table.leftJoin(table, foreignKey: foreignKey, barred).toStream().to("out")
        },
        "fk-then-join": dsl { builder in
            let left = builder.table("left", String.self, String.self)
            left.join(builder.table("right", String.self, String.self), foreignKey: foreignKey, barred)
                .outerJoin(left, join).toStream().to("out")
        },
        "fk-regroup": dsl { fkRegroup($0) },
        "fk-versioned": dsl { builder in
            let left = table(builder, "left", "vl", 5000)
            left.join(table(builder, "right", "vr", 5000), foreignKey: foreignKey, barred).toStream().to("out")
        },
        "fk-left-versioned": dsl { builder in
            let left = table(builder, "left", "vl", 5000)
            left.leftJoin(
                builder.table("right", String.self, String.self),
                foreignKey: foreignKey,
                materialized: history("vres", 3000),
                barred
            ).toStream().to("out")
        },
    ]

    static let fkRegroup: @Sendable (StreamsBuilder) -> Void = { builder in
        let left = builder.table("left", String.self, String.self)
        left.leftJoin(builder.table("right", String.self, String.self), foreignKey: foreignKey, barred)
            .groupBy { _, value in (last(value), value) }
            .reduce(add: { "\($0)+\($1)" }, subtract: { "\($0)-\($1)" }).toStream().to("out")
    }

    static let optimizedVersioned: @Sendable (StreamsBuilder) -> Void = { builder in
        let stream = builder.stream("s", String.self, String.self)
        stream.join(table(builder, "in", "vt", 5000), join).to("out")
    }
}
