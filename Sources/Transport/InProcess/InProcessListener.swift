import Logging
import NIOCore

/// Serves callers in the same process: the same service, sessions, limits and order of replies as over a socket, but
/// frames are handed over by reference. Connections live on the event loops of their clients.
///
/// ```swift
/// let listener = InProcessListener(service: service, logger: logger)
/// let connection = try await InProcessClientTransport(listener).connect(to: address)
/// ```
public final class InProcessListener: Sendable {
    /// The listener's name as connections report it.
    public let name: String
    private let service: any FrameService
    private let limits: TransportLimits
    private let logger: Logger
    private let registry: ConnectionRegistry

    /// Idle timeout and outbound limit do not apply: there is no socket to hold, and replies are taken at once.
    public init(
        name: String = "INPROCESS",
        service: any FrameService,
        limits: TransportLimits = TransportLimits(),
        logger: Logger
    ) {
        self.name = name
        self.service = service
        self.limits = limits
        self.logger = logger
        self.registry = ConnectionRegistry(limits: limits)
    }

    /// Open connections.
    public var connectionCount: Int { registry.count }

    /// Takes no more connections, answers what is in flight, then closes every connection; after `gracePeriod` the rest
    /// is cut off.
    public func close(gracePeriod: Duration = .seconds(5)) async {
        await registry.close(gracePeriod: gracePeriod)
    }

    func connect(
        peer: String,
        on eventLoop: any EventLoop,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) -> EventLoopFuture<any ClientConnection> {
        eventLoop.submit { try self.open(peer: peer, on: eventLoop, onClose: onClose) }
    }

    private func open(
        peer: String,
        on eventLoop: any EventLoop,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) throws(TransportError) -> any ClientConnection {
        let address = "in-process"
        let id: UInt64
        do {
            id = try registry.admit(address)
        } catch {
            logger.warning("closing a connection within the process: \(error)")
            throw TransportError(.connectFailed, peer: peer, detail: "the listener refused", cause: error)
        }
        let server = ServerConnection(
            id: id,
            remoteHost: address,
            remoteAddress: "\(address):\(id)",
            localAddress: address,
            listenerName: name,
            eventLoop: eventLoop,
            logger: logger
        )
        guard let session = service.openSession(server) else {
            registry.remove(id, address: address)
            let cause = ConnectionRefusal.serviceRefused
            throw TransportError(.connectFailed, peer: peer, detail: "the listener refused", cause: cause)
        }
        let registry = registry
        let connection = InProcessConnection(server: server, peer: peer, maxFrameBytes: limits.maxFrameBytes) {
            registry.remove(id, address: address)
            onClose($0)
        }
        let maxInFlight = limits.maxInFlightRequests
        connection.start(
            SessionDriver(connection: server, session: session, maxInFlight: maxInFlight, output: connection)
        )
        registry.add(server)
        return connection
    }
}
