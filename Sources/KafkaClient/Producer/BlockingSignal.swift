import Dispatch

/// Lets one thread wait until another signals, with a limit in time: for the synchronous calls of stream threads.
struct BlockingSignal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }

    /// False when nobody signalled within `timeout`.
    func wait(_ timeout: Duration) -> Bool {
        let (seconds, attoseconds) = timeout.components
        let nanoseconds = min(max(seconds, 0), 1 << 31) * 1_000_000_000 + attoseconds / 1_000_000_000
        return semaphore.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success
    }
}
