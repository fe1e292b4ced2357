import Records
import Streams

/// Builds a topology that is written down as a list of steps, as `SpecTopology` does, of streams and tables that may hold nulls.
///
/// Each step makes a stream or table, numbered, from those before it. `-` stands for no name or store, `+` for a store that is
/// asked for without a name; what follows a store's name after commas are its options.
struct MixedSpec {
    let builder: StreamsBuilder
    var streams: [String: KStream<String?, String?>] = [:]
    var tables: [String: KTable<String?, String?>] = [:]
    var windowed: [String: KTable<Windowed<String?>, String?>] = [:]
    var globals: [String: GlobalKTable<String?, String?>] = [:]

    static func build(_ steps: [String], optimized: Bool) throws -> Topology {
        var spec = MixedSpec(builder: StreamsBuilder(optimizations: optimized ? .all : []))
        for step in steps { try spec.add(SpecStep(step)) }
        return try spec.builder.build()
    }

    private mutating func add(_ step: SpecStep) throws {
        switch step[0] {
        case "S", "SP", "T", "V", "G": try addSource(step)
        case "nn", "filter", "filternot", "map", "mapk", "mapkv", "flat", "selk", "fmv", "peek", "merge", "repart",
            "split":
            try addStateless(step)
        case "proc", "procv", "procs", "procw", "procss": try addProcessor(step)
        case "procver", "proct", "fork": try addStoreProcessor(step)
        case "sjoin", "stjoin", "gjoin": try addStreamJoin(step)
        case "totable", "agg", "gagg", "wagg", "cogroup": try addAggregation(step)
        case "tfilter", "tfilternot", "tmap", "tmapk", "tjoin", "fk", "tgroup", "suppress": try addTable(step)
        case "wsup", "wfilter", "wmap", "wgroup", "wjoin", "wtostream", "wtotopic": try addWindowed(step)
        case "tostream": streams[step[1]] = try table(step, 2).toStream(named: step.name(3))
        case "tostreamk":
            let number = step[3]
            streams[step[1]] = try table(step, 2).toStream { _, value in MixedFunctions.key(value ?? nil, number) }
        case "out": try stream(step, 1).to(TopicName(step[2]), named: step.name(3))
        case "outdyn":
            let prefix = step[2]
            try stream(step, 1).to { key, _, _ in
                TopicName(prefix + ((key ?? nil).map { String($0.count % 2) } ?? "n"))
            }
        case "foreach": try stream(step, 1).forEach { _, _ in }
        default: throw SpecTopology.Malformed(step: step.text)
        }
    }

    func stream(_ step: SpecStep, _ index: Int) throws -> KStream<String?, String?> {
        guard let found = streams[step[index]] else { throw SpecTopology.Malformed(step: step.text) }
        return found
    }

    func table(_ step: SpecStep, _ index: Int) throws -> KTable<String?, String?> {
        guard let found = tables[step[index]] else { throw SpecTopology.Malformed(step: step.text) }
        return found
    }

    func windows(_ step: SpecStep, _ index: Int) throws -> KTable<Windowed<String?>, String?> {
        guard let found = windowed[step[index]] else { throw SpecTopology.Malformed(step: step.text) }
        return found
    }

    // MARK: Steps

    private mutating func addSource(_ step: SpecStep) throws {
        let topics = step[2].split(separator: ",").map { TopicName(String($0)) }
        switch step[0] {
        case "S":
            let topics = topics.count == 1 ? SourceTopics(topics[0]) : SourceTopics(topics[0], topics[1])
            streams[step[1]] = builder.stream(
                topics,
                String?.self,
                String?.self,
                timestamps: step[4] == "x" ? MixedFunctions.timestamps : .byConfiguration,
                named: step.name(3)
            )
        case "SP":
            let pattern = try TopicPattern(regularExpression: step[2])
            streams[step[1]] = builder.stream(.matching(pattern), String?.self, String?.self, named: step.name(3))
        case "T":
            tables[step[1]] = builder.table(
                topics[0],
                String?.self,
                String?.self,
                materialized: try step.materialized(3),
                named: step.name(4)
            )
        case "V":
            tables[step[1]] = builder.table(
                topics[0],
                String?.self,
                String?.self,
                materialized: .versioned(step[3], history: try step.time(4))
            )
        default:
            globals[step[1]] = builder.globalTable(
                topics[0],
                String?.self,
                String?.self,
                materialized: step.name(3).map { .as($0) }
            )
        }
    }

