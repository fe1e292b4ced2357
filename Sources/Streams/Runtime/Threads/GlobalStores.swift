import Synchronization

/// The global stores of an instance, which one thread writes and all stream threads read.
///
/// Stores are not made for several threads at a time, so that whoever uses them holds the lock meanwhile: the global
/// thread for a fetched batch, a stream thread for a round of records.
final class GlobalStores: @unchecked Sendable {
    private let lock = Mutex(())
    private var task: GlobalTask?
    private var stores: [String: any StateStore] = [:]

    /// Opens the stores; called once, before any stream thread starts.
    func open(_ task: GlobalTask) {
        lock.withLock { _ in
            self.task = task
            stores = task.stores
        }
    }

    /// The stores by name, to be used within ``withLock(_:)`` only.
    var all: [String: any StateStore] { lock.withLock { _ in stores } }

    func withLock<R>(_ body: () throws -> R) rethrows -> R {
        try lock.withLock { _ in try body() }
    }
}
