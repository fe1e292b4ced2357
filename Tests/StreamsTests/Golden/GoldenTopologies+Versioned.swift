import Records
import Streams

/// The topologies with versioned tables.
extension GoldenTopologies {
    static let versioned: [String: Make] = [
        "versioned-stream-table-join": dsl { builder in
            let table = builder.table(
                "t",
                String.self,
                String.self,
                materialized: .versioned("vt", history: .seconds(30))
            )
            builder.stream("s", String.self, String.self)
                .join(table) { (left: String, right: String) in "\(left)+\(right)" }
                .to("out")
        },
        "versioned-stream-table-join-grace": dsl { builder in
            let table = builder.table(
                "t",
                String.self,
                String.self,
                materialized: .versioned("vt", history: .seconds(30))
            )
            builder.stream("s", String.self, String.self)
                .join(table, grace: .seconds(5), named: "jn") { (left: String, right: String) in "\(left)+\(right)" }
                .to("out")
        },
    ]
}
