import Records
import Streams

extension FurtherTopologies {
    static let tables: [String: Make] = [
        "table-suppress-join": dsl { builder in
            let right = { builder.table("r", String.self, String.self) }
            builder.table("l", String.self, String.self).suppress(.untilTimeLimit(.seconds(3)))
                .leftJoin(right(), join).toStream().to("out")
        },
        "table-suppress-filter-regroup": dsl { builder in
            builder.table("in", String.self, String.self).suppress(.untilTimeLimit(.seconds(3)))
                .filter { !$0.hasPrefix("a") }
                .groupBy { _, value in (first(value), value) }
                .reduce(add: { "\($0)+\($1)" }, subtract: { "\($0)-\($1)" }).toStream().to("out")
        },
        "join-regroup": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            left.join(builder.table("r", String.self, String.self), join)
                .groupBy { _, value in (first(value), value) }
                .aggregate(
                    initial: "",
                    materialized: .with(.string, .string),
                    add: { "\($2)(\($1)" },
                    subtract: { "\($2))\($1)" }
                )
                .toStream().to("out")
        },
        "outer-join-regroup": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            left.outerJoin(builder.table("r", String.self, String.self), join)
                .groupBy { _, value in (first(value), value) }
                .reduce(add: { "\($0)(\($1)" }, subtract: { "\($0))\($1)" }).toStream().to("out")
        },
        "three-tables": dsl { builder in
            let a = builder.table("a", String.self, String.self)
            let ab = a.join(builder.table("b", String.self, String.self), join)
            ab.leftJoin(builder.table("c", String.self, String.self), join).toStream().to("out")
        },
        "three-tables-outer-filter": dsl { builder in
            let a = builder.table("a", String.self, String.self)
            let ab = a.outerJoin(builder.table("b", String.self, String.self), join).filter { $0.count % 2 == 1 }
            ab.outerJoin(builder.table("c", String.self, String.self).mapValues { $0 + "!" }, join).toStream().to("out")
        },
        "three-tables-materialized": dsl { builder in
            let a = builder.table("a", String.self, String.self)
            let ab = a.leftJoin(
                builder.table("b", String.self, String.self),
                materialized: .as("m1"),
                named: "first",
                join
            )
            ab.join(
                builder.table("c", String.self, String.self),
                materialized: .with(.string, .string),
                named: "second",
                join
            )
            .toStream(named: "ts").to("out")
        },
        "filter-join": dsl { builder in
            let left = builder.table("l", String.self, String.self).filter { $0.count % 2 == 0 }
            left.join(builder.table("r", String.self, String.self).filterNot { $0.hasPrefix("b") }, join)
                .toStream().to("out")
        },
        "filter-outer-join-materialized-filter": dsl { builder in
            let left = builder.table("l", String.self, String.self, materialized: .as("ls"))
                .filter(materialized: .as("fs")) { $0.hasPrefix("a") || $0.hasPrefix("c") }
            let right = builder.table("r", String.self, String.self).mapValues(materialized: .as("ms")) {
                $0.uppercased()
            }
            left.outerJoin(right, join).filter { !$0.contains("null") }.toStream().to("out")
        },
        "self-table-join": dsl { builder in
            let table = builder.table("in", String.self, String.self)
            table.join(table.mapValues { $0 + "2" }, join).toStream().to("out")
        },
        "self-table-left-filter": dsl { builder in
            let table = builder.table("in", String.self, String.self)
            table.leftJoin(table.filter { $0.hasPrefix("a") }, join).toStream().to("out")
        },
        "windowed-join-suppress": dsl { builder in
            let a = builder.stream("a", String.self, String.self).groupByKey()
                .windowedBy(.tumbling(.seconds(5), grace: .seconds(2))).count()
            let b = builder.stream("b", String.self, String.self).groupByKey()
                .windowedBy(.tumbling(.seconds(5), grace: .seconds(4)))
                .count(materialized: .as("ys"), named: "county")
            a.outerJoin(b, materialized: .with(.timeWindowed(.string, size: .seconds(5)), .string)) { left, right in
                "\(left.map { "\($0)" } ?? "null")+\(right.map { "\($0)" } ?? "null")"
            }
            .suppress(.untilWindowCloses()).toStream { key, _ in windowText(key) }.mapValues { $0 }.to("out")
        },
        "transform-values": dsl { builder in
            let left = builder.table("in", String.self, String.self).transformValues { Timed() }
            left.join(builder.table("r", String.self, String.self), join).toStream().to("out")
        },
        "transform-values-store": dsl { builder in
            builder.table("in", String.self, String.self)
                .transformValues(materialized: .with(.string, .string)) { Named() }
                .groupBy { _, value in (first(value), value) }
                .count(materialized: .as("cn")).toStream().mapValues { String($0) }.to("out")
        },
        "totable-join": dsl { builder in
            let table = builder.stream("in", String.self, String.self).filter { _ in true }.selectKey { first($0) }
                .toTable(materialized: .as("tstore"), named: "tt")
            builder.stream("s", String.self, String.self).join(table, join).to("out")
            table.toStream().toTable().filter { $0.hasSuffix("1") }.toStream().to("out-2")
        },
    ]

    private final class Timed: ValueTransformer {
        private var context: ValueTransformerContext?

        func start(_ context: ValueTransformerContext) { self.context = context }

        func transform(_ key: String, _ value: String?) -> String? {
            value.map { "\(key)\($0)@\(context?.timestamp ?? .none)" }
        }
    }

    private final class Named: ValueTransformer {
        func transform(_ key: String, _ value: String?) -> String? { value.map { key + $0 } ?? "none" }
    }
}
