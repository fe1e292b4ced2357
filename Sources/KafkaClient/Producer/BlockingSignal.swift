#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Lets one thread wait until another signals, with a limit in time: for the synchronous calls of stream threads.
final class BlockingSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isSignalled = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func signal() {
        pthread_mutex_lock(mutex)
        isSignalled = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// False when nobody signalled within `timeout`.
    func wait(_ timeout: Duration) -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_REALTIME, &limit)
        let (seconds, attoseconds) = timeout.components
        let nanoseconds = Int(limit.tv_nsec) + Int(attoseconds / 1_000_000_000)
        limit.tv_sec += time_t(min(max(seconds, 0), 1 << 40)) + time_t(nanoseconds / 1_000_000_000)
        limit.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isSignalled {
            if pthread_cond_timedwait(condition, mutex, &limit) != 0 { return isSignalled }
        }
        return true
    }
}
