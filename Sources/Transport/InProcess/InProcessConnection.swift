import DequeModule
import Logging
import NIOCore
import Records

/// Both halves of a connection within the process, on one event loop.
///
/// Requests always pass through the loop's queue, so neither side is called from within its own call.
///
/// Invariant: everything but `outbox` is touched on the event loop only; that is what makes the class Sendable.
final class InProcessConnection: ClientConnection, SessionOutput, @unchecked Sendable {
    let eventLoop: any EventLoop
    let peer: String
    private let outbox = ClientOutbox()
    private let server: ServerConnection
    private let maxFrameBytes: Int
    private let onClose: @Sendable (TransportError) -> Void
    private var driver: SessionDriver?
    private var waiting = Deque<Bytes>()
    private var pending = PendingReplies()
    private var timeout: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isDelivering = false

    init(
        server: ServerConnection,
        peer: String,
        maxFrameBytes: Int,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) {
        self.server = server
        self.eventLoop = server.eventLoop
        self.peer = peer
        self.maxFrameBytes = maxFrameBytes
        self.onClose = onClose
    }

    func start(_ driver: SessionDriver) {
        eventLoop.preconditionInEventLoop()
        self.driver = driver
        server.attach(driver)
    }

    // MARK: The client's half

    var isOpen: Bool { outbox.isOpen }

    func send(_ parts: [BytesPart], deadline: NIODeadline?, onReply: @escaping ReplyHandler) {
        enqueue(OutgoingRequest(parts: parts, deadline: deadline, onReply: onReply))
    }

    func sendOneWay(_ parts: [BytesPart]) {
        enqueue(OutgoingRequest(parts: parts, deadline: nil, onReply: nil))
    }

    func close() {
        let error = TransportError(.closed, peer: peer, detail: "the connection was closed by this side")
        if eventLoop.inEventLoop {
            end(error, reason: "the client closed the connection")
        } else {
            eventLoop.execute { self.end(error, reason: "the client closed the connection") }
        }
    }

    private func enqueue(_ request: OutgoingRequest) {
        do {
            if try outbox.append(request) { eventLoop.execute { self.takeRequests() } }
        } catch {
            guard let onReply = request.onReply else { return }
            eventLoop.execute { onReply(.failure(error)) }
        }
    }

    private func takeRequests() {
        guard driver != nil else { return }
        for request in outbox.takeAll() {
            if let onReply = request.onReply {
                pending.append(deadline: request.deadline, onReply: onReply)
                if let deadline = request.deadline { watch(deadline) }
            }
            do {
                let frame = try FrameBytes.joined(request.parts)
                if frame.count > maxFrameBytes {
                    let error = FrameLengthError(announced: frame.count, limit: maxFrameBytes)
                    abort(reason: "\(error)")
                    return
                }
                waiting.append(frame)
            } catch {
                abort(reason: "a request could not be read: \(error)")
                return
            }
        }
        deliver()
    }

    private func watch(_ deadline: NIODeadline) {
        if let timeout, timeout.deadline <= deadline { return }
        timeout?.task.cancel()
        timeout = (deadline, eventLoop.scheduleTask(deadline: deadline) { self.expire() })
    }

    private func expire() {
        timeout = nil
        let expired = pending.popExpired(now: eventLoop.now)
        guard !expired.isEmpty else {
            if let next = pending.earliestDeadline { watch(next) }
            return
        }
        let detail = "no reply came before the request's deadline"
        let error = TransportError(.requestTimedOut, peer: peer, detail: detail)
        for onReply in expired { onReply(.failure(error)) }
        let closed = TransportError(.closed, peer: peer, detail: "closed because a request timed out")
        end(closed, reason: "the client closed the connection")
    }

    // MARK: The server's half

    private func deliver() {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        while let driver, driver.mayReceive, let frame = waiting.popFirst() { driver.receive(frame) }
    }

    func write(_ parts: [BytesPart]) {
        do {
            let frame = try FrameBytes.joined(parts)
            guard let onReply = pending.popFirst() else {
                let detail = "a reply of \(frame.count) bytes came that no request asked for"
                end(TransportError(.malformedStream, peer: peer, detail: detail), reason: detail)
                return
            }
            onReply(.success(frame))
        } catch {
            abort(reason: "a reply could not be read: \(error)")
        }
    }

    func wrote() { deliver() }

    func finished(reason: String) {
        end(TransportError(.closed, peer: peer, detail: "the server closed the connection"), reason: reason)
    }

    func abort(reason: String) {
        guard driver != nil else { return }
        server.logger.info("closing the connection \(server.remoteAddress): \(reason)")
        finished(reason: reason)
    }

    private func end(_ error: TransportError, reason: String) {
        guard let driver else { return }
        self.driver = nil
        timeout?.task.cancel()
        timeout = nil
        waiting = []
        let unsent = outbox.close(error)
        driver.connectionClosed(reason: reason)
        for onReply in pending.popAll() { onReply(.failure(error)) }
        for request in unsent { request.onReply?(.failure(error)) }
        onClose(error)
    }
}
