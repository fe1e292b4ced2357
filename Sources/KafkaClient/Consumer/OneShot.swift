import Synchronization

/// Does something the first time it is told to, and never again.
final class OneShot: Sendable {
    private let isSpent = Atomic(false)
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func fire() {
        if !isSpent.exchange(true, ordering: .acquiringAndReleasing) { action() }
    }
}

/// A result that one thread waits for and another brings.
final class Rendezvous<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, KafkaError>?>(nil)
    private let signal = BlockingSignal()

    func complete(_ result: Result<Value, KafkaError>) {
        outcome.withLock { $0 = $0 ?? result }
        signal.signal()
    }

    /// Errors: the result's, and `REQUEST_TIMED_OUT` when there is none in time.
    func wait(_ timeout: Duration) throws(KafkaError) -> Value {
        _ = signal.wait(timeout)
        guard let result = outcome.withLock({ $0 }) else { throw .timedOut("There was no answer in time.") }
        return try result.get()
    }
}
