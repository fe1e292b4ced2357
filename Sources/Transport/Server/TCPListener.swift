import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Accepts connections on one address and serves their frames.
///
/// ```swift
/// let listener = try await TCPListener.bind(host: "127.0.0.1", port: 0, group: group, service: service, logger: logger)
/// print(listener.port)
/// try await listener.close(gracePeriod: .seconds(5))
/// ```
public final class TCPListener: Sendable {
    /// The listener's name as connections report it.
    public let name: String
    private let channel: any Channel
    private let registry: ConnectionRegistry

    private init(name: String, channel: any Channel, registry: ConnectionRegistry) {
        self.name = name
        self.channel = channel
        self.registry = registry
    }

    /// Binds and accepts from now on. `host` is a name, an IPv4 or an IPv6 address; empty means every interface. Port 0
    /// takes a free one. Errors: `TransportError` of kind ``TransportError/Kind/bindFailed``.
    public static func bind(
        host: String,
        port: Int,
        name: String = "PLAINTEXT",
        group: any EventLoopGroup,
        service: any FrameService,
        limits: TransportLimits = TransportLimits(),
        logger: Logger
    ) async throws(TransportError) -> TCPListener {
        let registry = ConnectionRegistry(limits: limits)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: limits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.forFrames)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: limits.maxOutboundBytes / 2, high: limits.maxOutboundBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try accept(
                        channel,
                        name: name,
                        registry: registry,
                        service: service,
                        limits: limits,
                        logger: logger
                    )
                }
            }
        do {
            let channel = try await bind(bootstrap, host: host, port: port)
            return TCPListener(name: name, channel: channel, registry: registry)
        } catch {
            throw TransportError(
                .bindFailed,
                peer: NetworkAddress(host: host, port: port).description,
                detail: "the listener \(name) could not bind its address",
                cause: error
            )
        }
    }

    private static func bind(_ bootstrap: ServerBootstrap, host: String, port: Int) async throws -> any Channel {
        guard host.isEmpty else { return try await bootstrap.bind(host: host, port: port).get() }
        do {
            return try await bootstrap.bind(host: "::", port: port).get()
        } catch let error as IOError where error.isNoAddressFamily {
            return try await bootstrap.bind(host: "0.0.0.0", port: port).get()
        }
    }

    private static func accept(
        _ channel: any Channel,
        name: String,
        registry: ConnectionRegistry,
        service: any FrameService,
        limits: TransportLimits,
        logger: Logger
    ) throws {
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        let id: UInt64
        do {
            id = try registry.admit(address)
        } catch {
            logger.warning("closing the connection from \(channel.remoteAddress.hostAndPort): \(error)")
            throw error
        }
        channel.closeFuture.whenComplete { _ in registry.remove(id, address: address) }
        let connection = ServerConnection(
            id: id,
            remoteHost: address,
            remoteAddress: channel.remoteAddress.hostAndPort,
            localAddress: channel.localAddress.hostAndPort,
            listenerName: name,
            eventLoop: channel.eventLoop,
            logger: logger
        )
        registry.add(connection)
        try channel.pipeline.syncOperations.addHandler(
            TCPServerHandler(service: service, connection: connection, limits: limits)
        )
    }

    /// The port that it listens on.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Open connections.
    public var connectionCount: Int { registry.count }

    /// Stops accepting, answers what is in flight, then closes every connection; after `gracePeriod` the rest is cut
    /// off. Returns when all are gone.
    public func close(gracePeriod: Duration = .seconds(5)) async throws {
        do {
            try await channel.close().get()
        } catch ChannelError.alreadyClosed {
            // Closed before: only its connections are left to wait for.
        }
        await registry.close(gracePeriod: gracePeriod)
    }
}

extension AdaptiveRecvByteBufferAllocator {
    /// Reads start at 2 KB, which is what an idle connection keeps; a produce request of a megabyte soon comes in pieces of
    /// 128 KB.
    static var forFrames: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 2048, maximum: 128 * 1024)
    }
}

extension SocketAddress? {
    /// `127.0.0.1:9092` or `[::1]:9092`.
    var hostAndPort: String {
        guard let address = self, let host = address.ipAddress, let port = address.port else { return "unknown" }
        return NetworkAddress(host: host, port: port).description
    }
}
