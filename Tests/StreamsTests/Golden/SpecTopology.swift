import Records
import Streams

/// Builds a topology that is written down as a list of steps: what a generator of random topologies made.
///
/// Each step makes a stream or table of strings, numbered, from those before it. `-` stands for no name or store, `+` for a
/// store that is asked for without a name.
struct SpecTopology {
    private let builder: StreamsBuilder
    private var streams: [String: KStream<String, String>] = [:]
    private var tables: [String: KTable<String, String>] = [:]
    private var globals: [String: GlobalKTable<String, String>] = [:]

    /// A step that the builder does not know, or that refers to what is not there.
    struct Malformed: Error {
        let step: String
    }

    static func build(_ steps: [String], optimized: Bool) throws -> Topology {
        let builder = StreamsBuilder(optimizations: optimized ? .all : [])
        var spec = SpecTopology(builder: builder)
        for step in steps { try spec.add(step) }
        return try builder.build()
    }

    private init(builder: StreamsBuilder) { self.builder = builder }

    private mutating func add(_ text: String) throws {
        let step = Step(text)
        switch step[0] {
        case "S", "T", "V", "G": try addSource(step)
        case "nn", "filter", "map", "selk", "fmv", "merge", "repart": try addStateless(step)
        case "sjoin", "stjoin", "gjoin": try addStreamJoin(step)
        case "totable", "agg", "gagg", "wagg": try addAggregation(step)
        case "tfilter", "tmap", "tjoin", "fk", "tgroup", "suppress": try addTable(step)
        case "tostream": streams[step[1]] = try table(step, 2).toStream(named: step.name(3))
        case "out": try stream(step, 1).to(TopicName(step[2]))
        default: throw Malformed(step: text)
        }
    }

    private func stream(_ step: Step, _ index: Int) throws -> KStream<String, String> {
        guard let found = streams[step[index]] else { throw Malformed(step: step.text) }
        return found
    }

    private func table(_ step: Step, _ index: Int) throws -> KTable<String, String> {
        guard let found = tables[step[index]] else { throw Malformed(step: step.text) }
        return found
    }

    // MARK: Steps

    private mutating func addSource(_ step: Step) throws {
        let topic = TopicName(step[2])
        switch step[0] {
        case "S":
            streams[step[1]] = builder.stream(SourceTopics(topic), String.self, String.self, named: step.name(3))
                .filter { _, _ in true }
        case "T":
            tables[step[1]] = builder.table(
                topic,
                String.self,
                String.self,
                materialized: step.name(3).map { .as($0) }
            )
        case "V":
            tables[step[1]] = builder.table(
                topic,
                String.self,
                String.self,
                materialized: .versioned(step[3], history: try step.time(4))
            )
        default: globals[step[1]] = builder.globalTable(topic, String.self, String.self)
        }
    }

    private mutating func addStateless(_ step: Step) throws {
        let input = try stream(step, 2)
        switch step[0] {
        case "nn": streams[step[1]] = input.filter { _ in true }
        case "filter":
            let number = step[3]
            streams[step[1]] = input.filter(named: step.name(4)) { SpecFunctions.isTaken($0, number) }
        case "map":
            let number = step[3]
            streams[step[1]] = input.mapValues(named: step.name(4)) { SpecFunctions.value($0, number) }
        case "selk":
            let number = step[3]
            streams[step[1]] = input.selectKey(named: step.name(4)) { SpecFunctions.key($0, number) }
        case "fmv":
            streams[step[1]] = input.flatMapValues(named: step.name(3)) { [$0, SpecFunctions.cut($0 + "'")] }
        case "merge": streams[step[1]] = input.merge(try stream(step, 3), named: step.name(4))
        default: streams[step[1]] = input.repartition(named: step.name(3))
        }
    }

