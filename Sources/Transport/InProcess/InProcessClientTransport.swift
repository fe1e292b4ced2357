import NIOCore
import NIOPosix

/// Connects to listeners of the same process. Both halves of a connection run on one event loop, so that a request
/// costs no change of thread once it is there.
///
/// That loop is the client's: it outlives the listener, so that calls fail, and clients close, in whatever order the
/// two are taken down.
public struct InProcessClientTransport: ClientTransport {
    private enum Directory: Sendable {
        case one(InProcessListener)
        case byAddress([NetworkAddress: InProcessListener])
    }

    private let directory: Directory
    /// Where connections live when a caller names no event loop.
    public let eventLoopGroup: any EventLoopGroup

    /// Every address leads to `listener`.
    public init(
        _ listener: InProcessListener,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.directory = .one(listener)
        self.eventLoopGroup = eventLoopGroup
    }

    /// Several servers in one process, each under the address that it advertises.
    public init(
        _ listeners: [NetworkAddress: InProcessListener],
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.directory = .byAddress(listeners)
        self.eventLoopGroup = eventLoopGroup
    }

    /// Opens a session of the listener at `address`; the timeout does not apply.
    public func connect(
        to address: NetworkAddress,
        timeout: Duration,
        on eventLoop: (any EventLoop)?,
        onClose: @escaping @Sendable (TransportError) -> Void
    ) -> EventLoopFuture<any ClientConnection> {
        let listener =
            switch directory {
            case .one(let listener): listener
            case .byAddress(let listeners): listeners[address]
            }
        let loop = eventLoop ?? eventLoopGroup.next()
        guard let listener else {
            let detail = "no listener of this process has the address"
            return loop.makeFailedFuture(TransportError(.connectFailed, peer: address.description, detail: detail))
        }
        return listener.connect(peer: address.description, on: loop, onClose: onClose)
    }
}
