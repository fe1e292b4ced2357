import Records
import Streams

/// The topologies that join tables by a foreign key.
extension GoldenTopologies {
    static let foreignKey: [String: Make] = [
        "table-table-fk-inner": dsl { builder in
            let left = builder.table("left", String.self, String.self)
            let right = builder.table("right", String.self, String.self)
            left.join(right, foreignKey: { beforeComma($0) }) { "\($0)|\($1)" }.toStream().to("out")
        },
        "table-table-fk-left": dsl { builder in
            let left = builder.table("left", String.self, String.self)
            let right = builder.table("right", String.self, String.self)
            left.leftJoin(right, foreignKey: { beforeComma($0) }) { "\($0)|\($1 ?? "null")" }.toStream().to("out")
        },
    ]

    private static let beforeComma: @Sendable (String) -> String? = { value in
        value.split(separator: ",", omittingEmptySubsequences: false).first.map(String.init)
    }
}
