import NIOCore
import NIOPosix
import Records

/// Connects over TCP, to names, IPv4 and IPv6 addresses.
///
/// ```swift
/// let connection = try await TCPClientTransport().connect(to: NetworkAddress(host: "localhost", port: 9092))
/// let reply = try await connection.roundTrip([.bytes(request)])
/// ```
public struct TCPClientTransport: ClientTransport {
    /// Where connections live when a caller names no event loop.
    public let eventLoopGroup: any EventLoopGroup
    private let maxFrameBytes: Int

    /// `maxFrameBytes` limits replies.
    public init(
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        maxFrameBytes: Int = Int(Int32.max)
    ) {
        self.eventLoopGroup = eventLoopGroup
        self.maxFrameBytes = maxFrameBytes
    }

    /// Resolves the host and connects to the first of its addresses that answers.
    public func connect(
        to address: NetworkAddress,
        timeout: Duration,
        on eventLoop: (any EventLoop)?,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) -> EventLoopFuture<any ClientConnection> {
        let loop = eventLoop ?? eventLoopGroup.next()
        let maxFrameBytes = maxFrameBytes
        return ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(saturating: timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.forFrames)
            .connect(host: address.host, port: address.port)
            .flatMapThrowing { channel -> any ClientConnection in
                let connection = TCPClientConnection(
                    eventLoop: channel.eventLoop,
                    peer: TCPClientTransport.peer(address, at: channel.remoteAddress)
                )
                let handler = TCPClientHandler(
                    connection: connection,
                    maxFrameBytes: maxFrameBytes,
                    onClose: onClose
                )
                try channel.pipeline.syncOperations.addHandler(handler)
                connection.attach(handler)
                return connection
            }
            .flatMapErrorThrowing { throw TCPClientTransport.connectError(address, $0) }
    }

    /// `localhost/127.0.0.1:9092`, as Java's addresses print; a literal address stands without a name before it.
    static func peer(_ address: NetworkAddress, at resolved: SocketAddress?) -> String {
        guard let resolved, let ip = resolved.ipAddress else { return address.description }
        let name = ip == address.host ? "" : address.host
        return "\(name)/\(NetworkAddress(host: ip, port: address.port))"
    }

    private static func connectError(_ address: NetworkAddress, _ error: any Error) -> TransportError {
        guard let failure = error as? NIOConnectionError else {
            return TransportError(
                .connectFailed,
                peer: address.description,
                detail: "the connection could not be established",
                cause: error
            )
        }
        if let attempt = failure.connectionErrors.last {
            return TransportError(
                .connectFailed,
                peer: peer(address, at: attempt.target),
                detail: "the connection could not be established",
                cause: attempt.error
            )
        }
        return TransportError(
            .connectFailed,
            peer: address.description,
            detail: "the host name \(address.host) could not be resolved",
            cause: failure.dnsAError ?? failure.dnsAAAAError
        )
    }
}
