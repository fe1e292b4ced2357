import Records
import Streams

/// The topologies of further official runs: what operators do when they are put together, named, optimised and cached.
enum FurtherTopologies {
    typealias Make = GoldenTopologies.Make

    static let all: [String: Make] = [
        aggregations, tables, names, streams, versioned, foreignKeys, windows, optimized, cached,
    ]
    .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

    /// Joins as the official runs do: null is the text `null`.
    static let join: @Sendable (String?, String?) -> String = { left, right in
        "\(left ?? "null")+\(right ?? "null")"
    }

    static let first: @Sendable (String) -> String = { String($0.prefix(1)) }
    static let last: @Sendable (String) -> String = { String($0.suffix(1)) }

    /// What stands before the first comma; nil without one.
    static let foreignKey: @Sendable (String) -> String? = { value in
        value.firstIndex(of: ",").map { String(value[..<$0]) }
    }

    static let barred: @Sendable (String, String?) -> String = { "\($0)|\($1 ?? "null")" }
    static let windowText = GoldenTopologies.windowText

    static func dsl(
        optimizations: Set<TopologyOptimization> = [],
        _ make: @escaping @Sendable (StreamsBuilder) throws -> Void
    ) -> Make { GoldenTopologies.dsl(optimizations: optimizations, make) }

    static let aggregations: [String: Make] = [
        "count-regroup": dsl { countRegroup($0) },
        "count-filter-zero": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey().count().filter { _, count in count % 2 == 0 }
                .toStream().mapValues { String($0) }.to("out")
        },
        "aggregate-regroup": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .aggregate(initial: "-", materialized: .with(.string, .string)) { $2 + $1 }
                .groupBy { _, value in (last(value), value) }
                .aggregate(
                    initial: "",
                    materialized: .with(.string, .string),
                    add: { "\($2)+\($1)" },
                    subtract: { "\($2)-\($1)" }
                )
                .toStream().to("out")
        },
        "reduce-suppress-records": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey().reduce { $0 + $1 }
                .suppress(.untilTimeLimit(.seconds(5), .maxRecords(2).emitEarlyWhenFull()))
                .toStream().to("out")
        },
        "count-suppress-bytes": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey().count()
                .suppress(.untilTimeLimit(.seconds(6), .maxBytes(150).emitEarlyWhenFull()), named: "sup")
                .toStream().mapValues { String($0) }.to("out")
        },
        "cogroup-twice": dsl { builder in
            let grouped = builder.stream("a", String.self, String?.self).selectKey { $0.map(first) }.groupByKey()
                .cogroup { (_: String?, value: String?, total: String) in "\(total)a\(value ?? "null")" }
                .cogroup(builder.stream("b", String?.self, String?.self).groupByKey()) { "\($2)b\($1 ?? "null")" }
            grouped.aggregate(initial: "", materialized: .with(String?.serde, .string)).toStream().to("out-1")
            grouped.windowedBy(.tumbling(.seconds(10), grace: .seconds(1)))
                .aggregate(initial: "", materialized: .with(String?.serde, .string))
                .toStream { key, _ in "\(key.key ?? "")@\(key.window.start)-\(key.window.end)" }.to("out-2")
        },
        "cogroup-regroup": dsl { builder in
            builder.stream("a", String.self, String.self).groupByKey()
                .cogroup { (_: String, value: String, total: String?) in "\(total ?? "null")a\(value)" }
                .cogroup(builder.stream("b", String.self, String.self).groupByKey()) { _, value, total in
                    value.count % 2 == 0 ? nil : "\(total ?? "null")b\(value)"
                }
                .aggregate(initial: "i", materialized: .with(.string, String?.serde), named: "cg")
                .groupBy { key, value in (first(value ?? ""), key) }
                .count(materialized: .with(.string, .int64))
                .toStream().mapValues { String($0) }.to("out")
        },
        "cogroup-sessions": dsl { builder in
            builder.stream("a", String.self, String?.self).groupByKey()
                .cogroup { (_: String, value: String?, total: String) in "\(total)a\(value ?? "null")" }
                .cogroup(builder.stream("b", String.self, String?.self).groupByKey()) { "\($2)b\($1 ?? "null")" }
                .windowedBy(.session(gap: .seconds(2), grace: .seconds(3)))
                .aggregate(initial: "", materialized: .with(.string, .string)) { "\($1)&\($2)" }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "cogroup-sliding": dsl { builder in
            builder.stream("a", String.self, String.self).groupByKey()
                .cogroup { (_: String, value: String, total: String) in "\(total)a\(value)" }
                .cogroup(builder.stream("b", String.self, String.self).groupByKey()) { "\($2)b\($1)" }
                .windowedBy(.sliding(.seconds(3), grace: .seconds(3)))
                .aggregate(initial: "", materialized: .with(.string, .string))
                .toStream { key, _ in windowText(key) }.to("out")
        },
    ]

    static let countRegroup: @Sendable (StreamsBuilder) -> Void = { builder in
        builder.stream("in", String.self, String.self).groupByKey().count()
            .groupBy(value: .string) { key, count in ("x\(count)", key) }
            .count().toStream().mapValues { String($0) }.to("out")
    }
}
