import Records
import Streams
import StreamsTesting
import Testing

/// Joins with tables against nested loops over the whole history: late records, ties of time, tombstones and new foreign keys.
@Suite struct TableJoinModelTests {
    private struct Change {
        let isLeft: Bool
        let key: String
        let value: String?
        let time: Int64
    }

    /// A third of the values are tombstones; times wander forward, with lateness and ties.
    private func changes(seed: UInt64, count: Int = 200) -> [Change] {
        var random = StoreTestGenerator(seed: seed)
        var now: Int64 = 100_000
        return (0..<count).map { number in
            now += Int64.random(in: 0...3, using: &random) * 500
            let isLate = Int.random(in: 0..<4, using: &random) == 0
            return Change(
                isLeft: Bool.random(using: &random),
                key: "k\(Int.random(in: 0..<4, using: &random))",
                value: Int.random(in: 0..<3, using: &random) == 0
                    ? nil : "\(number)/k\(Int.random(in: 0..<4, using: &random))",
                time: now - (isLate ? Int64.random(in: 0...8000, using: &random) : 0)
            )
        }
    }

    /// The rows of a table after changes, in the order in which they came.
    private func rows(_ changes: some Sequence<Change>) -> [String: String] {
        var rows: [String: String] = [:]
        for change in changes { rows[change.key] = change.value }
        return rows
    }

    /// Runs changes of both sides, and compares the table of the output with the model after each.
    private func check(
        _ seed: UInt64,
        _ topology: Topology,
        _ model: (_ left: [String: String], _ right: [String: String]) -> [String: String]
    ) throws {
        let changes = changes(seed: seed)
        let driver = try TopologyTestDriver(topology)
        defer { closing(driver) }
        let left = driver.inputTopic("l", String.self, String.self)
        let right = driver.inputTopic("r", String.self, String.self)
        let output = driver.outputTopic("out", String.self, String.self)
        var found: [String: String] = [:]
        for (number, change) in changes.enumerated() {
            try (change.isLeft ? left : right).pipe(change.key, change.value, at: Timestamp(change.time))
            for record in try output.readRecords() { found[record.key ?? ""] = record.value }
            let wanted = model(
                rows(changes[...number].filter(\.isLeft)),
                rows(changes[...number].filter { !$0.isLeft })
            )
            #expect(found == wanted, "seed \(seed), change \(number)")
        }
    }

    enum Kind: CaseIterable { case inner, left, outer }

