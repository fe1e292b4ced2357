import Records
import Streams

/// The topologies with windows.
extension GoldenTopologies {
    static let windows: [String: Make] = [
        "window-tumbling-count": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.tumbling(.seconds(10), grace: .seconds(5)))
                .count(materialized: .with(.string, .int64))
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "window-hopping-aggregate": dsl { builder in
            builder.stream("in", String.self, String?.self).groupByKey()
                .windowedBy(.hopping(.seconds(10), advance: .seconds(4), grace: .seconds(5)))
                .aggregate(initial: "") { _, value, total in total + (value ?? "null") }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "window-sliding-aggregate": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.sliding(.seconds(5), grace: .seconds(5)))
                .aggregate(initial: "") { _, value, total in total + value }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "window-session-aggregate": dsl { builder in
            builder.stream("in", String.self, String?.self).groupByKey()
                .windowedBy(.session(gap: .seconds(5), grace: .seconds(5)))
                .aggregate(initial: "", merge: { _, one, other in "\(one)&\(other)" }) { _, value, total in
                    total + (value ?? "null")
                }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "window-session-count": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.session(gap: .seconds(5)))
                .count(materialized: .with(.string, .int64))
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "window-tumbling-emit-close": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.tumbling(.seconds(10), grace: .seconds(5))).emit(.onWindowClose)
                .count(materialized: .with(.string, .int64))
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "window-sliding-emit-close": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.sliding(.seconds(5), grace: .seconds(5))).emit(.onWindowClose)
                .aggregate(initial: "") { _, value, total in total + value }
                .toStream { key, _ in windowText(key) }.to("out")
        },
        "window-session-emit-close": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.session(gap: .seconds(5), grace: .seconds(5))).emit(.onWindowClose)
                .count(materialized: .with(.string, .int64))
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "window-reduce-rekeyed": dsl { builder in
            builder.stream("in", String.self, String.self)
                .groupBy { value in String(value.prefix(1)) }
                .windowedBy(.tumbling(.seconds(10)))
                .reduce { $0 + $1 }
                .toStream { key, _ in windowText(key) }.to("out")
        },
    ]

    /// A windowed key as the official runs write it.
    static let windowText: @Sendable (Windowed<String>) -> String = { key in
        "\(key.key)@\(key.window.start)-\(key.window.end)"
    }
}
