import Records
import Streams

extension FurtherTopologies {
    static let names: [String: Make] = [
        "names-everywhere": dsl { builder in
            let z = builder.stream("z-in", String.self, String.self, named: "z-source")
            let a = builder.stream("a-in", String.self, String.self, named: "a-source")
            let counts = z.filter(named: "nn") { _ in true }.selectKey(named: "rekey") { first($0) }
                .repartition(named: "zz-part")
                .groupByKey(named: "grp").count(materialized: .as("cstore"), named: "cnt")
            a.filter { _ in true }.selectKey(named: "rekey2") { first($0) }
                .leftJoin(counts, named: "sj") { (value: String, count: Int64?) in
                    "\(value)\(count.map { String($0) } ?? "null")"
                }
                .to("out", named: "sink")
        },
        "join-reuse": dsl { builder in
            let stream = builder.stream("s", String.self, String.self).filter { _ in true }.selectKey { first($0) }
            let (t, u) = (builder.table("t", String.self, String.self), builder.table("u", String.self, String.self))
            stream.join(t, join).to("out-1")
            stream.leftJoin(u, join).to("out-2")
            stream.join(u, named: "named", join).to("out-3")
            stream.join(t, join).to("out-4")
        },
        "multi-topic-source": dsl { builder in
            builder.stream(["t5", "t1", "t3"], String.self, String.self).to("out")
            builder.stream(["t1", "t3", "t5"], String.self, String.self).filter { _ in true }.to("out-2")
            builder.stream(["t4", "t2"], String.self, String.self)
                .merge(builder.stream("other", String.self, String.self)).to("out-3")
        },
        "merge-three": dsl { builder in
            let a = builder.stream("a", String.self, String.self)
            a.merge(builder.stream("b", String.self, String.self))
                .merge(builder.stream("c", String.self, String.self).filter { _ in true }, named: "m2")
                .groupByKey().count(named: "n").toStream().mapValues { String($0) }.to("out")
        },
        "split-handlers": dsl { builder in
            let branches = builder.stream("in", String.self, String.self).filter { _ in true }.split()
                .branch(then: { $0.mapValues { $0 + "A" } }) { $0.hasPrefix("a") }
                .branch(
                    then: {
                        $0.to("out-b")
                        return nil
                    }
                ) { $0.hasPrefix("b") }
                .branch(as: "cc") { $0.hasPrefix("c") }
                .noDefaultBranch()
            for (name, branch) in branches.sorted(by: { $0.key < $1.key }) {
                branch.to(TopicName("out-\(name.suffix(1))"))
            }
        },
        "fan-out-six": dsl { builder in
            let stream = builder.stream("in", String.self, String.self).filter { _, _ in true }
            stream.to("out-1")
            stream.mapValues { $0 + "2" }.filter { _ in true }.filter { _ in true }.to("out-2")
            stream.groupByKey().count().toStream().mapValues { String($0) }.to("out-3")
            stream.selectKey { $0 }.groupByKey().reduce { $1 }.toStream().to("out-4")
            stream.peek { _, _ in }.to("out-5")
            stream.flatMapValues { [$0, $0] }.mapValues { $0 + "6" }.peek { _, _ in }.to("out-6")
            stream.filter { _ in false }.to("out-7")
        },
        "grouped-named-twice": dsl { builder in
            let grouped = builder.stream("in", String.self, String.self).filter { _ in true }
                .groupBy(named: "byfirst") { first($0) }
            grouped.count().toStream().mapValues { String($0) }.to("out")
            grouped.reduce { $0 + $1 }.toStream().to("out-2")
            grouped.windowedBy(.tumbling(.seconds(3))).count().toStream { key, _ in windowText(key) }
                .mapValues { String($0) }.to("out-3")
        },
        "repartition-partitioner-chain": dsl { builder in
            builder.stream("in", String?.self, String.self).filter { _ in true }
                .map { _, value in (first(value), value) }
                .repartition().mapValues { $0 + "r" }.groupByKey().reduce { $0 + $1 }
                .toStream().groupBy { _ in "all" }.count(named: "cc").toStream().mapValues { String($0) }.to("out")
        },
    ]

    static let streams: [String: Make] = [
        "stream-joins-rekeyed": dsl { builder in
            let left = builder.stream("l", String.self, String.self).filter { _ in true }.selectKey { first($0) }
            let right = builder.stream("r", String.self, String.self).filter { _ in true }.selectKey { first($0) }
            left.outerJoin(
                right,
                within: .difference(.seconds(2), grace: .seconds(1)),
                joined: StreamJoined(storeName: "ojs"),
                named: "oj",
                join
            ).to("out")
            left.join(right, within: .difference(.seconds(1), grace: .seconds(1)), join).to("out-2")
        },
        "stream-left-join-names": dsl { builder in
            let left = builder.stream("l", String?.self, String.self)
            left.leftJoin(
                builder.stream("r", String?.self, String.self),
                within: .range(before: .seconds(1), after: .seconds(3), grace: .seconds(2)),
                named: "lj"
            ) { (key: String?, left: String, right: String?) in "\(key ?? "null")\(left)\(right ?? "null")" }
            .to("out")
        },
        "stream-outer-join-zero": dsl { builder in
            let left = builder.stream("l", String.self, String.self)
            left.outerJoin(
                builder.stream("r", String.self, String.self),
                within: .difference(.zero, grace: .seconds(1)),
                joined: StreamJoined(storeName: "st"),
                join
            ).to("out")
        },
        "stream-join-chain": dsl { builder in
            let windows = JoinWindows.difference(.seconds(2), grace: .seconds(2))
            let a = builder.stream("a", String.self, String.self)
            let ab = a.join(builder.stream("b", String.self, String.self), within: windows, join)
            ab.leftJoin(builder.stream("c", String.self, String.self), within: windows, join).to("out")
        },
        "global-joins": dsl { builder in
            let table = builder.globalTable("g", String.self, String.self, materialized: .as("gs"))
            let stream = builder.stream("s", String.self, String.self)
            stream.leftJoin(table, named: "gl", select: { key, _ in key }, join).to("out")
            stream.filter { _ in true }.selectKey { first($0) }.join(table, select: { key, _ in key }, join)
                .groupByKey().count().toStream().mapValues { String($0) }.to("out-2")
        },
        "punctuators": dsl { builder in
            builder.stream("in", String.self, String.self).process { Punctuators() }.to("out")
        },
    ]

    /// Seven punctuations, several of which are due at once.
    final class Punctuators: Processor {
        private var context: ProcessorContext<String, String>?
        private var count = 0

        func start(_ context: ProcessorContext<String, String>) throws {
            self.context = context
            for name in ["a", "b", "c", "d"] {
                try context.schedule(every: .seconds(name == "d" ? 4 : 2), .streamTime) { time in
                    try context.forward(StreamRecord(key: "s\(name)", value: "\(time)", timestamp: time))
                }
            }
            for name in ["x", "y", "z"] {
                try context.schedule(every: .seconds(3), .wallClockTime) { time in
                    let value = "\(context.currentStreamTime)"
                    try context.forward(StreamRecord(key: "w\(name)", value: value, timestamp: time))
                }
            }
        }

        func process(_ record: StreamRecord<String, String>) throws {
            try context?.forward(record.with(headers: [Header(key: "n", value: Bytes(utf8: "\(count)"))]))
            count += 1
        }
    }
}
