import NIOCore
import Synchronization
import Transport

/// How long a request keeps the broker's threads busy, as percents of one thread (KIP-124): from its arrival to its answer,
/// or to where it began to wait.
///
/// Counted once. Whoever comes later learns the same: an answer tells the client for how long it is slowed down.
final class RequestMeter: Sendable {
    private let quotas: ClientQuotas
    private let context: RequestContext
    private let began = NIODeadline.now()
    private let isCounted = Atomic(false)
    private let delay = Atomic<Int32>(0)

    init(_ quotas: ClientQuotas, _ context: RequestContext) {
        self.quotas = quotas
        self.context = context
    }

    /// For how many milliseconds the client is slowed down.
    @discardableResult
    func stop() -> Int32 {
        guard !isCounted.exchange(true, ordering: .relaxed) else { return delay.load(ordering: .relaxed) }
        let percent = Double((NIODeadline.now() - began).nanoseconds) / 1e9 * 100
        let delayMs = quotas.charge(percent, to: .requestPercentage, context)
        delay.store(delayMs, ordering: .relaxed)
        if delayMs > 0 { context.connection.pause(for: .milliseconds(Int64(delayMs))) }
        return delayMs
    }
}
