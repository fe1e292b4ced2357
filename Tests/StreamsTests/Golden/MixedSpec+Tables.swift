import Records
import Streams

extension MixedSpec {
    mutating func addTable(_ step: SpecStep) throws {
        let input = try table(step, 2)
        let (id, number) = (step[1], step[3])
        switch step[0] {
        case "tfilter":
            tables[id] = input.filter(materialized: try step.materialized(4), named: step.name(5)) { _, value in
                MixedFunctions.isTaken(value, number)
            }
        case "tfilternot":
            tables[id] = input.filterNot(materialized: try step.materialized(4), named: step.name(5)) { _, value in
                MixedFunctions.isTaken(value, number)
            }
        case "tmap":
            tables[id] = input.mapValues(materialized: try step.materialized(4), named: step.name(5)) { value in
                MixedFunctions.value(value, number)
            }
        case "tmapk":
            tables[id] = input.mapValues(materialized: try step.materialized(3), named: step.name(4)) { key, value in
                MixedFunctions.cut((key ?? "null") + (value ?? "null"))
            }
        case "suppress":
            tables[id] = input.suppress(.untilTimeLimit(try step.time(3), try step.limits(4)), named: step.name(5))
        case "tgroup":
            let grouped = input.groupBy(named: step.name(7)) { _, value in
                (MixedFunctions.key(value, number), (value?.count ?? 1) % 7 == 0 ? nil : value)
            }
            tables[id] = try regrouped(grouped, step[4], step, 5, step.name(6))
        default: tables[id] = try joined(step, input)
        }
    }

    private func joined(_ step: SpecStep, _ input: KTable<String?, String?>) throws -> KTable<String?, String?> {
        let other = try table(step, 3)
        let (store, name) = (try step.materialized(5), step.name(6))
        switch (step[0], step[4]) {
        case ("fk", "i"):
            return input.join(
                other,
                foreignKey: { value in MixedFunctions.foreignKey(value) },
                materialized: store ?? .with(String?.serde, String?.serde),
                named: name,
                MixedFunctions.join
            )
        case ("fk", _):
            return input.leftJoin(
                other,
                foreignKey: { value in MixedFunctions.foreignKey(value) },
                materialized: store ?? .with(String?.serde, String?.serde),
                named: name
            ) { MixedFunctions.join($0, $1 ?? nil) }
        case (_, "i"): return input.join(other, materialized: store, named: name, MixedFunctions.join)
        case (_, "l"):
            return input.leftJoin(other, materialized: store, named: name) { MixedFunctions.join($0, $1 ?? nil) }
        default:
            return input.outerJoin(other, materialized: store, named: name) {
                MixedFunctions.join($0 ?? nil, $1 ?? nil)
            }
        }
    }

    private func regrouped(
        _ grouped: KGroupedTable<String?, String?>,
        _ kind: String,
        _ step: SpecStep,
        _ store: Int,
        _ name: String?
    ) throws -> KTable<String?, String?> {
        switch kind {
        case "c":
            return grouped.count(materialized: try step.materialized(store, .int64), named: name)
                .mapValues { count -> String? in String(count) }
        case "r":
            return grouped.reduce(
                materialized: try step.materialized(store) ?? .with(String?.serde, String?.serde),
                named: name,
                add: { MixedFunctions.cut("\($0 ?? "null")+\($1 ?? "null")") },
                subtract: { MixedFunctions.subtract($0, $1) }
            )
        default:
            return grouped.aggregate(
                initial: "",
                materialized: try step.materialized(store) ?? .with(String?.serde, String?.serde),
                named: name,
                add: { MixedFunctions.cut("\($2 ?? "null")+\($1 ?? "null")") },
                subtract: { MixedFunctions.subtract($2, $1) }
            )
        }
    }

    mutating func addWindowed(_ step: SpecStep) throws {
        if step[0] == "wtotopic" { return try windows(step, 1).toStream().to(TopicName(step[2])) }
        let input = try windows(step, 2)
        let (id, number) = (step[1], step[3])
        switch step[0] {
        case "wsup":
            windowed[id] =
                number == "final"
                ? input.suppress(.untilWindowCloses(), named: step.name(5))
                : input.suppress(.untilTimeLimit(try step.time(3), try step.limits(4)), named: step.name(5))
        case "wfilter": windowed[id] = input.filter { _, value in MixedFunctions.isTaken(value, number) }
        case "wmap": windowed[id] = input.mapValues { value in MixedFunctions.value(value, number) }
        case "wgroup":
            let grouped = input.groupBy { window, value in (window.key, value) }
            tables[id] = try regrouped(grouped, step[3], step, 4, step.name(5))
        case "wjoin":
            let other = try windows(step, 3)
            windowed[id] =
                switch step[4] {
                case "i": input.join(other, MixedFunctions.join)
                case "l": input.leftJoin(other) { MixedFunctions.join($0, $1 ?? nil) }
                default: input.outerJoin(other) { MixedFunctions.join($0 ?? nil, $1 ?? nil) }
                }
        default:
            streams[id] = input.toStream(named: step.name(3)) { window, _ in
                "\(window.key ?? "null")@\(window.window.start)-\(window.window.end)"
            }
        }
    }
}

