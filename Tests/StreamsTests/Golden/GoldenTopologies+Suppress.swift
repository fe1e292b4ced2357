import Records
import Streams

/// The topologies that hold changes back.
extension GoldenTopologies {
    static let suppress: [String: Make] = [
        "window-tumbling-suppress-close": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.tumbling(.seconds(10), grace: .seconds(5)))
                .count(materialized: .with(.string, .int64))
                .suppress(.untilWindowCloses())
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "window-session-suppress-close": dsl { builder in
            builder.stream("in", String.self, String.self).groupByKey()
                .windowedBy(.session(gap: .seconds(5), grace: .seconds(5)))
                .count(materialized: .with(.string, .int64))
                .suppress(.untilWindowCloses())
                .toStream { key, _ in windowText(key) }.mapValues { String($0) }.to("out")
        },
        "suppress-time-limit": dsl { builder in
            builder.table("in", String.self, String.self)
                .suppress(.untilTimeLimit(.seconds(8), .maxRecords(2).emitEarlyWhenFull()))
                .toStream().to("out")
        },
    ]
}
