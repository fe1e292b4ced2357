import KafkaProtocol
import Logging
import NIOCore
import Records
import Transport

/// A client of a Kafka cluster: it knows who leads what, keeps connections, and carries requests. Producers, consumers
/// and admin clients share one.
///
/// ```swift
/// let client = KafkaClient(try ClientConfiguration(properties: ["bootstrap.servers": "localhost:9092"]))
/// let metadata = try await client.metadata(for: ["orders"])
/// print(metadata.topics)
/// await client.close()
/// ```
public final class KafkaClient: Sendable {
    /// What it runs with.
    public let configuration: ClientConfiguration
    /// Where the client's state lives, and where callbacks come.
    public let eventLoop: any EventLoop
    /// Where it logs.
    public let logger: Logger
    let core: ClientCore
    let random: @Sendable () -> UInt64
    private let published = PublishedMetadata()

    /// A client that connects when it is first used. `random` spreads waiting times and picks partitions.
    public convenience init(
        _ configuration: ClientConfiguration,
        transport: any ClientTransport = TCPClientTransport(),
        logger: Logger = Logger(label: "millrace.client")
    ) {
        self.init(configuration, transport: transport, logger: logger) {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
    }

    /// A client with a source of randomness of its own.
    public init(
        _ configuration: ClientConfiguration,
        transport: any ClientTransport,
        logger: Logger,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.configuration = configuration
        self.logger = logger
        self.random = random
        self.eventLoop = transport.eventLoopGroup.next()
        core = ClientCore(
            configuration: configuration,
            transport: transport,
            eventLoop: eventLoop,
            random: random,
            logger: logger,
            published: published
        )
        core.start()
    }

    /// The metadata as far as it is known, without asking.
    public var cachedMetadata: ClusterMetadata { published.metadata }

    /// Sends `request` and waits for the answer. Failures of the connection, and lookups that fail, are tried again until
    /// `default.api.timeout.ms` has passed; errors within the response are the caller's.
    public func send<R: KafkaRequest>(
        _ request: R,
        to destination: RequestDestination = .any,
        lane: ConnectionLane = .general,
        timeout: Duration? = nil
    ) async throws(KafkaError) -> R.Response {
        try await send(to: destination, lane: lane, timeout: timeout) { _ in request }
    }

    /// Sends the request that `make` builds for the negotiated version; `limit` caps that version. With `retries` false
    /// there is a single attempt.
    public func send<R: KafkaRequest>(
        to destination: RequestDestination,
        lane: ConnectionLane = .general,
        limit: Int16? = nil,
        timeout: Duration? = nil,
        retries: Bool = true,
        _ make: @escaping @Sendable (Int16) -> R
    ) async throws(KafkaError) -> R.Response {
        let result: Result<R.Response, KafkaError> = await withCheckedContinuation { continuation in
            call(to: destination, lane: lane, limit: limit, timeout: timeout, retries: retries, make) {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }

    /// The callback form, from any thread; `completion` is called on ``eventLoop``.
    ///
    /// Calls to the same broker and lane are pipelined in the order in which they are made, and so are their answers.
    /// With `retries` false there is a single attempt. `timeout` is that of one attempt (`request.timeout.ms`).
    public func call<R: KafkaRequest>(
        to destination: RequestDestination,
        lane: ConnectionLane = .general,
        limit: Int16? = nil,
        timeout: Duration? = nil,
        retries: Bool = false,
        _ make: @escaping @Sendable (Int16) -> R,
        completion: @escaping @Sendable (Result<R.Response, KafkaError>) -> Void
    ) {
        let timeout = timeout ?? configuration.requestTimeout
        onLoop { [configuration] core in
            guard !core.isClosed else {
                completion(.failure(.closed()))
                return
            }
            guard retries else {
                core.once(to: destination, lane: lane, limit: limit, timeout: timeout, make, completion)
                return
            }
            let deadline = core.eventLoop.now + TimeAmount(max(timeout, configuration.apiTimeout))
            core.call(
                OutgoingCall(
                    destination: destination,
                    lane: lane,
                    limit: limit,
                    timeout: timeout,
                    deadline: deadline,
                    make: make
                ),
                completion
            )
        }
    }

    /// Metadata in which each of `topics` is present without error; waits for it until the timeout
    /// (`default.api.timeout.ms` where none is given). The topics are kept fresh from then on.
    public func metadata(for topics: [TopicName], timeout: Duration? = nil) async throws(KafkaError) -> ClusterMetadata
    {
        let result: Result<ClusterMetadata, KafkaError> = await withCheckedContinuation { continuation in
            metadata(for: topics, timeout: timeout) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The callback form; `completion` is called on ``eventLoop``.
    public func metadata(
        for topics: [TopicName],
        timeout: Duration? = nil,
        completion: @escaping @Sendable (Result<ClusterMetadata, KafkaError>) -> Void
    ) {
        let timeout = TimeAmount(timeout ?? configuration.apiTimeout)
        onLoop { core in core.awaitTopics(topics, deadline: core.eventLoop.now + timeout, completion) }
    }

    /// The metadata after one more answer: the brokers, and the topics that are kept fresh.
    public func refreshedMetadata() async throws(KafkaError) -> ClusterMetadata {
        let response = try await send(MetadataRequest(topics: []))
        return await learn(response.brokers.map(BrokerNode.init))
    }

    /// Takes in brokers that an answer told of, and gives the metadata with them.
    @discardableResult
    func learn(_ brokers: [BrokerNode]) async -> ClusterMetadata {
        await withCheckedContinuation { continuation in
            onLoop { core in
                for broker in brokers { core.metadata.brokerAppeared(broker) }
                core.metadataChanged()
                continuation.resume(returning: core.metadata.metadata)
            }
        }
    }

    /// What is known proved wrong (`NOT_LEADER_OR_FOLLOWER`, `UNKNOWN_TOPIC_ID`, ...): asks again soon.
    public func refreshMetadata() {
        onLoop { core in
            core.metadata.requestUpdate()
            core.refreshIfDue()
        }
    }

    /// The coordinator answered that it is not the one any more: the next request looks it up again.
    public func forgetCoordinator(of destination: RequestDestination) {
        onLoop { core in
            if let key = destination.coordinatorKey { core.coordinators.forget(key) }
        }
    }

    /// Calls `observer` on ``eventLoop`` after each change of the metadata, until the client closes.
    public func observeMetadata(_ observer: @escaping @Sendable () -> Void) {
        onLoop { core in core.metadataObservers.append(observer) }
    }

    /// Closes every connection; what is pending fails, whether brokers are there or not. The event loops of the transport
    /// must run until this returns.
    public func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            onLoop { core in
                core.close()
                continuation.resume()
            }
        }
    }

    func onLoop(_ work: @escaping @Sendable (ClientCore) -> Void) {
        if eventLoop.inEventLoop {
            work(core)
        } else {
            eventLoop.execute { [core] in work(core) }
        }
    }
}

extension BrokerNode {
    init(_ broker: MetadataResponse.MetadataResponseBroker) {
        self.init(id: broker.nodeId, host: broker.host, port: Int(broker.port), rack: broker.rack)
    }
}
