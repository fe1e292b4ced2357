import Logging
import NIOCore
import Records

/// What a session's replies are written to: a socket's pipeline, or a client in the process.
protocol SessionOutput: AnyObject {
    func write(_ parts: [BytesPart])
    /// After one or more writes, or when a place for another request has become free.
    func wrote()
    /// Nothing is in flight and nothing more will come: close when what was written has left.
    func finished(reason: String)
    func abort(reason: String)
}

/// The part of a connection that sockets and the process share: requests go to the session within the in-flight limit,
/// replies come out in order. Lives on the connection's event loop.
///
/// Invariant: the output is held until ``connectionClosed(reason:)``, which every end of a connection comes to; so a
/// listener that closes always reaches its connections.
final class SessionDriver {
    private let connection: ServerConnection
    private let session: any FrameSession
    private let maxInFlight: Int
    /// Nil once the connection is gone. Until then the connection lives on, whoever has dropped it.
    private(set) var output: (any SessionOutput)?
    private var order = ReplyOrder()
    private var state = State.open
    /// No request is taken before.
    private var pausedUntil: NIODeadline?

    private enum State {
        case open
        /// No further request is taken; closes when nothing is in flight.
        case finishing(reason: String)
        case closed
    }

    init(connection: ServerConnection, session: any FrameSession, maxInFlight: Int, output: any SessionOutput) {
        self.connection = connection
        self.session = session
        self.maxInFlight = max(1, maxInFlight)
        self.output = output
    }

    var mayReceive: Bool {
        if case .open = state, pausedUntil == nil { return order.inFlight < maxInFlight }
        return false
    }

    var inFlight: Int { order.inFlight }

    func receive(_ frame: Bytes) {
        let ticket = order.open()
        session.receive(frame, reply: ReplySlot(connection: connection, ticket: ticket))
    }

    func complete(_ ticket: UInt64, with reply: Reply) {
        guard !isClosed else { return }
        if !order.complete(ticket, with: reply) {
            connection.logger.error("a request was answered twice; the second answer is dropped")
        }
    }

    /// Writes the replies whose turn has come.
    func sendReady() {
        guard !isClosed else { return }
        var sent = false
        while let reply = order.popReady() {
            sent = true
            switch reply {
            case .frame(let parts):
                output?.write(parts)
            case .nothing:
                break
            case .close(let reason):
                output?.wrote()
                output?.abort(reason: reason)
            }
            if isClosed { return }
        }
        guard sent else { return }
        output?.wrote()
        closeIfFinished()
    }

    /// Takes no request before `end`; answers go out meanwhile.
    func pause(until end: NIODeadline) {
        guard !isClosed, end > pausedUntil ?? .uptimeNanoseconds(0) else { return }
        pausedUntil = end
    }

    /// The time of a pause is over, unless a longer one has begun meanwhile.
    func resume(now: NIODeadline) {
        guard let pausedUntil, pausedUntil <= now else { return }
        self.pausedUntil = nil
        output?.wrote()
    }

    func finish(reason: String) {
        guard case .open = state else { return }
        state = .finishing(reason: reason)
        session.finishing()
        closeIfFinished()
    }

    /// The connection is gone.
    func connectionClosed(reason: String) {
        guard !isClosed else { return }
        state = .closed
        output = nil
        connection.detach()
        session.closed(reason: reason)
    }

    private var isClosed: Bool {
        if case .closed = state { return true }
        return false
    }

    private func closeIfFinished() {
        guard case .finishing(let reason) = state, order.inFlight == 0 else { return }
        output?.finished(reason: reason)
    }
}
