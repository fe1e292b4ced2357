import CoreMetrics
import KafkaClient
import Logging
import Records
import Synchronization
import Transport

/// An instance of an application: runs a topology against a cluster, together with the other instances of the same
/// `application.id`.
///
/// ```swift
/// let configuration = StreamsConfiguration(applicationID: "orders", bootstrapServers: ["localhost:9092"])
/// let streams = try KafkaStreams(topology, configuration)
/// try await streams.start()
/// for await state in streams.states where state == .running { break }
/// await streams.close()
/// ```
///
/// As a service of a `ServiceGroup` it starts and closes with the group. An instance is started once.
public final class KafkaStreams: Sendable {
    /// What it runs with.
    public let configuration: StreamsConfiguration
    let topology: Topology
    let transport: any ClientTransport
    let logger: Logger
    let stateDirectory: StateDirectory
    let now: @Sendable () -> Timestamp
    let core = Mutex(Core())

    /// What changes while the instance lives.
    struct Core {
        var state = StreamsState.created
        var context: InstanceContext?
        var admin: KafkaClient?
        var threads: [ThreadControl] = []
        var global: ThreadControl?
        var lastThreadNumber = 0
        /// Threads that have not ended, the global one included.
        var liveThreads = 0
        var failure: (any Error)?
        var handler: @Sendable (any Error) -> StreamThreadExceptionResponse = { _ in .shutdownClient }
        var stateObservers: [Int: AsyncStream<StreamsState>.Continuation] = [:]
        var metricsObservers: [Int: AsyncStream<StreamsMetrics>.Continuation] = [:]
        var lastObserver = 0
        var export: MetricsExport?
    }

    /// An instance that is not running yet. `transport` is how the cluster is reached: over TCP where it is nil; an
    /// embedded broker has one of its own. `metrics` takes what the instance counts, see ``StreamsMetrics``: by default
    /// what the process has bootstrapped.
    ///
    /// Errors: ``TopologyException``, `ConfigurationError`, ``ProcessorStateException`` where the state folder cannot
    /// be made.
    ///
    /// ```swift
    /// let settings = try BrokerConfiguration(properties: ["log.dirs": "/tmp/orders"])
    /// let broker = BrokerServer(settings, access: .processOnly)
    /// try await broker.start()
    /// let streams = try KafkaStreams(
    ///     topology, StreamsConfiguration(applicationID: "orders"), transport: broker.inProcessTransport)
    /// ```
    public convenience init(
        _ topology: Topology,
        _ configuration: StreamsConfiguration,
        transport: (any ClientTransport)? = nil,
        logger: Logger = Logger(label: "millrace.streams"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            topology,
            configuration,
            transport: transport,
            logger: logger,
            metrics: metrics,
            now: Timestamp.now
        )
    }

    /// An instance with a clock of its own.
    public init(
        _ topology: Topology,
        _ configuration: StreamsConfiguration,
        transport: (any ClientTransport)?,
        logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        try topology.validate()
        var configuration = configuration
        if transport != nil, configuration.bootstrapServers.isEmpty {
            // Within the process there is one broker; its address is not looked at.
            configuration.bootstrapServers = ["embedded:9092"]
        }
        try configuration.validateClients()
        self.topology = topology
        self.configuration = configuration
        self.transport = transport ?? TCPClientTransport()
        self.logger = logger
        self.now = now
        stateDirectory = try StateDirectory(
            stateDirectory: configuration.stateDirectory,
            applicationID: configuration.applicationID,
            isNeeded: topology.hasPersistentStores
        )
        core.withLock { $0.export = MetricsExport(metrics) }
    }

    // MARK: Watching

    /// What the instance is doing now.
    public var state: StreamsState { core.withLock { $0.state } }

    /// Why the instance has ended, or will, with an error.
    public var failure: (any Error)? { core.withLock { $0.failure } }

    /// The state now, and every state that follows; ends with the last.
    public var states: AsyncStream<StreamsState> {
        AsyncStream { continuation in
            let number = core.withLock { core in
                core.lastObserver += 1
                continuation.yield(core.state)
                guard !core.state.isTerminal else { return 0 }
                core.stateObservers[core.lastObserver] = continuation
                return core.lastObserver
            }
            guard number > 0 else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.core.withLock { $0.stateObservers.removeValue(forKey: number) }
            }
        }
    }

    /// What the instance has done so far.
    public var metrics: StreamsMetrics {
        core.withLock { core in StreamsMetrics(core.threads, global: core.global) }
    }

    /// The metrics now, and again after they change; the newest where they change faster than they are looked at.
    public var metricsUpdates: AsyncStream<StreamsMetrics> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = core.withLock { core in
                core.lastObserver += 1
                continuation.yield(StreamsMetrics(core.threads, global: core.global))
                guard !core.state.isTerminal else { return 0 }
                core.metricsObservers[core.lastObserver] = continuation
                return core.lastObserver
            }
            guard number > 0 else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.core.withLock { $0.metricsObservers.removeValue(forKey: number) }
            }
        }
    }

    /// Sets what happens when a stream thread ends with an error; ``StreamThreadExceptionResponse/shutdownClient``
    /// unless set. Called on the thread that ends. See KIP-671.
    ///
    /// ```swift
    /// let streams = try KafkaStreams(topology, StreamsConfiguration(applicationID: "orders"))
    /// streams.setUncaughtExceptionHandler { error in
    ///     print(error)
    ///     return .replaceThread
    /// }
    /// ```
    public func setUncaughtExceptionHandler(
        _ handler: @escaping @Sendable (any Error) -> StreamThreadExceptionResponse
    ) {
        core.withLock { $0.handler = handler }
    }

    /// Removes the instance's state on disk, so that stores are restored from their changelogs.
    ///
    /// Errors: ``StreamsException`` while it runs.
    public func cleanUp() throws {
        guard state == .created || state.isTerminal else {
            throw StreamsException("Local state can be removed before the start or after the end only")
        }
        try stateDirectory.clean()
    }
}