/// The words of a step.
struct SpecStep {
    let text: String
    private let words: [String]

    init(_ text: String) {
        self.text = text
        words = text.split(separator: " ").map { String($0) }
    }

    subscript(index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

    func name(_ index: Int) -> String? { ["-", ""].contains(self[index]) ? nil : self[index] }

    func time(_ index: Int) throws -> Duration {
        guard let time = Int64(self[index]) else { throw SpecTopology.Malformed(step: text) }
        return .milliseconds(time)
    }

    func limits(_ index: Int) throws -> SuppressionLimits {
        let word = self[index]
        if word == "-" { return .unbounded }
        guard let limit = Int(word.drop { $0 == "b" || $0 == "s" }) else { throw SpecTopology.Malformed(step: text) }
        if word.hasPrefix("s") { return .maxRecords(limit).shutDownWhenFull() }
        return word.hasPrefix("b") ? .maxBytes(limit) : .maxRecords(limit)
    }

    func materialized(_ index: Int) throws -> Materialized<String?, String?>? {
        try materialized(index, String?.serde)
    }

    func materialized<Value>(_ index: Int, _ value: Serde<Value>) throws -> Materialized<String?, Value>? {
        let parts = self[index].split(separator: ",").map { String($0) }
        guard let first = parts.first, first != "-" else { return nil }
        var materialized: Materialized<String?, Value> = first == "+" ? .with(String?.serde, value) : .as(first)
        for option in parts.dropFirst() {
            switch option.first {
            case "m": materialized.storage = .memory
            case "c": materialized.isCached = false
            case "l": materialized.logging = .disabled
            default: materialized.retention = .milliseconds(Int64(option.dropFirst()) ?? 0)
            }
        }
        return materialized
    }
}

/// The windows of a step.
enum SpecWindows {
    case time(TimeWindows)
    case sliding(SlidingWindows)
    case sessions(SessionWindows)
    case unlimited(UnlimitedWindows)

    init(_ step: SpecStep, _ index: Int) throws {
        let parts = step[index].split(separator: ",").map { String($0) }
        let numbers = parts.dropFirst().compactMap { Int64($0) }
        let times = numbers.map { Duration.milliseconds($0) }
        switch parts.first {
        case "tumb": self = .time(.tumbling(times[0], grace: times[1]))
        case "hop": self = .time(.hopping(times[0], advance: times[2], grace: times[1]))
        case "slide": self = .sliding(.sliding(times[0], grace: times[1]))
        case "sess": self = .sessions(.session(gap: times[0], grace: times[1]))
        case "unl": self = .unlimited(.unlimited(from: Timestamp(numbers[0])))
        default: throw SpecTopology.Malformed(step: step.text)
        }
    }
}

/// What the closures of mixed topologies do; they see nulls.
enum MixedFunctions {
    static func cut(_ text: String) -> String { SpecFunctions.cut(text) }

    static func isTaken(_ value: String?, _ number: String) -> Bool {
        value.map { SpecFunctions.isTaken($0, number) } ?? (number != "1")
    }

    static func value(_ value: String?, _ number: String) -> String? {
        switch number {
        case "0": cut((value ?? "null") + "!")
        case "1": value.flatMap { $0.count % 4 == 0 ? nil : $0.uppercased() }
        default: cut((value ?? "null") + (value ?? "null"))
        }
    }

    static func key(_ value: String?, _ number: String) -> String? {
        guard let value else { return number == "0" ? nil : "kn" }
        return SpecFunctions.key(value, number)
    }

    static func foreignKey(_ value: String?) -> String?? { value.flatMap { SpecFunctions.foreignKey($0) } }

    static let join: @Sendable (String?, String?) -> String? = { SpecFunctions.join($0, $1) }

    @Sendable
    static func join3(_ key: String?, _ left: String?, _ right: String?) -> String? {
        cut("\(key ?? "null"):\(left ?? "null")+\(right ?? "null")")
    }

    @Sendable
    static func reduce(_ total: String?, _ value: String?) -> String? {
        (value?.count ?? 1) % 3 == 0 ? nil : cut((total ?? "null") + (value ?? "null"))
    }

    @Sendable
    static func aggregate(_ key: String?, _ value: String?, _ total: String?) -> String? {
        (value?.count ?? 1) % 5 == 0 ? nil : cut((total ?? "null") + (value ?? "null"))
    }

    @Sendable
    static func mergeSessions(_ key: String?, _ left: String?, _ right: String?) -> String? {
        cut("\(left ?? "null")&\(right ?? "null")")
    }

    /// By the value's length; a null has the time that its partition has reached.
    static let timestamps = TimestampExtractor<String?, String?> { record, partitionTime in
        guard let value = record.value ?? nil else { return partitionTime }
        return Timestamp(record.timestamp.rawValue + Int64(value.count) * 100)
    }

    static func subtract(_ total: String?, _ value: String?) -> String? {
        (value?.count ?? 1) % 4 == 0 ? nil : cut("\(total ?? "null")-\(value ?? "null")")
    }
}
