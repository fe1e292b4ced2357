#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// State behind a lock, and a way to wait until it changes: for a thread, or for a task.
///
/// Who waits takes a ``ticket`` before it looks at the state, so that a change in between is not missed. Critical
/// sections are short: nothing blocks, awaits or calls out within them.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var state: State
    private var changes: UInt64 = 0
    private var waiters: [UInt64: @Sendable () -> Void] = [:]
    private var lastWaiter: UInt64 = 0

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Looks at or changes the state; nobody who waits is told.
    func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes everybody who waits.
    func signal() {
        pthread_mutex_lock(mutex)
        changes &+= 1
        let woken = waiters
        waiters = [:]
        pthread_mutex_unlock(mutex)
        for waiter in woken.values { waiter() }
    }

    /// Stands for the changes so far.
    var ticket: UInt64 {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return changes
    }

    /// Blocks the thread until a change after the ticket, or until the time has passed.
    func wait(since ticket: UInt64, timeout: Duration) {
        let signal = BlockingSignal()
        let waiter = onChange(since: ticket) { signal.signal() }
        _ = signal.wait(timeout)
        forget(waiter)
    }

    /// Calls `waiter` once, at the first change after the ticket: at once where there was one already. Gives a number to
    /// ``forget(_:)`` it by.
    func onChange(since ticket: UInt64, _ waiter: @escaping @Sendable () -> Void) -> UInt64 {
        pthread_mutex_lock(mutex)
        let isLate = changes != ticket
        lastWaiter += 1
        let number = lastWaiter
        if !isLate { waiters[number] = waiter }
        pthread_mutex_unlock(mutex)
        if isLate { waiter() }
        return number
    }

    /// Who waited has stopped waiting.
    func forget(_ waiter: UInt64) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        waiters[waiter] = nil
    }
}
