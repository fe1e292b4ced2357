import Records
import Streams

extension MixedSpec {
    mutating func addProcessor(_ step: SpecStep) throws {
        let input = try stream(step, 2)
        let (kind, flags) = (step[3], step[4])
        switch step[0] {
        case "proc": streams[step[1]] = input.process(named: step.name(4)) { MixedProcessor(kind) }
        case "procv": streams[step[1]] = input.processValues(named: step.name(4)) { MixedFixedKeyProcessor(kind) }
        case "procs":
            if flags.contains("u") {
                builder.addStateStore(
                    Stores.lruMap(kind, String?.self, String?.self, maxEntryCount: 3, logging: step.logging)
                )
                streams[step[1]] = input.process(stores: [kind], named: step.name(5)) { MixedLRUProcessor(kind, flags) }
                return
            }
            builder.addStateStore(
                Stores.keyValueStore(
                    kind,
                    String?.self,
                    String?.self,
                    in: flags.contains("m") ? .memory : .disk,
                    isCached: flags.contains("c"),
                    logging: step.logging
                )
            )
            streams[step[1]] = input.process(stores: [kind], named: step.name(5)) { MixedStoreProcessor(kind, flags) }
        case "procw":
            builder.addStateStore(
                Stores.windowStore(
                    kind,
                    String?.serde,
                    String?.serde,
                    windowSize: try step.time(6),
                    retention: try step.time(5),
                    retainsDuplicates: flags.contains("d"),
                    in: flags.contains("m") ? .memory : .disk,
                    isCached: flags.contains("c")
                )
            )
            streams[step[1]] = input.process(stores: [kind]) { MixedWindowProcessor(kind, flags) }
        default:
            builder.addStateStore(
                Stores.sessionStore(
                    kind,
                    String?.serde,
                    String?.serde,
                    retention: try step.time(5),
                    in: flags.contains("m") ? .memory : .disk,
                    isCached: flags.contains("c")
                )
            )
            streams[step[1]] = input.process(stores: [kind]) { MixedSessionProcessor(kind, flags) }
        }
    }
}

extension SpecStep {
    fileprivate var logging: StoreLogging { self[4].contains("l") ? .disabled : .enabled() }
}

private func place(_ metadata: RecordMetadata?, _ streamTime: Timestamp) -> String {
    let place = metadata.map { "\($0.topic.rawValue.count)/\($0.partition.rawValue)/\($0.offset.rawValue)" } ?? "none"
    return MixedFunctions.cut("\(place)/\(streamTime.rawValue)")
}

private func shifted(_ timestamp: Timestamp, by value: String?) -> Timestamp {
    Timestamp(timestamp.rawValue + Int64(value?.count ?? 0) * 100)
}

final class MixedProcessor: Processor {
    private let kind: String
    private var context: ProcessorContext<String?, String?>?

    init(_ kind: String) { self.kind = kind }
    func start(_ context: ProcessorContext<String?, String?>) { self.context = context }

    func process(_ record: StreamRecord<String?, String?>) throws {
        let value = record.value ?? nil
        switch kind {
        case "hdr":
            let header = Header(key: "h", value: value.map { Bytes(utf8: $0) })
            try context?.forward(record.with(headers: record.headers + [header]))
        case "ts": try context?.forward(record.with(timestamp: shifted(record.timestamp, by: value)))
        case "dup":
            try context?.forward(record)
            try context?.forward(record.with(key: ((record.key ?? nil) ?? "null") + "d"))
        case "new":
            try context?.forward(StreamRecord(key: record.key, value: record.value, timestamp: record.timestamp))
        default:
            guard let context else { return }
            try context.forward(record.with(value: place(context.recordMetadata, context.currentStreamTime)))
        }
    }
}

final class MixedFixedKeyProcessor: FixedKeyProcessor {
    private let kind: String
    private var context: FixedKeyProcessorContext<String?, String?>?

    init(_ kind: String) { self.kind = kind }
    func start(_ context: FixedKeyProcessorContext<String?, String?>) { self.context = context }

