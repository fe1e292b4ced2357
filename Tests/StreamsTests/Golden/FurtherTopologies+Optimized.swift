import Records
import Streams

extension FurtherTopologies {
    static let optimized: [String: Make] = [
        "opt-merge": dsl(optimizations: .all) { builder in
            let a = builder.stream("a", String.self, String.self).selectKey { first($0) }
            let merged = a.merge(builder.stream("b", String.self, String.self).selectKey { first($0) + "b" })
            merged.groupByKey().count().toStream().mapValues { String($0) }.to("out")
            merged.groupByKey().reduce { $0 + $1 }.toStream().to("out-2")
        },
        "opt-chains": dsl(optimizations: .all) { builder in
            let keyed = builder.stream("in", String.self, String.self).map { _, value in (first(value), value) }
            let filtered = keyed.filter { $0.count > 1 }
            let other = builder.stream("other", String.self, String.self)
            keyed.to("out-k")
            keyed.groupByKey().count(materialized: .as("c1")).toStream().mapValues { String($0) }.to("out")
            filtered.groupByKey().reduce { $0 + $1 }.toStream().to("out-2")
            filtered.mapValues { $0 + "!" }.groupByKey().count().toStream().mapValues { String($0) }.to("out-3")
            other.join(keyed.toTable(), join).to("out-4")
        },
        "opt-joins": dsl(optimizations: .all) { builder in
            let left = builder.stream("l", String.self, String.self).selectKey { first($0) }
            let right = builder.stream("r", String.self, String.self).selectKey { first($0) }
            left.join(right, within: .difference(.seconds(2), grace: .seconds(1)), join).to("out")
            left.peek { _, _ in }.leftJoin(builder.table("t", String.self, String.self), join).to("out-2")
            right.groupByKey().count().toStream().mapValues { String($0) }.to("out-3")
        },
        "opt-single": dsl(optimizations: .all) { builder in
            builder.stream("in", String.self, String.self).selectKey { first($0) }.filter { _ in true }
                .peek { _, _ in }.groupByKey().count().toStream().mapValues { String($0) }.to("out")
        },
        "opt-process": dsl(optimizations: .all) { builder in
            let processed = builder.stream("in", String.self, String.self).process { Punctuators() }
            processed.groupByKey().count().toStream().mapValues { String($0) }.to("out")
            processed.filter { _ in true }.groupByKey(named: "nm").reduce { $1 }.toStream().to("out-2")
        },
        "opt-self-join": dsl(optimizations: .all) { builder in
            let stream = builder.stream("in", String.self, String.self)
            stream.join(
                stream,
                within: .range(before: .seconds(1), after: .seconds(2), grace: .seconds(1)),
                named: "sj",
                join
            ).to("out")
            stream.mapValues { $0 }.to("out-2")
        },
        "opt-self-left-join": dsl(optimizations: .all) { builder in
            let stream = builder.stream("in", String.self, String.self)
            stream.leftJoin(stream, within: .difference(.seconds(1), grace: .seconds(1)), join).to("out")
        },
        "opt-tables": dsl(optimizations: .all) { builder in
            let a = builder.table("a", String.self, String.self, materialized: .as("as"))
            a.join(builder.table("b", String.self, String.self), join).toStream().to("out")
            a.filter { $0.hasPrefix("a") }.toStream().groupByKey().count().toStream().mapValues { String($0) }
                .to("out-2")
        },
        "opt-versioned": dsl(optimizations: .all) { optimizedVersioned($0) },
        "opt-order": dsl(optimizations: .all) { builder in
            let a = builder.stream("a", String.self, String.self).selectKey { first($0) }
            let b = builder.stream("b", String.self, String.self).mapValues { $0 + "x" }
            let filtered = a.filter { _ in true }
            a.groupByKey().count().toStream().mapValues { String($0) }.to("out")
            filtered.mapValues { $0 }.to("out-2")
            filtered.groupByKey().reduce { $0 + $1 }.toStream().to("out-3")
            b.to("out-4")
        },
    ]
}
