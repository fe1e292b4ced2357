import KafkaProtocol
import Records
import Testing

@testable import Broker

/// When clients may ask and push, and what is refused: KIP-714.
@Suite struct TelemetryRegistryTests {
    private let id = KafkaUUID(high: 7, low: 8)
    private let wanted = TelemetryRegistry.Subscription(metrics: ["a"], pushIntervalMs: 1000)

    private func push(
        _ subscriptionID: Int32,
        bytes: Int = 1,
        compression: Int8 = 0,
        terminating: Bool = false
    ) -> PushTelemetryRequest {
        PushTelemetryRequest(
            clientInstanceId: id,
            subscriptionId: subscriptionID,
            terminating: terminating,
            compressionType: compression,
            metrics: Bytes([UInt8](repeating: 1, count: bytes))
        )
    }

    private func code(_ work: () throws(APIFailure) -> Void) -> ErrorCode {
        do throws(APIFailure) {
            try work()
            return .none
        } catch { return error.code }
    }

    @Test func `a client asks once in an interval, and pushes once after it asked`() throws {
        var registry = TelemetryRegistry(maxBytes: 10)
        let subscriptionID = try registry.get(id, wanted, at: 0)
        #expect(code { () throws(APIFailure) in _ = try registry.get(id, wanted, at: 999) } == .throttlingQuotaExceeded)
        try registry.push(push(subscriptionID), wanted, at: 500)
        #expect(
            code { () throws(APIFailure) in try registry.push(push(subscriptionID), wanted, at: 1499) }
                == .throttlingQuotaExceeded
        )
        try registry.push(push(subscriptionID), wanted, at: 1500)
        #expect(
            code { () throws(APIFailure) in _ = try registry.get(id, wanted, at: 2499) } == .throttlingQuotaExceeded
        )
        #expect(try registry.get(id, wanted, at: 2500) == subscriptionID)
    }

    @Test func `a changed subscription has another id, and may be asked for at once`() throws {
        var registry = TelemetryRegistry(maxBytes: 10)
        let first = try registry.get(id, wanted, at: 0)
        let changed = TelemetryRegistry.Subscription(metrics: ["a", "b"], pushIntervalMs: 1000)
        #expect(
            code { () throws(APIFailure) in try registry.push(push(first), changed, at: 1) } == .unknownSubscriptionId
        )
        var other = TelemetryRegistry(maxBytes: 10)
        _ = try other.get(id, wanted, at: 0)
        #expect(try other.get(id, changed, at: 1) != first)
    }

    @Test func `wrong pushes are refused`() throws {
        var registry = TelemetryRegistry(maxBytes: 10)
        let subscriptionID = try registry.get(id, wanted, at: 0)
        let cases: [(PushTelemetryRequest, ErrorCode)] = [
            (push(subscriptionID + 1), .unknownSubscriptionId),
            (push(subscriptionID, compression: 9), .unsupportedCompressionType),
            (push(subscriptionID, bytes: 11), .telemetryTooLarge),
            (push(subscriptionID, bytes: 10), .none),
        ]
        for (index, (request, expected)) in cases.enumerated() {
            let now = Timestamp(Int64(index) * 1000)
            #expect(code { () throws(APIFailure) in try registry.push(request, wanted, at: now) } == expected)
        }
        // The last push may come early, and none after it.
        let last = push(subscriptionID, terminating: true)
        #expect(code { () throws(APIFailure) in try registry.push(last, wanted, at: 3001) } == .none)
        #expect(
            code { () throws(APIFailure) in try registry.push(push(subscriptionID), wanted, at: 9000) }
                == .invalidRequest
        )
        var reserved = push(subscriptionID)
        reserved.clientInstanceId = .zero
        #expect(code { () throws(APIFailure) in try registry.push(reserved, wanted, at: 9000) } == .invalidRequest)
    }

    @Test func `no more clients are kept than there is room for`() throws {
        var registry = TelemetryRegistry(capacity: 100, maxBytes: 10)
        for client in 0..<1000 {
            _ = try registry.get(KafkaUUID(high: 1, low: UInt64(client)), wanted, at: Timestamp(Int64(client)))
            #expect(registry.count <= 100)
        }
        // Those that fell silent are forgotten together.
        _ = try registry.get(id, wanted, at: 1_000_000)
        #expect(registry.count <= 100)
    }
}
