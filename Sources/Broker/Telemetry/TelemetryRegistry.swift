import KafkaProtocol
import Records

/// Clients that asked for telemetry subscriptions, and when each may ask or push again: a pure machine. See KIP-714.
///
/// Invariant: no more than ``capacity`` clients are known. Past it, those that fell silent go first, then the oldest.
struct TelemetryRegistry: Sendable {
    /// What the cluster wants of one client.
    struct Subscription: Hashable, Sendable {
        var metrics: [String] = []
        var pushIntervalMs: Int64 = 300_000
    }

    private struct Client {
        var subscription: Subscription
        var lastGet: Timestamp?
        var lastPush: Timestamp?
        var lastSeen: Timestamp
        var isTerminating = false
    }

    let capacity: Int
    let maxBytes: Int
    private var clients: [KafkaUUID: Client] = [:]

    init(capacity: Int = 16384, maxBytes: Int) {
        self.capacity = capacity
        self.maxBytes = maxBytes
    }

    var count: Int { clients.count }

    /// A client asks what is wanted of it. Answers the id of the subscription.
    ///
    /// Errors: THROTTLING_QUOTA_EXCEEDED before its push interval has passed.
    mutating func get(
        _ id: KafkaUUID,
        _ subscription: Subscription,
        at now: Timestamp
    ) throws(APIFailure) -> Int32 {
        var client = take(id, subscription, now)
        defer { clients[id] = client }
        let last = max(client.lastGet ?? .init(.min), client.lastPush ?? .init(.min))
        guard TelemetryRegistry.hasPassed(subscription.pushIntervalMs, since: last, now) else {
            throw APIFailure(.throttlingQuotaExceeded)
        }
        client.lastGet = now
        return TelemetryRegistry.subscriptionID(subscription, id)
    }

    /// A client pushes. Errors: INVALID_REQUEST after its last push, THROTTLING_QUOTA_EXCEEDED before its interval has
    /// passed, UNKNOWN_SUBSCRIPTION_ID, UNSUPPORTED_COMPRESSION_TYPE, TELEMETRY_TOO_LARGE.
    mutating func push(
        _ push: PushTelemetryRequest,
        _ subscription: Subscription,
        at now: Timestamp
    ) throws(APIFailure) {
        let id = push.clientInstanceId
        guard id.high != 0 || id.low > 100 else { throw APIFailure(.invalidRequest) }
        var client = take(id, subscription, now)
        defer {
            client.isTerminating = push.terminating
            clients[id] = client
        }
        guard !client.isTerminating else { throw APIFailure(.invalidRequest) }
        let (lastGet, lastPush) = (client.lastGet ?? .init(.min), client.lastPush ?? .init(.min))
        // The first push after a question may come at any time: clients spread theirs.
        let isInTime =
            lastGet > lastPush || TelemetryRegistry.hasPassed(subscription.pushIntervalMs, since: lastPush, now)
        if isInTime { client.lastPush = now }
        guard isInTime || push.terminating else { throw APIFailure(.throttlingQuotaExceeded) }
        guard push.subscriptionId == TelemetryRegistry.subscriptionID(subscription, id) else {
            throw APIFailure(.unknownSubscriptionId)
        }
        guard (0...4).contains(push.compressionType) else { throw APIFailure(.unsupportedCompressionType) }
        guard push.metrics.count <= maxBytes else { throw APIFailure(.telemetryTooLarge) }
    }

    /// The client as it is known, anew where what is wanted of it has changed.
    private mutating func take(_ id: KafkaUUID, _ subscription: Subscription, _ now: Timestamp) -> Client {
        if clients[id] == nil, clients.count >= capacity { makeRoom(now) }
        guard var client = clients[id], client.subscription == subscription else {
            return Client(subscription: subscription, lastSeen: now)
        }
        client.lastSeen = now
        return client
    }

    private mutating func makeRoom(_ now: Timestamp) {
        clients = clients.filter { _, client in
            let silence = max(60_000, client.subscription.pushIntervalMs * 3)
            return !TelemetryRegistry.hasPassed(silence, since: client.lastSeen, now)
        }
        guard clients.count >= capacity else { return }
        let oldest = clients.sorted { $0.value.lastSeen < $1.value.lastSeen }.prefix(max(1, capacity / 4))
        for (id, _) in oldest { clients[id] = nil }
    }

    private static func hasPassed(_ milliseconds: Int64, since moment: Timestamp, _ now: Timestamp) -> Bool {
        let (elapsed, overflow) = now.rawValue.subtractingReportingOverflow(moment.rawValue)
        return overflow || elapsed >= milliseconds
    }

    /// Changes with what is wanted, and differs between clients: the CRC of the metrics and the interval, with the
    /// client's id mixed in.
    static func subscriptionID(_ subscription: Subscription, _ id: KafkaUUID) -> Int32 {
        let text = "[\(subscription.metrics.joined(separator: ", "))]\(subscription.pushIntervalMs)"
        let crc = Array(text.utf8).withUnsafeBytes { crc32c($0) }
        let mixed = id.high ^ id.low
        return Int32(bitPattern: crc ^ UInt32(truncatingIfNeeded: mixed >> 32) ^ UInt32(truncatingIfNeeded: mixed))
    }
}
