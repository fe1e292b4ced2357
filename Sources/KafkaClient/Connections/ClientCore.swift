import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization
import Transport

/// The client's state on its event loop: connections, metadata, coordinators, and the requests that wait for one of
/// them.
///
/// Invariant: everything but `published` is touched on the event loop only; that is what makes the class Sendable.
final class ClientCore: @unchecked Sendable {
    let configuration: ClientConfiguration
    let eventLoop: any EventLoop
    let logger: Logger
    let random: @Sendable () -> UInt64
    let pool: ConnectionPool
    /// The latest snapshot, for any thread.
    let published: PublishedMetadata
    var metadata: MetadataCache
    var coordinators = CoordinatorCache()
    var metadataWaiters: [MetadataWaiter] = []
    var metadataTimer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// Why metadata could not be had the last time.
    var lastMetadataError: KafkaError?
    /// Called after each change of the metadata.
    var metadataObservers: [() -> Void] = []
    let retryBackoff: ExponentialBackoff
    private(set) var isClosed = false

    init(
        configuration: ClientConfiguration,
        transport: any ClientTransport,
        eventLoop: any EventLoop,
        random: @escaping @Sendable () -> UInt64,
        logger: Logger,
        published: PublishedMetadata
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.random = random
        self.logger = logger
        self.published = published
        self.retryBackoff = ExponentialBackoff(
            initial: configuration.retryBackoff,
            maximum: configuration.retryBackoffMax
        )
        self.metadata = MetadataCache(
            MetadataCache.Settings(
                maxAge: configuration.metadataMaxAge,
                maxIdle: configuration.metadataMaxIdle,
                backoff: retryBackoff
            )
        )
        self.pool = ConnectionPool(
            configuration: configuration,
            transport: transport,
            eventLoop: eventLoop,
            random: random,
            logger: logger
        )
    }

