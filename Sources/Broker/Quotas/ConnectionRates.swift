import Records
import Synchronization

/// How many connections an address may make a second (`connection_creation_rate`). See KIP-612.
///
/// A connection beyond that is closed before it is served. Kafka keeps it open until its time is up, so that the client
/// does not come back at once; here clients wait for as long as they wait after any connection that failed.
final class ConnectionRates: MetadataListener, Sendable {
    private struct State {
        var quotas: [ClientQuotaEntity: [String: Double]]
        var rates: [String: WindowedRate] = [:]
    }

    private let state: Mutex<State>
    private let span: WindowedRate.Span
    private let environment: BrokerEnvironment

    init(_ image: MetadataImage, _ configuration: BrokerConfiguration, _ environment: BrokerEnvironment) {
        state = Mutex(State(quotas: image.clientQuotas))
        span = WindowedRate.Span(
            windowMs: configuration.integer("quota.window.size.seconds") * 1000,
            windows: configuration.integer("quota.window.num")
        )
        self.environment = environment
    }

    /// Counts a connection from `address`, unless there were too many: then it must not be served.
    func admits(_ address: String) -> Bool {
        let now = environment.now()
        return state.withLock { state in
            guard let limit = limit(address, state.quotas) else { return true }
            var rate = state.rates[address] ?? WindowedRate()
            rate.add(1, at: now, span)
            guard rate.delayMs(limit: limit, at: now, span) == 0 else { return false }
            state.rates[address] = rate
            return true
        }
    }

    private func limit(_ address: String, _ quotas: [ClientQuotaEntity: [String: Double]]) -> Double? {
        let key = ClientQuotaKey.connectionCreationRate.rawValue
        let (own, others) = (ClientQuotaEntity(names: [.ip: address]), ClientQuotaEntity(names: [.ip: nil]))
        return quotas[own]?[key] ?? quotas[others]?[key]
    }

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        guard change.before.clientQuotas != change.after.clientQuotas else { return }
        state.withLock { $0 = State(quotas: change.after.clientQuotas) }
    }
}
