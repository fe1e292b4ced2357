import Records
import Streams
import StreamsTesting
import Testing

@testable import fraud_rule

/// The fraud rule: what raises an alert, what lifts it, and what is left in the store.
@Suite struct FraudRuleTests {
    private struct Outcome {
        var alerts: [String]
        var dropped: [String]
        /// The cards that the store still has.
        var cards: [String]
    }

    private func outcome(_ payments: [(card: String?, amount: Int?, minute: Int64)]) throws -> Outcome {
        try withDriver(try fraudTopology()) { driver in
            let input = driver.inputTopic("payments", String.self, Payment.self)
            for payment in payments {
                try input.pipe(
                    payment.card,
                    payment.amount.map { Payment(amount: $0, shop: "s\($0)") },
                    at: Timestamp(payment.minute * 60_000)
                )
            }
            let output = try driver.outputTopic("fraud-alerts", String.self, Alert.self).readRecords()
            let alerts = output.map { record in
                let alert = record.value.map { "\($0.total) \($0.shops.joined(separator: " "))" } ?? "null"
                return "\(record.key ?? "") \(alert) @\(record.timestamp.rawValue / 60_000)"
            }
            var cards: [String] = []
            try driver.store(FraudDetector.storeName, as: KeyValueStore<String, RecentPayments>.self).all()
                .forEach { card, _ in cards.append(card) }
            let dropped = driver.droppedRecords.map { "\($0.reason) \($0.count)" }
            return Outcome(alerts: alerts, dropped: dropped, cards: cards)
        }
    }

    @Test func `an alert is raised above the limit, not at it`() throws {
        #expect(try outcome([("c", 400, 0), ("c", 600, 9)]).alerts == [])
        #expect(try outcome([("c", 400, 0), ("c", 601, 9)]).alerts == ["c 1001 s400 s601 @9"])
        #expect(try outcome([("c", 600, 0), ("d", 600, 0)]).alerts == [], "each card has a sum of its own")
    }

    @Test func `payments ten minutes apart are not added`() throws {
        #expect(try outcome([("c", 600, 0), ("c", 600, 10)]).alerts == [])
    }

    @Test func `payments at the same moment are added`() throws {
        #expect(try outcome([("c", 600, 1), ("c", 600, 1)]).alerts == ["c 1200 s600 s600 @1"])
    }

    @Test func `a late payment counts at its own time, and ten minutes late no more`() throws {
        #expect(try outcome([("c", 600, 9), ("c", 601, 1)]).alerts == ["c 1201 s601 s600 @1"])
        let late = try outcome([("c", 600, 9), ("d", 1, 11), ("c", 601, 1)])
        #expect(late.alerts == [])
        #expect(late.dropped == ["late 1"])
    }

    @Test func `quiet lifts the alert once, also when only other cards pay`() throws {
        let result = try outcome([("c", 1001, 0), ("d", 1, 9), ("d", 1, 10), ("d", 1, 30)])
        #expect(result.alerts == ["c 1001 s1001 @0", "c null @10"])
        #expect(result.cards == ["d"], "a quiet card leaves nothing behind")
    }

    @Test func `a payment after a quiet time lifts the alert before it is looked at`() throws {
        let result = try outcome([("c", 1001, 0), ("c", 2000, 20)])
        #expect(result.alerts == ["c 1001 s1001 @0", "c null @20", "c 2000 s2000 @20"])
    }

    @Test func `payments without a card or an amount are dropped and counted`() throws {
        let result = try outcome([(nil, 2000, 0), ("c", nil, 0)])
        #expect(result.alerts == [])
        #expect(result.dropped == ["null key 1", "null value 1"])
    }
}
