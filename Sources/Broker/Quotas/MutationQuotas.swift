import KafkaProtocol
import Records
import Synchronization
import Transport

/// How many partitions clients may make and delete a second (`controller_mutation_rate`). See KIP-599.
final class MutationQuotas: MetadataListener, Sendable {
    private struct State {
        var table: QuotaTable
        var buckets: [QuotaTable.Holder: TokenBucket] = [:]
    }

    private let state: Mutex<State>
    private let seconds: Double
    private let environment: BrokerEnvironment

    init(_ image: MetadataImage, _ configuration: BrokerConfiguration, _ environment: BrokerEnvironment) {
        state = Mutex(State(table: QuotaTable(image.clientQuotas)))
        seconds = Double(
            configuration.integer("controller.quota.window.num")
                * configuration.integer("controller.quota.window.size.seconds")
        )
        self.environment = environment
    }

    /// What one request may change. A client of a version that knows THROTTLING_QUOTA_EXCEEDED is refused when nothing is
    /// left; one of old is only slowed down.
    func budget(_ context: RequestContext, isStrict: Bool) -> Budget {
        Budget(quotas: self, context: context, isStrict: isStrict)
    }

    /// One request's part in the quota of its client.
    struct Budget: Sendable {
        fileprivate let quotas: MutationQuotas
        fileprivate let context: RequestContext
        fileprivate let isStrict: Bool

        /// Counts the partitions of one topic. Errors: THROTTLING_QUOTA_EXCEEDED; nothing is counted then.
        func charge(_ partitions: Int) throws(APIFailure) {
            let isRefused = quotas.withBucket(context) { bucket, _ in
                if isStrict, bucket.tokens < 0 { return true }
                bucket.take(Double(partitions))
                return false
            }
            if isRefused == true {
                throw APIFailure(.throttlingQuotaExceeded, ErrorCode.throttlingQuotaExceeded.message)
            }
        }

        /// For how many milliseconds the client has to be slowed down after an answer with these outcomes.
        func delayMs<Value>(after results: [Result<Value, APIFailure>]) -> Int32 {
            let isExceeded = results.contains { result in
                if case .failure(let failure) = result { failure.code == .throttlingQuotaExceeded } else { false }
            }
            guard isExceeded || !isStrict else { return 0 }
            let delay = quotas.withBucket(context) { bucket, limit in bucket.delayMs(limit) } ?? 0
            if delay > 0 { context.connection.pause(for: .milliseconds(Int64(delay))) }
            return delay
        }
    }

    /// Nil where the client has no quota.
    private func withBucket<Value>(
        _ context: RequestContext,
        _ body: (inout TokenBucket, TokenBucket.Limit) -> Value
    ) -> Value? {
        let now = environment.now()
        return state.withLock { state in
            guard
                let (rate, holder) = state.table.limit(
                    .controllerMutationRate,
                    user: context.principal.name,
                    clientID: context.clientID
                )
            else { return nil }
            let limit = TokenBucket.Limit(rate: rate, seconds: seconds)
            var bucket = state.buckets[holder] ?? TokenBucket(limit, at: now)
            bucket.refill(limit, at: now)
            defer { state.buckets[holder] = bucket.tokens < limit.burst ? bucket : nil }
            return body(&bucket, limit)
        }
    }

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        guard change.before.clientQuotas != change.after.clientQuotas else { return }
        let table = QuotaTable(change.after.clientQuotas)
        state.withLock { state in
            state.table = table
            if table.isEmpty { state.buckets = [:] }
        }
    }
}