    private mutating func addStateless(_ step: SpecStep) throws {
        let input = try stream(step, 2)
        let (number, name) = (step[3], step.name(4))
        switch step[0] {
        case "nn": streams[step[1]] = input.filter { key, value in key != nil && value != nil }
        case "filter":
            streams[step[1]] = input.filter(named: name) { _, value in MixedFunctions.isTaken(value, number) }
        case "filternot":
            streams[step[1]] = input.filterNot(named: name) { key, _ in MixedFunctions.isTaken(key, number) }
        case "map": streams[step[1]] = input.mapValues(named: name) { value in MixedFunctions.value(value, number) }
        case "mapk":
            streams[step[1]] = input.mapValues(named: step.name(3)) { key, value in
                MixedFunctions.cut((key ?? "null") + (value ?? "null"))
            }
        case "mapkv":
            streams[step[1]] = input.map(named: name) { key, value in (MixedFunctions.key(value, number), key) }
        case "flat":
            streams[step[1]] = input.flatMap(named: step.name(3)) { key, value -> [(String?, String?)] in
                key == nil ? [] : [(key, value), (MixedFunctions.key(value, "1"), key)]
            }
        case "selk":
            streams[step[1]] = input.selectKey(named: name) { _, value in MixedFunctions.key(value, number) }
        case "fmv":
            streams[step[1]] = input.flatMapValues(named: step.name(3)) { value -> [String?] in
                [value, MixedFunctions.cut((value ?? "null") + "'")]
            }
        case "peek": streams[step[1]] = input.peek(named: step.name(3)) { _, _ in }
        case "merge": streams[step[1]] = input.merge(try stream(step, 3), named: name)
        case "repart":
            streams[step[1]] = input.repartition(
                partitions: step.name(4).flatMap { Int32($0) },
                named: step.name(3)
            )
        default:
            let ids = step[1].split(separator: ",").map { String($0) }
            let branches = input.split(named: name)
                .branch(as: step.name(5)) { _, value in MixedFunctions.isTaken(value, number) }
                .defaultBranch()
            for (name, branch) in branches { streams[name.hasSuffix("0") ? ids[1] : ids[0]] = branch }
        }
    }

    private mutating func addStreamJoin(_ step: SpecStep) throws {
        let input = try stream(step, 2)
        switch (step[0], step[4]) {
        case ("sjoin", let kind):
            let other = try stream(step, 3)
            let windows = JoinWindows.range(before: try step.time(5), after: try step.time(6), grace: try step.time(7))
            let joined = StreamJoined<String?, String?, String?>(
                key: String?.serde,
                value: String?.serde,
                otherValue: String?.serde,
                storeName: step.name(9),
                in: step[10].contains("m") ? .memory : nil,
                logging: step[10].contains("l") ? .disabled : .enabled()
            )
            let name = step.name(8)
            if step[10].contains("k") {
                streams[step[1]] =
                    switch kind {
                    case "i": input.join(other, within: windows, joined: joined, named: name, MixedFunctions.join3)
                    case "l":
                        input.leftJoin(other, within: windows, joined: joined, named: name) {
                            MixedFunctions.join3($0, $1, $2 ?? nil)
                        }
                    default:
                        input.outerJoin(other, within: windows, joined: joined, named: name) {
                            MixedFunctions.join3($0, $1 ?? nil, $2 ?? nil)
                        }
                    }
            } else {
                streams[step[1]] =
                    switch kind {
                    case "i": input.join(other, within: windows, joined: joined, named: name, MixedFunctions.join)
                    case "l":
                        input.leftJoin(other, within: windows, joined: joined, named: name) {
                            MixedFunctions.join($0, $1 ?? nil)
                        }
                    default:
                        input.outerJoin(other, within: windows, joined: joined, named: name) {
                            MixedFunctions.join($0 ?? nil, $1 ?? nil)
                        }
                    }
            }
        case ("stjoin", let kind):
            let grace = step.name(6) == nil ? nil : try step.time(6)
            let other = try table(step, 3)
            streams[step[1]] =
                kind == "i"
                ? input.join(other, grace: grace, named: step.name(5), MixedFunctions.join)
                : input.leftJoin(other, grace: grace, named: step.name(5)) { MixedFunctions.join($0, $1 ?? nil) }
        case (_, let kind):
            guard let table = globals[step[3]] else { throw SpecTopology.Malformed(step: step.text) }
            let usesKey = step[5] == "0"
            let select: @Sendable (String??, String?) -> String?? = { key, value in
                usesKey ? (key ?? nil) : value.map { "k\($0.count % 3)" }
            }
            streams[step[1]] =
                kind == "i"
                ? input.join(table, named: step.name(6), select: select, MixedFunctions.join)
                : input.leftJoin(table, named: step.name(6), select: select) { MixedFunctions.join($0, $1 ?? nil) }
        }
    }

