import NIOCore
import Records

/// A client's connection over a socket: callers' side. The event loop's side is ``TCPClientHandler``.
///
/// Invariant: `handler` is touched on the event loop only; that is what makes the class Sendable.
final class TCPClientConnection: ClientConnection, @unchecked Sendable {
    let eventLoop: any EventLoop
    let peer: String
    let outbox = ClientOutbox()
    private var handler: TCPClientHandler?

    init(eventLoop: any EventLoop, peer: String) {
        self.eventLoop = eventLoop
        self.peer = peer
    }

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
            handler?.close(error)
        } else {
            eventLoop.execute { self.handler?.close(error) }
        }
    }

    private func enqueue(_ request: OutgoingRequest) {
        do {
            let mustWake = try outbox.append(request)
            if eventLoop.inEventLoop {
                handler?.takeRequests()
            } else if mustWake {
                eventLoop.execute { self.handler?.takeRequests() }
            }
        } catch {
            guard let onReply = request.onReply else { return }
            eventLoop.execute { onReply(.failure(error)) }
        }
    }

    // MARK: The pipeline's side, on the event loop

    func attach(_ handler: TCPClientHandler) {
        eventLoop.preconditionInEventLoop()
        if outbox.isOpen { self.handler = handler }
    }

    func detach() {
        eventLoop.preconditionInEventLoop()
        handler = nil
    }
}
