import Records
import Streams

extension MixedSpec {
    mutating func addStoreProcessor(_ step: SpecStep) throws {
        let input = try stream(step, 2)
        let name = step[3]
        switch step[0] {
        case "procver":
            builder.addStateStore(
                Stores.versionedKeyValueStore(name, String?.serde, String?.serde, history: try step.time(4))
            )
            streams[step[1]] = input.process(stores: [name]) { MixedVersionedProcessor(name) }
        case "proct":
            builder.addStateStore(
                Stores.timestampedKeyValueStore(
                    name,
                    String?.self,
                    String?.self,
                    in: step[4].contains("m") ? .memory : .disk,
                    isCached: step[4].contains("c")
                )
            )
            streams[step[1]] = input.process(stores: [name]) { MixedTimestampedProcessor(name) }
        default:
            let ids = step[1].split(separator: ",").map { String($0) }
            let child = "fork" + ids[0]
            let forked = input.process { MixedForkProcessor(child) }
            streams[ids[0]] = forked.mapValues(named: child) { value in value }
            streams[ids[1]] = forked.mapValues(named: "fork" + ids[1]) { value -> String? in
                MixedFunctions.cut(value ?? "null")
            }
        }
    }
}

/// Sends records with a value to one child, and those of some lengths to all.
final class MixedForkProcessor: Processor {
    private let child: String
    private var context: ProcessorContext<String?, String?>?

    init(_ child: String) { self.child = child }
    func start(_ context: ProcessorContext<String?, String?>) { self.context = context }

    func process(_ record: StreamRecord<String?, String?>) throws {
        guard let value = record.value ?? nil else {
            try context?.forward(record)
            return
        }
        try context?.forward(record.with(timestamp: Timestamp(record.timestamp.rawValue + 7)), to: child)
        if value.count % 3 == 0 { try context?.forward(record.with(value: MixedFunctions.cut(value + "f"))) }
    }
}

final class MixedVersionedProcessor: Processor {
    private let name: String
    private var context: ProcessorContext<String?, String?>?
    private var store: VersionedKeyValueStore<String?, String?>?

    init(_ name: String) { self.name = name }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        store = try context.store(name)
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        guard let store, let key = record.key ?? nil else { return }
        let (value, time) = (record.value ?? nil, record.timestamp)
        var text: String
        if let value, value.count % 3 == 0 {
            text = shown(try store.delete(key, at: time))
        } else {
            switch try store.put(key, value, at: time) {
            case .expired: text = "late"
            case .latest: text = "last"
            case .until(let end): text = String(end.rawValue % 100_000)
            }
        }
        let rows = [
            try store.get(key), try store.get(key, asOf: Timestamp(time.rawValue - 1500)),
            try store.get(key, asOf: time), try store.get("k1", asOf: Timestamp(time.rawValue + 700)),
        ]
        for row in rows { text += "|" + shown(row) }
        try context?.forward(record.with(value: text))
    }

    private func shown(_ version: VersionedRecord<String?>?) -> String {
        guard let version else { return "null" }
        // Kafka's metered store does not hand the end on.
        return "\(version.value ?? "null")@\(version.timestamp.rawValue % 100_000)<-"
    }
}

final class MixedTimestampedProcessor: Processor {
    private let name: String
    private var context: ProcessorContext<String?, String?>?
    private var store: TimestampedKeyValueStore<String?, String?>?

    init(_ name: String) { self.name = name }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        store = try context.store(name)
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        guard let store, let key = record.key ?? nil else { return }
        let time = record.timestamp
        var text = "null"
        if let value = record.value ?? nil {
            let place = key + value.prefix(1)
            text = shown(try store.putIfAbsent(place, ValueAndTimestamp(value, time)))
            if value.count > 2 { try store.put(key, ValueAndTimestamp(value, Timestamp(time.rawValue - 5))) }
        } else {
            text = shown(try store.delete(key))
        }
        try store.prefixScan(key, String.serde).forEach { text += ",\($0 ?? "null")\(shown($1))" }
        try store.range(from: "k1", to: nil).forEach { text += ";\($0 ?? "null")\(shown($1))" }
        try context?.forward(record.with(value: text))
    }

    private func shown(_ row: ValueAndTimestamp<String?>?) -> String {
        row.map { "\($0.value ?? "null")@\($0.timestamp.rawValue % 100_000)" } ?? "null"
    }
}
