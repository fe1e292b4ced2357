import NIOPosix
import Synchronization

/// Threads that wait for the disk, so that no event loop does. They are made when the first work comes: most brokers
/// never flush before they acknowledge.
final class DiskThreads: Sendable {
    /// So many partitions may be flushed at once: a disk makes several files durable in nearly the time of one.
    private static let count = 8

    private enum State {
        case idle
        case running(NIOThreadPool)
        case stopped
    }

    private let state = Mutex(State.idle)

    /// Runs `work` on one of the threads; on the caller's after ``stop()``.
    func run(_ work: @escaping @Sendable () -> Void) {
        let pool: NIOThreadPool? = state.withLock { state in
            switch state {
            case .running(let pool): return pool
            case .stopped: return nil
            case .idle:
                let pool = NIOThreadPool(numberOfThreads: DiskThreads.count)
                pool.start()
                state = .running(pool)
                return pool
            }
        }
        guard let pool else { return work() }
        // What the pool no longer takes, because it stops, must be done all the same.
        pool.submit { _ in work() }
    }

    /// Waits for what runs, and ends the threads.
    func stop() async throws {
        let pool: NIOThreadPool? = state.withLock { state in
            defer { state = .stopped }
            guard case .running(let pool) = state else { return nil }
            return pool
        }
        try await pool?.shutdownGracefully()
    }
}
