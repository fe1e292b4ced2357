import ExampleSupport
import Records
import Streams

/// A temperature that a sensor has sent, perhaps more than once.
struct Reading: JSONRecord, Hashable {
    var id: String
    var celsius: Double
}

/// Lets a reading through when its sensor has not sent the same id within ten minutes of it.
///
/// It remembers the first time of each id in a window store, which forgets by itself.
final class FirstOnly: FixedKeyProcessor {
    static let storeName = "sent-ids"
    static let interval: Int64 = 10 * 60 * 1000

    /// Twice the interval: also a reading that comes ten minutes late is compared with those before it.
    static let store = Stores.windowStore(
        storeName,
        .string,
        .bool,
        windowSize: .milliseconds(interval),
        retention: .milliseconds(2 * interval)
    )

    private var context: FixedKeyProcessorContext<String, Reading>?
    private var sent: WindowStore<String, Bool>?

    func start(_ context: FixedKeyProcessorContext<String, Reading>) throws {
        self.context = context
        sent = try context.store(FirstOnly.storeName)
    }

    func process(_ record: FixedKeyRecord<String, Reading>) throws {
        guard let context, let sent, let reading = record.value else { return }
        let id = "\(record.key ?? "")/\(reading.id)"
        let time = record.timestamp.rawValue
        let near = try sent.fetch(
            id,
            from: Timestamp(max(0, time - FirstOnly.interval)),
            to: Timestamp(time + FirstOnly.interval)
        )
        defer { near.close() }
        guard try near.next() == nil else { return }
        try sent.put(id, true, at: record.timestamp)
        try context.forward(record)
    }
}

/// Readings in, each of them once out.
func deduplicationTopology() throws -> Topology {
    let builder = StreamsBuilder()
    builder.addStateStore(FirstOnly.store)
    builder.stream("readings", String.self, Reading.self)
        .processValues(stores: [FirstOnly.storeName]) { FirstOnly() }
        .to("readings-once")
    return try builder.build()
}
