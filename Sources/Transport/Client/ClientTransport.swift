import NIOCore
import Records

/// Makes connections to servers: over sockets, or to a listener in the same process. The client is the same on both.
public protocol ClientTransport: Sendable {
    /// Where connections live when a caller names no event loop.
    var eventLoopGroup: any EventLoopGroup { get }

    /// Connects. Fails with `TransportError` of kind ``TransportError/Kind/connectFailed``.
    ///
    /// `onClose` is called once for a connection that came about, on its event loop, after every pending request has
    /// failed.
    func connect(
        to address: NetworkAddress,
        timeout: Duration,
        on eventLoop: (any EventLoop)?,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) -> EventLoopFuture<any ClientConnection>
}

/// A client's connection. Requests are pipelined: the n-th reply belongs to the n-th request that expects one.
///
/// All calls may come from any thread; replies are delivered on ``eventLoop``, never from within a call of
/// ``send(_:deadline:onReply:)``. It stays open until one side closes it, even when its owner drops it.
public protocol ClientConnection: AnyObject, Sendable {
    /// Where replies are delivered.
    var eventLoop: any EventLoop { get }
    /// The server, as `host/address:port`.
    var peer: String { get }
    /// False once it has closed; a request sent after that fails.
    var isOpen: Bool { get }

    /// Sends one frame; the transport adds the length. A frame of a single `.bytes` part is given away: within one
    /// process the server gets that very memory and may write into it.
    ///
    /// When the reply has not come at `deadline`, the request fails with ``TransportError/Kind/requestTimedOut`` and the
    /// connection closes, because the replies that follow could not be told apart.
    func send(
        _ parts: [BytesPart],
        deadline: NIODeadline?,
        onReply: @escaping @Sendable (Result<Bytes, TransportError>) -> Void
    )

    /// Sends a frame that the server does not answer.
    func sendOneWay(_ parts: [BytesPart])

    /// Closes; pending requests fail with ``TransportError/Kind/closed``.
    func close()
}

extension ClientTransport {
    /// Connects with a timeout of ten seconds, and waits for it.
    public func connect(to address: NetworkAddress, timeout: Duration = .seconds(10)) async throws
        -> any ClientConnection
    {
        try await connect(to: address, timeout: timeout, on: nil, onClose: { _ in }).get()
    }
}

extension ClientConnection {
    /// Sends a frame and waits for its reply.
    public func roundTrip(_ parts: [BytesPart], deadline: NIODeadline? = nil) async throws(TransportError) -> Bytes {
        let result: Result<Bytes, TransportError> = await withCheckedContinuation { continuation in
            send(parts, deadline: deadline) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