    private mutating func addAggregation(_ step: SpecStep) throws {
        let input = try stream(step, 2)
        switch step[0] {
        case "totable":
            tables[step[1]] = input.toTable(materialized: try step.materialized(3), named: step.name(4))
        case "agg":
            tables[step[1]] = try aggregate(input.groupByKey(named: step.name(6)), step[3], step, 4, step.name(5))
        case "gagg":
            let number = step[3]
            let grouped = input.groupBy(named: step.name(7)) { _, value in MixedFunctions.key(value, number) }
            tables[step[1]] = try aggregate(grouped, step[4], step, 5, step.name(6))
        case "wagg": try addWindowedAggregation(step, input.groupByKey(named: step.name(8)))
        default: try addCogroup(step, input)
        }
    }

    private func aggregate(
        _ grouped: KGroupedStream<String?, String?>,
        _ kind: String,
        _ step: SpecStep,
        _ store: Int,
        _ name: String?
    ) throws -> KTable<String?, String?> {
        switch kind {
        case "c":
            let counts = grouped.count(materialized: try step.materialized(store, .int64), named: name)
            return counts.mapValues { count -> String? in String(count) }
        case "r":
            return grouped.reduce(materialized: try step.materialized(store), named: name, MixedFunctions.reduce)
        default:
            return grouped.aggregate(
                initial: "-",
                materialized: try step.materialized(store) ?? .with(String?.serde, String?.serde),
                named: name,
                MixedFunctions.aggregate
            )
        }
    }

    private mutating func addCogroup(_ step: SpecStep, _ input: KStream<String?, String?>) throws {
        let grouped = input.groupByKey()
            .cogroup { (_: String?, value: String?, total: String?) -> String? in
                MixedFunctions.cut("\(total ?? "null")a\(value ?? "null")")
            }
            .cogroup(try stream(step, 3).groupByKey()) { _, value, total in
                (value?.count ?? 1) % 3 == 0 ? nil : MixedFunctions.cut("\(total ?? "null")b\(value ?? "null")")
            }
        let name = step.name(5)
        let materialized = try step.materialized(4) ?? .with(String?.serde, String?.serde)
        guard step.name(6) != nil else {
            tables[step[1]] = grouped.aggregate(initial: "", materialized: materialized, named: name)
            return
        }
        switch try SpecWindows(step, 6) {
        case .sessions(let windows):
            windowed[step[1]] = grouped.windowedBy(windows)
                .aggregate(initial: "", materialized: materialized, named: name, merge: MixedFunctions.mergeSessions)
        case .sliding(let windows):
            windowed[step[1]] = grouped.windowedBy(windows)
                .aggregate(initial: "", materialized: materialized, named: name)
        case .time(let windows):
            windowed[step[1]] = grouped.windowedBy(windows)
                .aggregate(initial: "", materialized: materialized, named: name)
        case .unlimited(let windows):
            windowed[step[1]] = grouped.windowedBy(windows)
                .aggregate(initial: "", materialized: materialized, named: name)
        }
    }

    private mutating func addWindowedAggregation(
        _ step: SpecStep,
        _ grouped: KGroupedStream<String?, String?>
    ) throws {
        let name = step.name(7)
        let emission: EmitStrategy = step[5] == "c" ? .onWindowClose : .onWindowUpdate
        let timed: TimeWindowedKStream<String?, String?>
        switch try SpecWindows(step, 3) {
        case .sessions(let windows):
            let sessions = grouped.windowedBy(windows).emit(emission)
            windowed[step[1]] =
                switch step[4] {
                case "c":
                    sessions.count(materialized: try step.materialized(6, .int64), named: name)
                        .mapValues { count -> String? in String(count) }
                case "r":
                    sessions.reduce(materialized: try step.materialized(6), named: name, MixedFunctions.reduce)
                default:
                    sessions.aggregate(
                        initial: "",
                        materialized: try step.materialized(6) ?? .with(String?.serde, String?.serde),
                        named: name,
                        merge: MixedFunctions.mergeSessions,
                        MixedFunctions.aggregate
                    )
                }
            return
        case .sliding(let windows): timed = grouped.windowedBy(windows)
        case .time(let windows): timed = grouped.windowedBy(windows)
        case .unlimited(let windows): timed = grouped.windowedBy(windows)
        }
        let emitting = timed.emit(emission)
        windowed[step[1]] =
            switch step[4] {
            case "c":
                emitting.count(materialized: try step.materialized(6, .int64), named: name)
                    .mapValues { count -> String? in String(count) }
            case "r": emitting.reduce(materialized: try step.materialized(6), named: name, MixedFunctions.reduce)
            default:
                emitting.aggregate(
                    initial: "",
                    materialized: try step.materialized(6) ?? .with(String?.serde, String?.serde),
                    named: name,
                    MixedFunctions.aggregate
                )
            }
    }
}
