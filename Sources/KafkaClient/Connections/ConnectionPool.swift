import KafkaProtocol
import Logging
import NIOCore
import Records
import Transport

/// The client's connections, made when they are first needed: one for each broker and lane. Lives on the client's event
/// loop.
///
/// After a failure the next attempt waits (`reconnect.backoff.ms`, doubling to `reconnect.backoff.max.ms`); whoever asks
/// meanwhile waits with it.
final class ConnectionPool {
    typealias Waiter = (Result<BrokerConnection, KafkaError>) -> Void

    private struct Key: Hashable {
        let node: BrokerID
        let lane: ConnectionLane
    }

    private enum State {
        case connecting([Waiter])
        case ready(BrokerConnection, any ClientConnection)
    }

    private struct Failures {
        var count: Int
        var until: NIODeadline
    }

    private let configuration: ClientConfiguration
    private let transport: any ClientTransport
    private let eventLoop: any EventLoop
    private let random: @Sendable () -> UInt64
    private let logger: Logger
    private let backoff: ExponentialBackoff
    private var states: [Key: State] = [:]
    private var failures: [BrokerID: Failures] = [:]
    private var isClosed = false
    /// Called when a connection, once open, is lost.
    var onDisconnect: (BrokerID) -> Void = { _ in }

    init(
        configuration: ClientConfiguration,
        transport: any ClientTransport,
        eventLoop: any EventLoop,
        random: @escaping @Sendable () -> UInt64,
        logger: Logger
    ) {
        self.configuration = configuration
        self.transport = transport
        self.eventLoop = eventLoop
        self.random = random
        self.logger = logger
        self.backoff = ExponentialBackoff(
            initial: configuration.reconnectBackoff,
            maximum: configuration.reconnectBackoffMax
        )
    }

    /// The open connection, if there is one: for callers that will not wait.
    func ready(_ node: BrokerID, _ lane: ConnectionLane) -> BrokerConnection? {
        guard case .ready(let connection, _) = states[Key(node: node, lane: lane)], connection.isOpen else {
            return nil
        }
        return connection
    }

    func isConnected(_ node: BrokerID) -> Bool { ready(node, .general) != nil }

    /// Whether the node failed so lately that it should rest.
    func isBackingOff(_ node: BrokerID, now: NIODeadline) -> Bool {
        failures[node].map { $0.until > now } ?? false
    }

    /// Gives an open connection, at once or when it has been made.
    func connection(to node: BrokerNode, _ lane: ConnectionLane, _ waiter: @escaping Waiter) {
        if isClosed {
            waiter(.failure(.closed()))
            return
        }
        let key = Key(node: node.id, lane: lane)
        switch states[key] {
        case .ready(let connection, _) where connection.isOpen && connection.node.address == node.address:
            waiter(.success(connection))
        case .ready(_, let old):
            old.close()
            start(node, key, [waiter])
        case .connecting(var waiters):
            waiters.append(waiter)
            states[key] = .connecting(waiters)
        case nil:
            start(node, key, [waiter])
        }
    }

    func close() {
        isClosed = true
        let all = states
        states = [:]
        for state in all.values {
            switch state {
            case .ready(_, let connection): connection.close()
            case .connecting(let waiters): for waiter in waiters { waiter(.failure(.closed())) }
            }
        }
    }

    private func start(_ node: BrokerNode, _ key: Key, _ waiters: [Waiter]) {
        states[key] = .connecting(waiters)
        let now = eventLoop.now
        guard let rest = failures[key.node]?.until, rest > now else {
            connect(node, key)
            return
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(deadline: rest) { bound.value.connect(node, key) }
    }

    private func connect(_ node: BrokerNode, _ key: Key) {
        guard !isClosed else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let clientID = configuration.clientID
        let timeout = configuration.connectionSetupTimeout
        transport.connect(to: node.address, timeout: timeout, on: eventLoop) { error in
            bound.value.lost(key, error)
        }.whenComplete { result in
            switch result {
            case .failure(let error):
                let transportError = error as? TransportError
                let cause =
                    transportError.map { KafkaError($0, node: node) }
                    ?? KafkaError(
                        .networkException,
                        "Connection to node \(node.id) (\(node.address)) could not be established.",
                        underlying: error
                    )
                bound.value.failed(key, cause)
            case .success(let connection):
                let handshake = ConnectionHandshake(node: node, clientID: clientID, timeout: timeout)
                handshake.run(on: connection) { result in
                    switch result {
                    case .success(let versions):
                        bound.value.connected(key, node, versions, connection)
                    case .failure(let error):
                        connection.close()
                        bound.value.failed(key, error)
                    }
                }
            }
        }
    }

    private func connected(
        _ key: Key,
        _ node: BrokerNode,
        _ versions: APIVersionTable,
        _ connection: any ClientConnection
    ) {
        guard !isClosed, case .connecting(let waiters) = states[key] else {
            connection.close()
            return
        }
        failures[key.node] = nil
        let clientID = configuration.clientID
        let broker = BrokerConnection(node: node, versions: versions, connection: connection, clientID: clientID)
        states[key] = .ready(broker, connection)
        for waiter in waiters { waiter(.success(broker)) }
    }

    private func failed(_ key: Key, _ error: KafkaError) {
        guard case .connecting(let waiters) = states[key] else { return }
        states[key] = nil
        let count = (failures[key.node]?.count ?? 0) + 1
        let wait = backoff.delay(failures: count, random: random())
        failures[key.node] = Failures(count: count, until: eventLoop.now + TimeAmount(wait))
        // Once for each time that a broker goes away; that it is still away is no news.
        logger.log(level: count == 1 ? .warning : .debug, "\(error.message)")
        for waiter in waiters { waiter(.failure(error)) }
    }

    private func lost(_ key: Key, _ error: TransportError) {
        guard case .ready(let connection, _) = states[key], !connection.isOpen else { return }
        states[key] = nil
        logger.debug("Node \(key.node) disconnected: \(error)")
        onDisconnect(key.node)
    }
}