    func process(_ record: FixedKeyRecord<String?, String?>) throws {
        let value = record.value ?? nil
        switch kind {
        case "hdr":
            try context?.forward(record.with(headers: record.headers + [Header(key: "f", value: Bytes(utf8: "x"))]))
        case "ts": try context?.forward(record.with(timestamp: shifted(record.timestamp, by: value)))
        case "dup":
            try context?.forward(record)
            try context?.forward(record.with(value: (value ?? "null") + "d"))
        default:
            guard let inner = context?.context else { return }
            try context?.forward(record.with(value: place(inner.recordMetadata, inner.currentStreamTime)))
        }
    }
}

final class MixedStoreProcessor: Processor {
    private let (name, flags): (String, String)
    private var context: ProcessorContext<String?, String?>?
    private var store: KeyValueStore<String?, String?>?
    private var count = 0

    init(_ name: String, _ flags: String) { (self.name, self.flags) = (name, flags) }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        let store = try context.store(name, as: KeyValueStore<String?, String?>.self)
        self.store = store
        if flags.contains("p") {
            try context.schedule(every: .seconds(3), .streamTime) { time in
                try store.all().forEach { key, value in
                    try context.forward(StreamRecord(key: key, value: "p\(value ?? "null")", timestamp: time))
                }
            }
        }
        if flags.contains("w") {
            try context.schedule(every: .seconds(5), .wallClockTime) { [unowned self] time in
                let text = "\(count)/\(context.currentStreamTime.rawValue)"
                try context.forward(StreamRecord(key: "wc", value: text, timestamp: time))
                try store.put("wc", String(count))
                count = 0
            }
        }
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        count += 1
        guard let store, let key = record.key ?? nil else { return }
        let value = record.value ?? nil
        let old = (try store.get(key)) ?? nil
        if flags.contains("a") {
            let result = (value == nil ? try store.delete(key) : try store.putIfAbsent(key, value)) ?? nil
            try context?.forward(record.with(value: MixedFunctions.cut("\(result ?? "null")|\(old ?? "null")")))
            return
        }
        try store.put(key, value.map { MixedFunctions.cut((old ?? "") + $0) })
        var scan = ""
        if flags.contains("r") {
            try store.reverseRange(from: "k0", to: "k1").forEach { scan += "\($0 ?? "null")\($1 ?? "null")" }
        }
        let text = "\(old ?? "null")|\(value ?? "null")|\(scan)"
        try context?.forward(record.with(value: MixedFunctions.cut(text)))
    }
}

final class MixedLRUProcessor: Processor {
    private let (name, flags): (String, String)
    private var context: ProcessorContext<String?, String?>?
    private var store: KeyValueStore<String?, String?>?
    private var count = 0

    init(_ name: String, _ flags: String) { (self.name, self.flags) = (name, flags) }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        let store = try context.store(name, as: KeyValueStore<String?, String?>.self)
        self.store = store
        if flags.contains("p") {
            try context.schedule(every: .seconds(3), .streamTime) { time in
                try store.all().forEach { key, value in
                    try context.forward(StreamRecord(key: key, value: "p\(value ?? "null")", timestamp: time))
                }
            }
        }
        if flags.contains("w") {
            try context.schedule(every: .seconds(5), .wallClockTime) { [unowned self] time in
                let text = "\(count)/\(context.currentStreamTime.rawValue)"
                try context.forward(StreamRecord(key: "wc", value: text, timestamp: time))
                try store.put("wc", String(count))
                count = 0
            }
        }
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        count += 1
        guard let store, let key = record.key ?? nil else { return }
        let value = record.value ?? nil
        let old = (try store.get(key)) ?? nil
        if flags.contains("a") {
            let result = (value == nil ? try store.delete(key) : try store.putIfAbsent(key, value)) ?? nil
            try context?.forward(record.with(value: MixedFunctions.cut("\(result ?? "null")|\(old ?? "null")")))
            return
        }
        try store.put(key, value.map { MixedFunctions.cut((old ?? "") + $0) })
        try context?.forward(record.with(value: MixedFunctions.cut("\(old ?? "null")|\(value ?? "null")|")))
    }
}

final class MixedWindowProcessor: Processor {
    private let (name, flags): (String, String)
    private var context: ProcessorContext<String?, String?>?
    private var store: WindowStore<String?, String?>?

