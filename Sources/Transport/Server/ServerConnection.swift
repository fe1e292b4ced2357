import Logging
import NIOCore
import Records
import Synchronization

/// One client's connection, seen from the server.
///
/// Its session and its pipeline live on ``eventLoop``. What completes elsewhere is handed over: the first completion
/// that finds the hand-over empty wakes the loop, the others ride along.
///
/// Invariant: `driver` is touched on the event loop only; that is what makes the class Sendable.
public final class ServerConnection: @unchecked Sendable {
    /// Unique within its listener.
    public let id: UInt64
    /// The client's address without port (`127.0.0.1`); `in-process` where there is no socket.
    public let remoteHost: String
    /// The client's address with port, as log lines name it.
    public let remoteAddress: String
    /// The address that the client connected to, with port.
    public let localAddress: String
    /// The listener's name (`PLAINTEXT`, `CONTROLLER`, ...).
    public let listenerName: String
    /// Where the session is called, and where its deadlines run.
    public let eventLoop: any EventLoop
    /// Carries the connection's address as metadata.
    public let logger: Logger

    private var driver: SessionDriver?
    /// Set when the listener closed before the session was opened.
    private var finishReason: String?
    private let completions = Mutex<[(ticket: UInt64, reply: Reply)]>([])

    init(
        id: UInt64,
        remoteHost: String,
        remoteAddress: String,
        localAddress: String,
        listenerName: String,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        self.id = id
        self.remoteHost = remoteHost
        self.remoteAddress = remoteAddress
        self.localAddress = localAddress
        self.listenerName = listenerName
        self.eventLoop = eventLoop
        var logger = logger
        logger[metadataKey: "connection"] = "\(remoteAddress)"
        self.logger = logger
    }

    /// Runs `work` on the event loop.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        eventLoop.execute(work)
    }

    /// Runs `work` on the event loop after `delay`, unless the answer is cancelled before.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: TimeAmount(saturating: delay), work)
    }

    /// Takes no request before `duration` has passed; answers go out meanwhile. Any thread. See KIP-219.
    public func pause(for duration: Duration) {
        let end = NIODeadline.now() + TimeAmount(saturating: duration)
        onLoop { connection in
            connection.driver?.pause(until: end)
            // A client that goes away must not be kept until its pause would have ended.
            connection.eventLoop.scheduleTask(deadline: end) { [weak connection] in
                guard let connection else { return }
                connection.driver?.resume(now: max(end, connection.eventLoop.now))
            }
        }
    }

    /// Closes the connection at once, whatever is in flight; `reason` goes to the log and to the session. Any thread.
    public func close(reason: String) {
        onLoop { $0.driver?.output?.abort(reason: reason) }
    }

    /// Takes no more requests, and closes when those in flight have been answered. Any thread.
    func finish(reason: String) {
        onLoop { connection in
            connection.finishReason = reason
            connection.driver?.finish(reason: reason)
        }
    }

    private func onLoop(_ work: @escaping @Sendable (ServerConnection) -> Void) {
        if eventLoop.inEventLoop { work(self) } else { eventLoop.execute { work(self) } }
    }

    // MARK: The pipeline's side, on the event loop

    func attach(_ driver: SessionDriver) {
        eventLoop.preconditionInEventLoop()
        self.driver = driver
        if let finishReason { driver.finish(reason: finishReason) }
    }

    func detach() {
        eventLoop.preconditionInEventLoop()
        driver = nil
    }

    func complete(_ ticket: UInt64, with reply: Reply) {
        if eventLoop.inEventLoop {
            driver?.complete(ticket, with: reply)
            driver?.sendReady()
            return
        }
        let mustWake = completions.withLock { waiting in
            waiting.append((ticket, reply))
            return waiting.count == 1
        }
        if mustWake { eventLoop.execute { self.takeCompletions() } }
    }

    private func takeCompletions() {
        let taken = completions.withLock { waiting in
            let taken = waiting
            waiting.removeAll(keepingCapacity: taken.count <= 64)
            return taken
        }
        guard let driver else { return }
        for (ticket, reply) in taken { driver.complete(ticket, with: reply) }
        driver.sendReady()
    }
}

extension ServerConnection: CustomStringConvertible {
    public var description: String { "\(listenerName) \(remoteAddress)" }
}