    func start() {
        pool.onDisconnect = { [weak self] node in
            guard let self else { return }
            coordinators.forget(node: node)
            metadata.requestUpdate()
            refreshIfDue()
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        metadataTimer?.task.cancel()
        metadataObservers = []
        pool.close()
        let waiters = metadataWaiters
        metadataWaiters = []
        for waiter in waiters { waiter.completion(.failure(.closed())) }
    }

    // MARK: Where requests go

    /// The brokers worth trying for a request that any can answer, the best first: connected ones, then those that did
    /// not fail lately, then the bootstrap servers.
    func candidates() -> [BrokerNode] {
        let known = metadata.metadata.brokers.values.sorted { $0.id < $1.id }
        let bootstrap = configuration.bootstrapServers.enumerated().map { index, address in
            BrokerNode(id: BrokerID(-1 - Int32(index)), host: address.host, port: address.port)
        }
        let now = eventLoop.now
        let all = (rotated(known) + rotated(bootstrap)).filter { !pool.isBackingOff($0.id, now: now) }
        let connected = all.filter { pool.isConnected($0.id) }
        let others = all.filter { !pool.isConnected($0.id) }
        // While all of them rest, wait with the first.
        return connected + others.isEmptyThen(rotated(known + bootstrap))
    }

    private func rotated(_ nodes: [BrokerNode]) -> [BrokerNode] {
        guard nodes.count > 1 else { return nodes }
        let start = Int(random() % UInt64(nodes.count))
        return Array(nodes[start...] + nodes[..<start])
    }

    /// Finds the broker for a destination: at once where it is known, otherwise after a lookup.
    func node(
        for destination: RequestDestination,
        timeout: Duration,
        _ completion: @escaping @Sendable (Result<BrokerNode, KafkaError>) -> Void
    ) {
        switch destination {
        case .any:
            guard let node = candidates().first else {
                completion(.failure(KafkaError(.invalidConfig, "No bootstrap servers are given.")))
                return
            }
            completion(.success(node))
        case .broker(let id):
            guard let node = metadata.metadata.brokers[id] else {
                metadata.requestUpdate()
                refreshIfDue()
                completion(
                    .failure(KafkaError(.networkException, "Node \(id) is not known to the cluster's metadata."))
                )
                return
            }
            completion(.success(node))
        case .leader(let partition):
            if let node = metadata.metadata.leader(of: partition) {
                completion(.success(node))
                return
            }
            _ = metadata.want(partition.topic, now: eventLoop.now)
            metadata.requestUpdate()
            refreshIfDue()
            completion(.failure(KafkaError(.leaderNotAvailable, "The leader of \(partition) is not known.")))
        case .group, .transaction:
            guard let key = destination.coordinatorKey else { return }
            findCoordinator(key, timeout: timeout, completion)
        }
    }

    private func findCoordinator(
        _ key: CoordinatorCache.Key,
        timeout: Duration,
        _ completion: @escaping @Sendable (Result<BrokerNode, KafkaError>) -> Void
    ) {
        if let node = coordinators[key] {
            completion(.success(node))
            return
        }
        let make: @Sendable (Int16) -> FindCoordinatorRequest = { version in
            var request = FindCoordinatorRequest()
            if version >= 1 { request.keyType = key.kind.rawValue }
            if version >= 4 { request.coordinatorKeys = [key.name] } else { request.key = key.name }
            return request
        }
        once(to: .any, lane: .general, limit: nil, timeout: timeout, make) { result in
            let found = result.flatMap { $0.coordinator(of: key.name) }
            if case .success(let node) = found {
                self.coordinators.found(key, node)
                self.metadata.brokerAppeared(node)
            }
            completion(found)
        }
    }

    // MARK: Requests

    /// One attempt.
    func once<R: KafkaRequest>(
        to destination: RequestDestination,
        lane: ConnectionLane,
        limit: Int16?,
        timeout: Duration,
        _ make: @escaping @Sendable (Int16) -> R,
        _ completion: @escaping @Sendable (Result<R.Response, KafkaError>) -> Void
    ) {
        node(for: destination, timeout: timeout) { result in
            switch result {
            case .failure(let error):
                completion(.failure(error))
            case .success(let node):
                self.pool.connection(to: node, lane) { result in
                    switch result {
                    case .failure(let error):
                        self.connectionFailed(destination)
                        completion(.failure(error))
                    case .success(let connection):
                        connection.call(limit: limit, timeout: timeout, make) { result in
                            if case .failure(let error) = result, error.isConnectionFailure {
                                self.connectionFailed(destination)
                            }
                            completion(result)
                        }
                    }
                }
            }
        }
    }

    private func connectionFailed(_ destination: RequestDestination) {
        if let key = destination.coordinatorKey { coordinators.forget(key) }
        metadata.requestUpdate()
    }

    /// Attempts with growing waits until an answer, an error that no attempt can mend, or the deadline. Errors within
    /// the response are the caller's.
    func call<R: KafkaRequest>(
        _ call: OutgoingCall<R>,
        failures: Int = 0,
        _ completion: @escaping @Sendable (Result<R.Response, KafkaError>) -> Void
    ) {
        if isClosed {
            completion(.failure(.closed()))
            return
        }
        let left = call.deadline - eventLoop.now
        let timeout = min(call.timeout, .nanoseconds(max(1, left.nanoseconds)))
        once(to: call.destination, lane: call.lane, limit: call.limit, timeout: timeout, call.make) { result in
            guard case .failure(let error) = result, error.isRetriable || error.code == .brokerNotAvailable else {
                completion(result)
                return
            }
            let wait = TimeAmount(self.retryBackoff.delay(failures: failures + 1, random: self.random()))
            guard self.eventLoop.now + wait < call.deadline else {
                completion(.failure(error))
                return
            }
            self.eventLoop.scheduleTask(in: wait) {
                self.call(call, failures: failures + 1, completion)
            }
        }
    }
}

/// A request with all that its attempts share.
struct OutgoingCall<R: KafkaRequest>: Sendable {
    let destination: RequestDestination
    let lane: ConnectionLane
    let limit: Int16?
    /// Of one attempt.
    let timeout: Duration
    /// Of all attempts together.
    let deadline: NIODeadline
    let make: @Sendable (Int16) -> R
}

/// The latest metadata, for any thread.
final class PublishedMetadata: Sendable {
    private let latest = Mutex(ClusterMetadata())

    var metadata: ClusterMetadata { latest.withLock { $0 } }

    func publish(_ metadata: ClusterMetadata) { latest.withLock { $0 = metadata } }
}

extension Array {
    func isEmptyThen(_ other: [Element]) -> [Element] { isEmpty ? other : self }
}
