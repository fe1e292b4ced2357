import Synchronization

/// A listener's open connections: admission, numbers, and the wait for the last one to close.
final class ConnectionRegistry: Sendable {
    private struct State {
        var quota: ConnectionQuota
        var connections: [UInt64: ServerConnection] = [:]
        var lastID: UInt64 = 0
        var isClosing = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(limits: TransportLimits) {
        state = Mutex(
            State(
                quota: ConnectionQuota(
                    maxConnections: limits.maxConnections,
                    maxConnectionsPerAddress: limits.maxConnectionsPerAddress
                )
            )
        )
    }

    /// A number for a connection from `address`, which is counted from now on.
    func admit(_ address: String) throws(ConnectionRefusal) -> UInt64 {
        try state.withLock { state throws(ConnectionRefusal) in
            guard !state.isClosing else { throw .serviceRefused }
            try state.quota.admit(address)
            state.lastID += 1
            return state.lastID
        }
    }

    func add(_ connection: ServerConnection) {
        let isClosing = state.withLock { state in
            state.connections[connection.id] = connection
            return state.isClosing
        }
        if isClosing { connection.finish(reason: "the listener closes") }
    }

    /// The connection with this number, admitted for `address`, is gone.
    func remove(_ id: UInt64, address: String) {
        let waiters = state.withLock { state in
            state.connections[id] = nil
            state.quota.release(address)
            return state.quota.total == 0 ? ConnectionRegistry.takeWaiters(&state) : []
        }
        for waiter in waiters { waiter.resume() }
    }

    /// How long after the cut a connection may take to be gone. Only one whose event loop was shut down needs longer.
    private static let cutDuration = Duration.seconds(1)

    /// Lets every connection finish what is in flight; after `gracePeriod` the rest is cut off. Returns when all are
    /// gone.
    func close(gracePeriod: Duration) async {
        let open = state.withLock { state in
            state.isClosing = true
            return Array(state.connections.values)
        }
        for connection in open { connection.finish(reason: "the listener closes") }
        let cut = Task {
            do { try await Task.sleep(for: gracePeriod) } catch { return }
            for connection in self.all { connection.close(reason: "the grace period of \(gracePeriod) has passed") }
            do { try await Task.sleep(for: ConnectionRegistry.cutDuration) } catch { return }
            for waiter in self.takeWaiters() { waiter.resume() }
        }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.quota.total > 0 { state.waiters.append(continuation) }
                return state.quota.total == 0
            }
            if isDone { continuation.resume() }
        }
        cut.cancel()
    }

    var count: Int { state.withLock { $0.quota.total } }

    private func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        state.withLock { ConnectionRegistry.takeWaiters(&$0) }
    }

    private static func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        defer { state.waiters = [] }
        return state.waiters
    }

    private var all: [ServerConnection] { state.withLock { Array($0.connections.values) } }
}