    private mutating func addStreamJoin(_ step: Step) throws {
        let input = try stream(step, 2)
        let name = step.name(step[0] == "sjoin" ? 8 : step[0] == "stjoin" ? 5 : 6)
        switch (step[0], step[4]) {
        case ("sjoin", let kind):
            let other = try stream(step, 3)
            let windows = JoinWindows.range(before: try step.time(5), after: try step.time(6), grace: try step.time(7))
            let joined = StreamJoined<String, String, String>(storeName: step.name(9))
            streams[step[1]] =
                switch kind {
                case "i": input.join(other, within: windows, joined: joined, named: name, SpecFunctions.join)
                case "l": input.leftJoin(other, within: windows, joined: joined, named: name, SpecFunctions.join)
                default: input.outerJoin(other, within: windows, joined: joined, named: name, SpecFunctions.join)
                }
        case ("stjoin", "i"): streams[step[1]] = input.join(try table(step, 3), named: name, SpecFunctions.join)
        case ("stjoin", _): streams[step[1]] = input.leftJoin(try table(step, 3), named: name, SpecFunctions.join)
        case (_, let kind):
            guard let table = globals[step[3]] else { throw Malformed(step: step.text) }
            let usesKey = step[5] == "0"
            let select: @Sendable (String?, String) -> String? = { usesKey ? $0 : "k\($1.count % 3)" }
            streams[step[1]] =
                kind == "i"
                ? input.join(table, named: name, select: select, SpecFunctions.join)
                : input.leftJoin(table, named: name, select: select, SpecFunctions.join)
        }
    }

    private mutating func addAggregation(_ step: Step) throws {
        let input = try stream(step, 2)
        switch step[0] {
        case "totable": tables[step[1]] = input.toTable(materialized: step.store(3) ?? .with(), named: step.name(4))
        case "agg": tables[step[1]] = aggregate(input.groupByKey(), step[3], step.store(4), step.name(5))
        case "gagg":
            let number = step[3]
            let grouped = input.groupBy(named: step.name(7)) { SpecFunctions.key($0, number) }
            tables[step[1]] = aggregate(grouped, step[4], step.store(5), step.name(6))
        default:
            var table = try windowed(step, input.groupByKey())
            if step[6] == "s", step[5] == "u", step[4] != "c" { table = table.suppress(.untilWindowCloses()) }
            streams[step[1]] = table.toStream { key, _ in GoldenTopologies.windowText(key) }
        }
    }

    private func aggregate(
        _ grouped: KGroupedStream<String, String>,
        _ kind: String,
        _ store: Materialized<String, String>?,
        _ name: String?
    ) -> KTable<String, String> {
        switch kind {
        case "c": grouped.count(materialized: SpecFunctions.counts(store), named: name).mapValues { String($0) }
        case "r": grouped.reduce(materialized: store ?? .with(), named: name) { SpecFunctions.cut($0 + $1) }
        default:
            grouped.aggregate(initial: "-", materialized: store ?? .with(), named: name) { SpecFunctions.cut($2 + $1) }
        }
    }

    private func windowed(
        _ step: Step,
        _ grouped: KGroupedStream<String, String>
    ) throws -> KTable<Windowed<String>, String> {
        let parts = step[3].split(separator: ",").map { String($0) }
        let times = try parts.dropFirst().map { text in
            guard let time = Int64(text) else { throw Malformed(step: step.text) }
            return Duration.milliseconds(time)
        }
        let emission: EmitStrategy = step[5] == "c" ? .onWindowClose : .onWindowUpdate
        if parts[0] == "sess" {
            let sessions = grouped.windowedBy(.session(gap: times[0], grace: times[1])).emit(emission)
            switch step[4] {
            case "c": return sessions.count(materialized: .with()).mapValues { String($0) }
            case "r": return sessions.reduce(materialized: .with()) { SpecFunctions.cut($0 + $1) }
            default:
                return sessions.aggregate(
                    initial: "",
                    materialized: .with(),
                    merge: { SpecFunctions.cut("\($1)&\($2)") }
                ) { SpecFunctions.cut($2 + $1) }
            }
        }
        let windows =
            switch parts[0] {
            case "slide": grouped.windowedBy(.sliding(times[0], grace: times[1]))
            case "hop": grouped.windowedBy(.hopping(times[0], advance: times[2], grace: times[1]))
            default: grouped.windowedBy(.tumbling(times[0], grace: times[1]))
            }
        let emitting = windows.emit(emission)
        switch step[4] {
        case "c": return emitting.count(materialized: .with()).mapValues { String($0) }
        case "r": return emitting.reduce(materialized: .with()) { SpecFunctions.cut($0 + $1) }
        default: return emitting.aggregate(initial: "", materialized: .with()) { SpecFunctions.cut($2 + $1) }
        }
    }

