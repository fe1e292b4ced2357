import Records
import Streams

extension FurtherTopologies {
    private static func grouped(_ builder: StreamsBuilder) -> KGroupedStream<String, String> {
        builder.stream("in", String.self, String.self).groupByKey()
    }

    static let windows: [String: Make] = [
        "session-reduce": dsl { builder in
            builder.stream("in", String.self, String.self).filter { _ in true }.groupByKey()
                .windowedBy(.session(gap: .seconds(2), grace: .seconds(1)))
                .reduce(materialized: .as("ss"), named: "sr") { $0 + $1 }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "session-regroup": dsl { builder in
            grouped(builder).windowedBy(.session(gap: .seconds(2), grace: .seconds(1))).count()
                .groupBy(value: .string) { key, _ in (key.key, "\(key.window.start)") }
                .count().toStream().mapValues { String($0) }.to("out")
        },
        "session-close": dsl { builder in
            builder.stream("in", String.self, String?.self).groupByKey()
                .windowedBy(.session(gap: .seconds(1), grace: .seconds(1))).emit(.onWindowClose)
                .aggregate(initial: "", materialized: .with(.string, .string), merge: { "\($1)&\($2)" }) {
                    $2 + ($1 ?? "null")
                }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "session-suppress": dsl { builder in
            grouped(builder).windowedBy(.session(gap: .seconds(1), grace: .seconds(2))).count()
                .suppress(.untilWindowCloses(), named: "fin")
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "hopping-close": dsl { builder in
            builder.stream("in", String.self, String?.self).groupByKey()
                .windowedBy(.hopping(.seconds(4), advance: .seconds(1), grace: .seconds(1))).emit(.onWindowClose)
                .aggregate(initial: "", materialized: .with(.string, .string)) { $2 + ($1 ?? "null") }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "tumbling-regroup": dsl { builder in
            grouped(builder).windowedBy(.tumbling(.seconds(3), grace: .seconds(1))).count(materialized: .as("wc"))
                .groupBy { key, count in (key.key, "\(count)") }
                .reduce(add: { "\($0)+\($1)" }, subtract: { "\($0)-\($1)" }).toStream().mapValues { $0 }.to("out")
        },
        "sliding-reduce": dsl { builder in
            builder.stream("in", String.self, String.self).filter { _ in true }.groupByKey()
                .windowedBy(.sliding(.seconds(2), grace: .seconds(1))).reduce { $0 + $1 }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "sliding-filter": dsl { builder in
            grouped(builder).windowedBy(.sliding(.seconds(2), grace: .seconds(2))).count()
                .filter { _, count in count > 1 }
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "unlimited": dsl { builder in
            grouped(builder).windowedBy(.unlimited(from: 1_002_000)).count()
                .toStream { key, _ in "\(key.key)@\(key.window.start)" }.mapValues { String($0) }.to("out")
        },
    ]

    static let cached: [String: Make] = [
        "cached-regroup": dsl { builder in
            builder.table("in", String.self, String.self).groupBy { _, value in (first(value), value) }
                .aggregate(
                    initial: "",
                    materialized: .with(.string, .string),
                    add: { "\($2)+\($1)" },
                    subtract: { "\($2)-\($1)" }
                )
                .toStream().to("out")
        },
        "cached-join": dsl { builder in
            let left = builder.table("l", String.self, String.self)
            left.outerJoin(
                builder.table("r", String.self, String.self),
                materialized: .with(.string, .string),
                join
            )
            .filter(materialized: .as("f")) { $0.count % 2 == 1 }.toStream().to("out")
        },
        "cached-hopping": dsl { builder in
            grouped(builder).windowedBy(.hopping(.seconds(4), advance: .seconds(1), grace: .seconds(1))).count()
                .filter { _, count in count > 1 }
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "cached-sliding-suppress": dsl { builder in
            grouped(builder).windowedBy(.sliding(.seconds(2), grace: .seconds(1))).count()
                .suppress(.untilWindowCloses())
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "cached-sessions": dsl { builder in
            grouped(builder).windowedBy(.session(gap: .seconds(2), grace: .seconds(1))).count()
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "cached-count-regroup": dsl { countRegroup($0) },
        "cached-fk": dsl { fkRegroup($0) },
        "cached-cogroup": dsl { builder in
            builder.stream("a", String.self, String.self).groupByKey()
                .cogroup { (_: String, value: String, total: String) in "\(total)a\(value)" }
                .cogroup(builder.stream("b", String.self, String.self).groupByKey()) { "\($2)b\($1)" }
                .aggregate(initial: "", materialized: .with(.string, .string))
                .mapValues(materialized: .as("mv")) { $0 + "!" }.toStream().to("out")
        },
    ]
}