    @Test(arguments: 0..<5 as Range<UInt64>, Kind.allCases)
    func `a join of tables is the join of their rows after every change`(seed: UInt64, kind: Kind) throws {
        let builder = StreamsBuilder()
        let (left, right) = (builder.table("l", String.self, String.self), builder.table("r", String.self, String.self))
        switch kind {
        case .inner: left.join(right) { left, right in "\(left)+\(right)" }.toStream().to("out")
        case .left: left.leftJoin(right) { left, right in "\(left)+\(right ?? "")" }.toStream().to("out")
        case .outer:
            left.outerJoin(right) { left, right in "\(left ?? "")+\(right ?? "")" }.toStream().to("out")
        }
        try check(seed, try builder.build()) { left, right in
            var joined: [String: String] = [:]
            for key in Set(left.keys).union(right.keys) {
                let (left, right) = (left[key], right[key])
                let isThere =
                    switch kind {
                    case .inner: left != nil && right != nil
                    case .left: left != nil
                    case .outer: true
                    }
                if isThere { joined[key] = "\(left ?? "")+\(right ?? "")" }
            }
            return joined
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>, [false, true])
    func `a join by foreign key finds the row that each row names, after every change`(seed: UInt64, isLeft: Bool)
        throws
    {
        let builder = StreamsBuilder()
        let (left, right) = (builder.table("l", String.self, String.self), builder.table("r", String.self, String.self))
        let foreign: @Sendable (String) -> String? = { $0.split(separator: "/").last.map(String.init) }
        if isLeft {
            left.leftJoin(right, foreignKey: foreign) { left, right in "\(left)+\(right ?? "")" }.toStream().to("out")
        } else {
            left.join(right, foreignKey: foreign) { left, right in "\(left)+\(right)" }.toStream().to("out")
        }
        try check(seed, try builder.build()) { left, right in
            left.compactMapValues { row in
                let partner = foreign(row).flatMap { right[$0] }
                return partner == nil && !isLeft ? nil : "\(row)+\(partner ?? "")"
            }
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>, [false, true])
    func `a stream meets the row that was there when its record came`(seed: UInt64, isLeft: Bool) throws {
        let builder = StreamsBuilder()
        let table = builder.table("r", String.self, String.self)
        let stream = builder.stream("l", String.self, String?.self)
        if isLeft {
            stream.leftJoin(table) { left, right in "\(left ?? "")+\(right ?? "")" }.to("out")
        } else {
            stream.join(table) { left, right in "\(left ?? "")+\(right)" }.to("out")
        }
        let changes = changes(seed: seed)
        var wanted: [String] = []
        // A record of the stream that has no value joins nothing.
        for (number, change) in changes.enumerated() where change.isLeft && change.value != nil {
            let row = rows(changes[..<number].filter { !$0.isLeft })[change.key]
            if row != nil || isLeft { wanted.append("\(change.key):\(change.value ?? "")+\(row ?? "")@\(change.time)") }
        }
        #expect(try run(changes, try builder.build()) == wanted, "seed \(seed)")
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `with a grace period on a versioned table it meets the row of its own time`(seed: UInt64) throws {
        let builder = StreamsBuilder()
        let table = builder.table(
            "r",
            String.self,
            String.self,
            materialized: .versioned("rows", history: .seconds(1_000_000))
        )
        // Longer than any lateness, so that the row of a record's time is known when the record's turn comes.
        builder.stream("l", String.self, String?.self)
            .leftJoin(table, grace: .seconds(20)) { left, right in "\(left ?? "")+\(right ?? "")" }.to("out")
        var changes = changes(seed: seed)
        changes.append(Change(isLeft: true, key: "end", value: "end", time: 10_000_000))
        let wanted = changes.filter { $0.isLeft && $0.value != nil && $0.key != "end" }.map { record in
            let row = changes.enumerated()
                .filter { !$0.element.isLeft && $0.element.key == record.key && $0.element.time <= record.time }
                .max { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }?.element.value
            return "\(record.key):\(record.value ?? "")+\(row ?? "")@\(record.time)"
        }
        #expect(try run(changes, try builder.build()).sorted() == wanted.sorted(), "seed \(seed)")
    }

    private func run(_ changes: [Change], _ topology: Topology) throws -> [String] {
        let driver = try TopologyTestDriver(topology)
        defer { closing(driver) }
        let left = driver.inputTopic("l", String.self, String.self)
        let right = driver.inputTopic("r", String.self, String.self)
        for change in changes {
            try (change.isLeft ? left : right).pipe(change.key, change.value, at: Timestamp(change.time))
        }
        return try driver.outputTopic("out", String.self, String.self).readRecords()
            .map { "\($0.key ?? ""):\($0.value ?? "")@\($0.timestamp)" }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `what a suppression has let go at the end is the table`(seed: UInt64) throws {
        var random = StoreTestGenerator(seed: seed)
        let limits: SuppressionLimits =
            Bool.random(using: &random) ? .unbounded : .maxRecords(Int.random(in: 1...3, using: &random))
        let builder = StreamsBuilder()
        builder.table("l", String.self, String.self)
            .suppress(.untilTimeLimit(.milliseconds(Int.random(in: 0...4000, using: &random)), limits))
            .toStream().to("out")
        var changes = changes(seed: seed).filter(\.isLeft)
        let table = rows(changes)
        changes.append(Change(isLeft: true, key: "end", value: "end", time: 10_000_000))
        changes.append(Change(isLeft: true, key: "end2", value: "end", time: 20_000_000))
        let driver = try TopologyTestDriver(try builder.build())
        defer { closing(driver) }
        let input = driver.inputTopic("l", String.self, String.self)
        for change in changes { try input.pipe(change.key, change.value, at: Timestamp(change.time)) }
        var found: [String: String] = [:]
        let records = try driver.outputTopic("out", String.self, String.self).readRecords()
        for record in records { found[record.key ?? ""] = record.value }
        found["end"] = nil
        found["end2"] = nil
        #expect(found == table, "seed \(seed)")
        #expect(records.count <= changes.count, "seed \(seed)")
    }
}
