import NIOCore
import Synchronization

/// A listener's open connections: admission, numbers, and the wait for the last one to close.
final class ConnectionRegistry: Sendable {
    private struct State {
        var quota: ConnectionQuota
        var connections: [UInt64: ServerConnection] = [:]
        var lastID: UInt64 = 0
        var isClosing = false
        var waiters: [EventLoopPromise<Void>] = []
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
            guard state.quota.total == 0 else { return [EventLoopPromise<Void>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.succeed() }
    }

    /// Lets every connection finish what is in flight; after `gracePeriod` the rest is cut off. Returns when all are
    /// gone.
    func close(gracePeriod: Duration, on eventLoop: any EventLoop) async throws {
        let done = eventLoop.makePromise(of: Void.self)
        let (open, isDone) = state.withLock { state in
            state.isClosing = true
            if state.quota.total > 0 { state.waiters.append(done) }
            return (Array(state.connections.values), state.quota.total == 0)
        }
        if isDone { done.succeed() }
        for connection in open { connection.finish(reason: "the listener closes") }
        let cut = eventLoop.scheduleTask(in: TimeAmount(saturating: gracePeriod)) {
            for connection in self.all { connection.close(reason: "the grace period of \(gracePeriod) has passed") }
        }
        try await done.futureResult.get()
        cut.cancel()
    }

    var count: Int { state.withLock { $0.quota.total } }

    private var all: [ServerConnection] { state.withLock { Array($0.connections.values) } }
}