    private mutating func addTable(_ step: Step) throws {
        let input = try table(step, 2)
        switch step[0] {
        case "tfilter":
            let number = step[3]
            tables[step[1]] = input.filter(materialized: step.store(4), named: step.name(5)) {
                SpecFunctions.isTaken($0, number)
            }
        case "tmap":
            let number = step[3]
            tables[step[1]] = input.mapValues(materialized: step.store(4), named: step.name(5)) {
                SpecFunctions.value($0, number)
            }
        case "suppress":
            let limits = step[4] == "-1" ? .unbounded : SuppressionLimits.maxRecords(Int(step[4]) ?? 0)
            tables[step[1]] = input.suppress(.untilTimeLimit(try step.time(3), limits), named: step.name(5))
        case "tgroup":
            let number = step[3]
            let grouped = input.groupBy(named: step.name(7)) { _, value in (SpecFunctions.key(value, number), value) }
            tables[step[1]] = regrouped(grouped, step[4], step.store(5), step.name(6))
        default: try addTableJoin(step, input)
        }
    }

    private func regrouped(
        _ grouped: KGroupedTable<String, String>,
        _ kind: String,
        _ store: Materialized<String, String>?,
        _ name: String?
    ) -> KTable<String, String> {
        switch kind {
        case "c": grouped.count(materialized: SpecFunctions.counts(store), named: name).mapValues { String($0) }
        case "r":
            grouped.reduce(
                materialized: store ?? .with(),
                named: name,
                add: { SpecFunctions.cut("\($0)+\($1)") },
                subtract: { SpecFunctions.cut("\($0)-\($1)") }
            )
        default:
            grouped.aggregate(
                initial: "",
                materialized: store ?? .with(),
                named: name,
                add: { SpecFunctions.cut("\($2)+\($1)") },
                subtract: { SpecFunctions.cut("\($2)-\($1)") }
            )
        }
    }

    private mutating func addTableJoin(_ step: Step, _ input: KTable<String, String>) throws {
        let other = try table(step, 3)
        let (store, name) = (step.store(5), step.name(6))
        let join = SpecFunctions.join
        tables[step[1]] =
            switch (step[0], step[4]) {
            case ("fk", "i"):
                input.join(
                    other,
                    foreignKey: SpecFunctions.foreignKey,
                    materialized: store ?? .with(),
                    named: name,
                    join
                )
            case ("fk", _):
                input.leftJoin(
                    other,
                    foreignKey: SpecFunctions.foreignKey,
                    materialized: store ?? .with(),
                    named: name,
                    join
                )
            case (_, "i"): input.join(other, materialized: store, named: name, join)
            case (_, "l"): input.leftJoin(other, materialized: store, named: name, join)
            default: input.outerJoin(other, materialized: store, named: name, join)
            }
    }
}

/// The words of a step.
private struct Step {
    let text: String
    private let words: [String]

    init(_ text: String) {
        self.text = text
        words = text.split(separator: " ").map { String($0) }
    }

    subscript(index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

    func name(_ index: Int) -> String? { self[index] == "-" ? nil : self[index] }

    func store(_ index: Int) -> Materialized<String, String>? {
        switch self[index] {
        case "-": nil
        case "+": .with(.string, .string)
        default: .as(self[index])
        }
    }

    func time(_ index: Int) throws -> Duration {
        guard let time = Int64(self[index]) else { throw SpecTopology.Malformed(step: text) }
        return .milliseconds(time)
    }
}

/// What the closures of random topologies do.
enum SpecFunctions {
    /// The last ten characters, so that nothing grows for ever.
    static func cut(_ text: String) -> String { String(text.suffix(10)) }

    static func isTaken(_ value: String, _ number: String) -> Bool {
        switch number {
        case "0": (value.utf8.first ?? 0) <= UInt8(ascii: "b")
        case "1": value.count % 2 == 0
        default: (value.utf8.last ?? 0) % 2 == 0
        }
    }

    static func value(_ value: String, _ number: String) -> String {
        switch number {
        case "0": cut(value + "!")
        case "1": value.uppercased()
        default: cut(value + value)
        }
    }

    static func key(_ value: String, _ number: String) -> String {
        switch number {
        case "0": String(value.prefix(1))
        case "1": String(value.suffix(1))
        default: value
        }
    }

    @Sendable
    static func foreignKey(_ value: String) -> String? {
        let number = value.count + Int(value.utf8.first ?? 0)
        return number % 5 == 0 ? nil : "k\(number % 3)"
    }

    static let join: @Sendable (String?, String?) -> String = { cut("\($0 ?? "null")+\($1 ?? "null")") }

    static func counts(_ store: Materialized<String, String>?) -> Materialized<String, Int64> {
        store?.storeName.map { .as($0) } ?? .with(.string, .int64)
    }
}
