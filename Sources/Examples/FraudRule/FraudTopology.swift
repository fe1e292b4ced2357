import ExampleSupport
import Records
import Streams

struct Payment: JSONRecord, Hashable {
    var amount: Int
    var shop: String
}

/// A card has spent too much in too short a time.
struct Alert: JSONRecord, Hashable {
    var total: Int
    var shops: [String]
}

/// What is remembered of a card: its payments of the last ten minutes, oldest first.
struct RecentPayments: JSONRecord, Hashable {
    struct Entry: JSONRecord, Hashable {
        var time: Int64
        var payment: Payment
    }

    var entries: [Entry] = []
    var isAlerted = false

    var total: Int { entries.reduce(0) { $0 + $1.payment.amount } }

    mutating func add(_ payment: Payment, at time: Timestamp) {
        let place = entries.firstIndex { $0.time > time.rawValue } ?? entries.endIndex
        entries.insert(Entry(time: time.rawValue, payment: payment), at: place)
    }

    mutating func forget(until time: Int64) { entries.removeAll { $0.time <= time } }
}

/// Raises an alert when a card's payments within ten minutes come to more than the limit, and lifts it when the card has
/// been quiet for as long.
final class FraudDetector: Processor {
    static let storeName = "recent-payments"
    static let store = Stores.keyValueStore(storeName, String.self, RecentPayments.self)
    static let limit = 1000
    static let interval: Int64 = 10 * 60 * 1000

    private var context: ProcessorContext<String, Alert>?
    private var cards: KeyValueStore<String, RecentPayments>?

    func start(_ context: ProcessorContext<String, Alert>) throws {
        self.context = context
        cards = try context.store(FraudDetector.storeName)
        try context.schedule(every: .seconds(60), .streamTime) { [unowned self] time in try forgetOld(time) }
    }

    func process(_ record: StreamRecord<String, Payment>) throws {
        guard let context, let cards else { return }
        guard let card = record.key else { return context.recordDropped(.nullKey) }
        guard let payment = record.value else { return context.recordDropped(.nullValue) }
        let now = context.currentStreamTime
        guard record.timestamp.rawValue > now.rawValue - FraudDetector.interval else {
            return context.recordDropped(.late)
        }
        var recent = try remaining(cards.get(card) ?? RecentPayments(), of: card, at: now)
        recent.add(payment, at: record.timestamp)
        if recent.total > FraudDetector.limit {
            recent.isAlerted = true
            let alert = Alert(total: recent.total, shops: recent.entries.map(\.payment.shop))
            try context.forward(record.with(value: alert))
        }
        try cards.put(card, recent)
    }

    /// Each minute: cards without recent payments are removed, so that the store holds no more than it must.
    private func forgetOld(_ now: Timestamp) throws {
        guard let cards else { return }
        try cards.all().forEach { card, payments in
            let recent = try remaining(payments, of: card, at: now)
            try cards.put(card, recent.entries.isEmpty ? nil : recent)
        }
    }

    /// The payments that still count. Where none does, the alert is lifted.
    private func remaining(_ payments: RecentPayments, of card: String, at now: Timestamp) throws -> RecentPayments {
        var recent = payments
        recent.forget(until: now.rawValue - FraudDetector.interval)
        if recent.entries.isEmpty, recent.isAlerted {
            recent.isAlerted = false
            try context?.forward(StreamRecord(key: card, value: nil, timestamp: now))
        }
        return recent
    }
}

/// Payments in, the table of alerts out.
func fraudTopology() throws -> Topology {
    let builder = StreamsBuilder()
    builder.addStateStore(FraudDetector.store)
    builder.stream("payments", String.self, Payment.self)
        .process(stores: [FraudDetector.storeName]) { FraudDetector() }
        .to("fraud-alerts")
    return try builder.build()
}
