import Records
import Streams

/// Forwards every record unchanged.
final class Copy: Processor {
    private var context: ProcessorContext<String, String>?

    func start(_ context: ProcessorContext<String, String>) { self.context = context }

    func process(_ record: StreamRecord<String, String>) throws { try context?.forward(record) }
}

/// Counts records and tells the count every 3 seconds of the wall clock.
final class Counter: Processor {
    private var count = 0

    func start(_ context: ProcessorContext<String, String>) throws {
        try context.schedule(every: .seconds(3), .wallClockTime) { [unowned self] time in
            try context.forward(StreamRecord(key: "tick", value: String(count), timestamp: time))
            count = 0
        }
    }

    func process(_ record: StreamRecord<String, String>) { count += 1 }
}

/// Forwards the first record of each key, and every 10 seconds of stream time all that it has seen, which it forgets.
final class Dedup: Processor {
    private var context: ProcessorContext<String, String>?
    private var store: KeyValueStore<String, String>?

    func start(_ context: ProcessorContext<String, String>) throws {
        self.context = context
        let store = try context.store("seen", as: KeyValueStore<String, String>.self)
        self.store = store
        try context.schedule(every: .seconds(10), .streamTime) { time in
            try store.all().forEach { key, value in
                try context.forward(StreamRecord(key: key, value: "punct:\(value)", timestamp: time))
                try store.delete(key)
            }
        }
    }

    func process(_ record: StreamRecord<String, String>) throws {
        guard let key = record.key, try store?.get(key) == nil else { return }
        try store?.put(key, record.value)
        try context?.forward(record.with(value: "first:\(record.value ?? "null")"))
    }
}

/// Appends the time to the value, and the value as a header.
final class Stamp: FixedKeyProcessor {
    private var context: FixedKeyProcessorContext<String, String>?

    func start(_ context: FixedKeyProcessorContext<String, String>) { self.context = context }

    func process(_ record: FixedKeyRecord<String, String>) throws {
        let value = record.value ?? ""
        let headers = record.headers + [Header(key: "h", value: Bytes(utf8: value))]
        try context?.forward(record.with(value: "\(value)@\(record.timestamp)").with(headers: headers))
    }
}