    init(_ name: String, _ flags: String) { (self.name, self.flags) = (name, flags) }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        store = try context.store(name)
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        guard let store, let key = record.key ?? nil else { return }
        let time = record.timestamp
        try store.put(key, record.value ?? nil, at: time)
        var text = ""
        let (from, to) = (Timestamp(time.rawValue - 3000), Timestamp(time.rawValue + 2000))
        let isBackward = flags.contains("b")
        try (isBackward ? store.backwardFetch(key, from: from, to: to) : store.fetch(key, from: from, to: to))
            .forEach { text += "\($0.rawValue % 100_000)\($1 ?? "null")," }
        if flags.contains("a") {
            try (isBackward ? store.backwardAll() : store.all()).forEach { window, value in
                let (start, end) = (window.window.start.rawValue % 100_000, window.window.end.rawValue % 100_000)
                text += "\(window.key ?? "null")\(start)-\(end)\(value ?? "null"),"
            }
        }
        let short: (Windowed<String?>, String?) -> Void = { window, value in
            text += "\(window.key ?? "null")\(window.window.start.rawValue % 100_000)\(value ?? "null"),"
        }
        if flags.contains("k") {
            try
                (isBackward
                ? store.backwardFetch(keysFrom: "k0", to: "k1", from: from, to: to)
                : store.fetch(keysFrom: "k0", to: "k1", from: from, to: to)).forEach(short)
        }
        if flags.contains("t") {
            try (isBackward ? store.backwardFetchAll(from: from, to: to) : store.fetchAll(from: from, to: to))
                .forEach(short)
        }
        try context?.forward(record.with(value: text))
    }
}

final class MixedSessionProcessor: Processor {
    private let (name, flags): (String, String)
    private var context: ProcessorContext<String?, String?>?
    private var store: SessionStore<String?, String?>?

    init(_ name: String, _ flags: String) { (self.name, self.flags) = (name, flags) }

    func start(_ context: ProcessorContext<String?, String?>) throws {
        self.context = context
        store = try context.store(name)
    }

    func process(_ record: StreamRecord<String?, String?>) throws {
        guard let store, let key = record.key ?? nil else { return }
        let time = record.timestamp
        let value = record.value ?? nil
        let length = value.map { Int64($0.utf8.last ?? 0) * 13 % 900 } ?? 1
        let start = Timestamp(time.rawValue - length)
        let session = Windowed<String?>(key, Window(start: start, end: time))
        try store.put(session, value)
        var text = ""
        func add(_ sessions: KeyValueIterator<Windowed<String?>, String?>) throws {
            try sessions.forEach { session, value in
                let (start, end) = (session.window.start.rawValue % 100_000, session.window.end.rawValue % 100_000)
                text += "\(session.key ?? "null")\(start)-\(end)\(value ?? "null"),"
            }
            text += "."
        }
        let (earliest, latest) = (Timestamp(time.rawValue - 3000), Timestamp(time.rawValue + 1000))
        let isBackward = flags.contains("b")
        try add(
            isBackward
                ? store.backwardFindSessions(key, earliestEnd: earliest, latestStart: latest)
                : store.findSessions(key, earliestEnd: earliest, latestStart: latest)
        )
        if flags.contains("a") {
            try add(
                isBackward
                    ? store.backwardFindSessions(key, earliestEnd: 0, latestStart: Timestamp(.max)) : store.fetch(key)
            )
        }
        if flags.contains("k") {
            try add(
                isBackward
                    ? store.backwardFindSessions(
                        keysFrom: "k0",
                        to: "k1",
                        earliestEnd: earliest,
                        latestStart: latest
                    )
                    : store.findSessions(keysFrom: "k0", to: "k1", earliestEnd: earliest, latestStart: latest)
            )
        }
        if flags.contains("t") {
            try add(
                isBackward
                    ? store.backwardFindSessions(keysFrom: "k0", to: "k1")
                    : store.findSessions(keysFrom: "k0", to: "k1")
            )
        }
        if flags.contains("o") {
            text += (try store.fetchSession(key, start: start, end: time) ?? nil) ?? "null"
        }
        if flags.contains("x"), time.rawValue % 3 == 0 { try store.remove(session) }
        try context?.forward(record.with(value: text))
    }
}
