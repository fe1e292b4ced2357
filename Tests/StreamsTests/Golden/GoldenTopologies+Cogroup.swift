import Records
import Streams

/// The topologies that aggregate several streams into one table.
extension GoldenTopologies {
    static let cogroup: [String: Make] = [
        "cogroup": dsl { builder in
            cogrouped(builder).aggregate(initial: "", materialized: .with(.string, .string)).toStream().to("out")
        },
        "cogroup-windowed": dsl { builder in
            cogrouped(builder).windowedBy(.tumbling(.seconds(10), grace: .seconds(5)))
                .aggregate(initial: "", materialized: .with(.string, .string))
                .toStream { key, _ in windowText(key) }.to("out")
        },
    ]

    private static func cogrouped(_ builder: StreamsBuilder) -> CogroupedKStream<String, String> {
        let first = builder.stream("a", String.self, String?.self).groupByKey()
        let second = builder.stream("b", String.self, String?.self).groupByKey()
        return first.cogroup { _, value, total in "\(total)a:\(value ?? "null")" }
            .cogroup(second) { _, value, total in "\(total)b:\(value ?? "null")" }
    }
}
