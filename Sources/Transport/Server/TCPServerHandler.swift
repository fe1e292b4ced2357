import Logging
import NIOCore
import Records

/// A server connection's pipeline over a socket: cuts requests out of the stream, gathers replies, flushes once for each
/// burst that was read.
///
/// Reading stops, and what has arrived waits, while the in-flight limit is reached or more than the high-water mark of
/// replies waits for the peer. Handlers for TLS and SASL belong in front of this one, which sees plain request frames
/// only.
///
/// Invariant: bytes in `backlog` outside of ``deliver(_:)`` mean that reading is stopped.
final class TCPServerHandler: ChannelDuplexHandler, SessionOutput {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    private let service: any FrameService
    private let connection: ServerConnection
    private let limits: TransportLimits
    private var context: ChannelHandlerContext?
    private var driver: SessionDriver?
    private var assembler: FrameAssembler
    private var outgoing: OutgoingFrames
    private var backlog = ByteBuffer()
    private var isReading = false
    private var isDelivering = false
    private var isReadHeldBack = false
    private var closeReason: String?
    private var lastActivity = NIODeadline.uptimeNanoseconds(0)
    private var idleCheck: Scheduled<Void>?

    init(service: any FrameService, connection: ServerConnection, limits: TransportLimits) {
        self.service = service
        self.connection = connection
        self.limits = limits
        self.assembler = FrameAssembler(maxFrameBytes: limits.maxFrameBytes)
        self.outgoing = OutgoingFrames()
    }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        lastActivity = context.eventLoop.now
        var buffer = unwrapInboundIn(data)
        if backlog.readableBytes == 0 { backlog = buffer } else { backlog.writeBuffer(&buffer) }
        deliver(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead(context) { context.read() } else { isReadHeldBack = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            lastActivity = context.eventLoop.now
            resume(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        idleCheck?.cancel()
        if closeReason == nil { deliverRest() }
        backlog = ByteBuffer()
        let reason = closeReason ?? "the client closed the connection"
        connection.logger.debug("connection closed: \(reason)")
        driver?.connectionClosed(reason: reason)
        driver = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if closeReason == nil { closeReason = "\(error)" }
        context.close(promise: nil)
    }

    // MARK: Requests

    private func open(_ context: ChannelHandlerContext) {
        guard driver == nil, closeReason == nil else { return }
        guard let session = service.openSession(connection) else {
            abort(reason: "\(ConnectionRefusal.serviceRefused)")
            return
        }
        let driver = SessionDriver(
            connection: connection,
            session: session,
            maxInFlight: limits.maxInFlightRequests,
            output: self
        )
        self.driver = driver
        connection.attach(driver)
        lastActivity = context.eventLoop.now
        scheduleIdleCheck(context)
    }

    /// Hands frames of the backlog to the session as long as the limits allow.
    private func deliver(_ context: ChannelHandlerContext) {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        while backlog.readableBytes > 0, let driver, driver.mayReceive {
            if outgoing.isLarge { outgoing.write(to: context) }
            if !context.channel.isWritable {
                flush(context)
                if !context.channel.isWritable { return }
            }
            guard let frame = nextFrame() else { break }
            driver.receive(frame)
        }
        if backlog.readableBytes == 0 { backlog = ByteBuffer() }
    }

    /// The peer closed while the limits held requests back: they arrived, so they are executed. A producer that sends
    /// with acks=0 and closes expects nothing else.
    private func deliverRest() {
        while backlog.readableBytes > 0, let driver, let frame = nextFrame() {
            driver.receive(frame)
        }
    }

    private func nextFrame() -> Bytes? {
        do {
            var consumed = 0
            let frame = try backlog.withUnsafeReadableBytes { try assembler.next($0, consumed: &consumed) }
            backlog.moveReaderIndex(forwardBy: consumed)
            return frame
        } catch {
            backlog = ByteBuffer()
            abort(reason: "\(error)")
            return nil
        }
    }

    private func mayRead(_ context: ChannelHandlerContext) -> Bool {
        guard let driver else { return closeReason == nil }
        return driver.mayReceive && backlog.readableBytes == 0 && context.channel.isWritable
    }

    private func resume(_ context: ChannelHandlerContext) {
        deliver(context)
        guard !isReading else { return }
        flush(context)
        if isReadHeldBack, mayRead(context) {
            isReadHeldBack = false
            context.read()
        }
    }

    // MARK: Replies

    func write(_ parts: [BytesPart]) {
        guard let context else { return }
        do {
            try outgoing.append(parts, to: context)
        } catch {
            abort(reason: "a reply could not be read: \(error)")
        }
    }

    func wrote() {
        guard let context, !isDelivering else { return }
        lastActivity = context.eventLoop.now
        resume(context)
    }

    private func flush(_ context: ChannelHandlerContext) {
        outgoing.write(to: context)
        context.flush()
    }

    // MARK: The end

    func finished(reason: String) {
        guard let context, closeReason == nil else { return }
        closeReason = reason
        outgoing.write(to: context)
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
    }

    func abort(reason: String) {
        guard let context else { return }
        if closeReason == nil {
            closeReason = reason
            connection.logger.info("closing the connection from \(connection.remoteAddress): \(reason)")
            flush(context)
        }
        context.close(promise: nil)
    }

    private func scheduleIdleCheck(_ context: ChannelHandlerContext) {
        guard let idleTimeout = limits.idleTimeout else { return }
        let amount = TimeAmount(saturating: idleTimeout)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        idleCheck = context.eventLoop.scheduleTask(deadline: lastActivity + amount) { bound.value.checkIdle(amount) }
    }

    private func checkIdle(_ timeout: TimeAmount) {
        guard let context, let driver else { return }
        if driver.inFlight > 0 { lastActivity = context.eventLoop.now }
        if context.eventLoop.now >= lastActivity + timeout {
            abort(reason: "idle for \(timeout.nanoseconds / 1_000_000) ms")
        } else {
            scheduleIdleCheck(context)
        }
    }
}
