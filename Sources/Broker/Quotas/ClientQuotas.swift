import KafkaProtocol
import Records
import Synchronization

/// Slows down clients that use more than their quota: they are told for how long, and their connection takes no request
/// meanwhile. See KIP-13, KIP-124, KIP-219 and KIP-257.
///
/// Where no quota is set, a request costs one load.
final class ClientQuotas: MetadataListener, Sendable {
    fileprivate struct Counter: Hashable {
        let key: ClientQuotaKey
        let holder: QuotaTable.Holder
    }

    fileprivate struct State {
        var table: QuotaTable
        var rates: [Counter: WindowedRate] = [:]
        /// Counters that nobody uses any more are looked for when there are so many.
        var sweepCount = 1024
    }

    private let state: Mutex<State>
    private let active: Atomic<Bool>
    private let span: WindowedRate.Span
    private let environment: BrokerEnvironment

    init(_ image: MetadataImage, _ configuration: BrokerConfiguration, _ environment: BrokerEnvironment) {
        let table = QuotaTable(image.clientQuotas)
        state = Mutex(State(table: table))
        active = Atomic(!table.isEmpty)
        span = WindowedRate.Span(
            windowMs: configuration.integer("quota.window.size.seconds") * 1000,
            windows: configuration.integer("quota.window.num")
        )
        self.environment = environment
    }

    /// Whether anybody has a quota.
    var isActive: Bool { active.load(ordering: .relaxed) }

    /// Counts `amount` for the request's client. Answers for how many milliseconds it must be slowed down.
    func charge(_ amount: Double, to key: ClientQuotaKey, _ context: RequestContext) -> Int32 {
        guard isActive else { return 0 }
        let now = environment.now()
        let delay = state.withLock { state -> Double in
            guard let (limit, holder) = state.find(key, context) else { return 0 }
            let counter = Counter(key: key, holder: holder)
            state.rates[counter, default: WindowedRate()].add(amount, at: now, span)
            state.sweep(now, span)
            return state.rates[counter]?.delayMs(limit: limit, at: now, span) ?? 0
        }
        // Time on the broker's threads is given back after a window at the latest.
        let longest = key == .requestPercentage ? Double(span.windowMs) : Double(Int32.max)
        return Int32(min(delay, longest))
    }

    /// Counts `amount` for the request's client where its quota allows that now, or where the client used nothing for so
    /// long that waiting would not help: one batch may be larger than all windows allow. Otherwise counts nothing, and
    /// answers for how many milliseconds the client has to wait.
    func admit(_ amount: Double, to key: ClientQuotaKey, _ context: RequestContext) -> Int32 {
        guard isActive else { return 0 }
        let now = environment.now()
        return state.withLock { state in
            guard let (limit, holder) = state.find(key, context) else { return 0 }
            let counter = Counter(key: key, holder: holder)
            let before = state.rates[counter] ?? WindowedRate()
            var after = before
            after.add(amount, at: now, span)
            let delay = before.isIdle(at: now, span) ? 0 : after.delayMs(limit: limit, at: now, span)
            guard delay < 1 else { return Int32(min(delay, Double(Int32.max))) }
            state.rates[counter] = after
            state.sweep(now, span)
            return 0
        }
    }

    /// The most that a client may use at once after a time of rest; nil where it has no quota. A request for more could
    /// never be answered.
    func burst(of key: ClientQuotaKey, _ context: RequestContext) -> Int? {
        guard isActive, let (limit, _) = state.withLock({ $0.find(key, context) }) else { return nil }
        return Int(min(limit * Double((span.windows - 1) * span.windowMs) / 1000, Double(Int32.max)))
    }

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        guard change.before.clientQuotas != change.after.clientQuotas else { return }
        let table = QuotaTable(change.after.clientQuotas)
        state.withLock { $0.table = table }
        active.store(!table.isEmpty, ordering: .relaxed)
    }
}

extension ClientQuotas.State {
    fileprivate func find(_ key: ClientQuotaKey, _ context: RequestContext) -> (
        limit: Double, holder: QuotaTable.Holder
    )? {
        table.limit(key, user: context.principal.name, clientID: context.clientID)
    }

    fileprivate mutating func sweep(_ now: Timestamp, _ span: WindowedRate.Span) {
        guard rates.count > sweepCount else { return }
        rates = rates.filter { now.rawValue - ($0.value.lastWindow?.rawValue ?? 0) < span.windowMs * span.windows }
        sweepCount = max(1024, 2 * rates.count)
    }
}
