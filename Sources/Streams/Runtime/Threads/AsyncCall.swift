#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Waits on a thread for an async function: for the control path of stream threads, which have no async context.
enum AsyncCall {
    /// Runs `body` on the concurrency pool and blocks the calling thread, which must not be of that pool.
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let outcome = Outcome<Value>()
        Task {
            do {
                outcome.complete(.success(try await body()))
            } catch {
                outcome.complete(.failure(error))
            }
        }
        return try outcome.wait().get()
    }

    /// Invariant: `result` is touched with the mutex held.
    private final class Outcome<Value: Sendable>: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private var result: Result<Value, any Error>?

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

        func complete(_ result: Result<Value, any Error>) {
            pthread_mutex_lock(mutex)
            self.result = result
            pthread_cond_signal(condition)
            pthread_mutex_unlock(mutex)
        }

        func wait() -> Result<Value, any Error> {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            while true {
                if let result { return result }
                pthread_cond_wait(condition, mutex)
            }
        }
    }
}
