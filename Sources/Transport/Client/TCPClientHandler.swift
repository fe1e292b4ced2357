import NIOCore
import Records

/// A client connection's pipeline over a socket: writes requests, a burst with one flush, and hands each reply frame to
/// the oldest request that awaits one. Handlers for TLS and SASL belong in front of this one.
final class TCPClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: TCPClientConnection
    private let onClose: @Sendable (TransportError) -> Void
    private var context: ChannelHandlerContext?
    private var assembler: FrameAssembler
    private var outgoing = OutgoingFrames()
    private var pending = PendingReplies()
    private var timeout: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isReading = false
    private var failure: TransportError?

    init(
        connection: TCPClientConnection,
        maxFrameBytes: Int,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) {
        self.connection = connection
        self.onClose = onClose
        self.assembler = FrameAssembler(maxFrameBytes: maxFrameBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !context.channel.isActive { ended() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let buffer = unwrapInboundIn(data)
        buffer.withUnsafeReadableBytes { input in
            var consumed = 0
            do {
                while failure == nil, let frame = try assembler.next(input, consumed: &consumed) {
                    receive(frame)
                }
            } catch {
                close(TransportError(.malformedStream, peer: connection.peer, detail: "\(error)"))
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(TransportError(.closed, peer: connection.peer, detail: "the connection failed", cause: error))
    }

    private func receive(_ frame: Bytes) {
        guard let onReply = pending.popFirst() else {
            let detail = "a reply of \(frame.count) bytes came that no request asked for"
            close(TransportError(.malformedStream, peer: connection.peer, detail: detail))
            return
        }
        onReply(.success(frame))
    }

    // MARK: Requests

    func takeRequests() {
        guard let context, failure == nil else { return }
        for request in connection.outbox.takeAll() {
            if let onReply = request.onReply {
                pending.append(deadline: request.deadline, onReply: onReply)
                if let deadline = request.deadline { watch(deadline) }
            }
            do {
                try outgoing.append(request.parts, to: context)
            } catch {
                close(TransportError(.closed, peer: connection.peer, detail: "a request failed", cause: error))
                return
            }
        }
        if !isReading { flush() }
    }

    private func flush() {
        guard let context, !outgoing.isEmpty else { return }
        outgoing.write(to: context)
        context.flush()
    }

    // MARK: Deadlines

    private func watch(_ deadline: NIODeadline) {
        if let timeout, timeout.deadline <= deadline { return }
        timeout?.task.cancel()
        let bound = NIOLoopBound(self, eventLoop: connection.eventLoop)
        let task = connection.eventLoop.scheduleTask(deadline: deadline) { bound.value.expire() }
        timeout = (deadline, task)
    }

    private func expire() {
        timeout = nil
        let expired = pending.popExpired(now: connection.eventLoop.now)
        guard !expired.isEmpty else {
            if let next = pending.earliestDeadline { watch(next) }
            return
        }
        let detail = "no reply came before the request's deadline"
        let error = TransportError(.requestTimedOut, peer: connection.peer, detail: detail)
        for onReply in expired { onReply(.failure(error)) }
        close(TransportError(.closed, peer: connection.peer, detail: "closed because a request timed out"))
    }

    // MARK: The end

    func close(_ error: TransportError) {
        if failure == nil { failure = error }
        guard let context else { return }
        context.close(promise: nil)
    }

    /// The channel is gone: everything pending fails, then the owner hears of it.
    private func ended() {
        let error =
            failure ?? TransportError(.closed, peer: connection.peer, detail: "the server closed the connection")
        failure = error
        timeout?.task.cancel()
        timeout = nil
        let unsent = connection.outbox.close(error)
        connection.detach()
        for onReply in pending.popAll() { onReply(.failure(error)) }
        for request in unsent { request.onReply?(.failure(error)) }
        onClose(error)
    }
}
