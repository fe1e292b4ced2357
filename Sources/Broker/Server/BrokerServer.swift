import CommitLog
import Logging
import NIOCore
import NIOPosix
import Records
import Synchronization
import Transport

/// A Kafka broker: alone in its process behind sockets, or embedded in an application, or both.
///
/// ```swift
/// let properties = ["log.dirs": "/tmp/broker", "listeners": "PLAINTEXT://127.0.0.1:0"]
/// let broker = BrokerServer(try BrokerConfiguration(properties: properties))
/// try await broker.start()
/// // clients connect to broker.port, or through broker.inProcessTransport
/// try await broker.stop()
/// ```
///
/// Requests are answered on event loops, one for each core; changes of the metadata and chores run on a loop of their
/// own.
public final class BrokerServer: Sendable {
    /// Which ways lead in.
    public enum Access: Sendable, Hashable {
        /// The sockets of `listeners`, and callers of this process.
        case socketsAndProcess
        /// Callers of this process only: no port is opened.
        case processOnly
    }

    /// What it runs with.
    public let configuration: BrokerConfiguration
    private let access: Access
    private let fileSystem: any FileSystem
    private let logger: Logger
    private let state = Mutex(State.idle)

    private enum State {
        case idle
        case starting
        case running(Running)
        case stopped
    }

    private struct Running {
        let broker: RunningBroker
        /// Serves the sockets; connections of the process live on loops of their clients.
        let group: MultiThreadedEventLoopGroup?
        let control: MultiThreadedEventLoopGroup
        let storage: MultiThreadedEventLoopGroup
        let listeners: [TCPListener]
        let inProcess: InProcessListener
    }

    /// A broker that is not running yet. `fileSystem` holds the log directories; any but the real one is for tests and
    /// is not locked.
    public init(
        _ configuration: BrokerConfiguration,
        access: Access = .socketsAndProcess,
        fileSystem: any FileSystem = RealFileSystem(),
        logger: Logger = Logger(label: "millrace.broker")
    ) {
        self.configuration = configuration
        self.access = access
        self.fileSystem = fileSystem
        self.logger = logger
    }

    /// Opens the folders and the metadata, recovers logs where the last stop was unclean, binds the listeners and
    /// serves.
    ///
    /// Errors: ``StartupError``, or `TransportError` when an address cannot be bound; nothing stays open then. A broker
    /// is started once.
    public func start() async throws {
        try begin()
        let group =
            access == .processOnly ? nil : MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount))
        let control = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let storage = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        storage.next().execute { ThreadPriority.yieldToOthers() }
        do {
            let running = try await open(group, control, storage)
            state.withLock { $0 = .running(running) }
            logger.info(
                "started",
                metadata: ["node": "\(configuration.nodeID)", "ports": "\(running.listeners.map(\.port))"]
            )
        } catch {
            state.withLock { $0 = .stopped }
            try await group?.shutdownGracefully()
            try await control.shutdownGracefully()
            try await storage.shutdownGracefully()
            throw error
        }
    }

    /// Takes no more connections, answers what is in flight, flushes and closes the logs, and marks the folders as
    /// cleanly shut down. Nothing happens when the broker is not running.
    ///
    /// Clients that do not take their answers are waited for no longer than `gracePeriod`.
    public func stop(gracePeriod: Duration = .seconds(5)) async throws {
        let running: Running? = state.withLock { state in
            guard case .running(let running) = state else { return nil }
            state = .stopped
            return running
        }
        guard let running else { return }
        let broker = running.broker
        try await running.control.next().submit { broker.stopComponents() }.get()
        await closeListeners(of: running, gracePeriod)
        try await broker.close()
        try await broker.core.environment.diskThreads.stop()
        try await running.group?.shutdownGracefully()
        try await running.control.shutdownGracefully()
        try await running.storage.shutdownGracefully()
        logger.info("stopped", metadata: ["node": "\(configuration.nodeID)"])
    }

    private func closeListeners(of running: Running, _ gracePeriod: Duration) async {
        await withTaskGroup { [logger] tasks in
            tasks.addTask { await running.inProcess.close(gracePeriod: gracePeriod) }
            for listener in running.listeners {
                tasks.addTask {
                    do {
                        try await listener.close(gracePeriod: gracePeriod)
                    } catch { logger.error("closing the listener \(listener.name): \(error)") }
                }
            }
        }
    }

    /// The port of the first listener; nil where none is open.
    public var port: Int? { running?.listeners.first?.port }

    /// The port of the listener of this name; nil where it is not open.
    public func port(of listener: String) -> Int? { running?.listeners.first { $0.name == listener }?.port }

    /// The id of the cluster; nil before the start.
    public var clusterID: String? { running?.broker.core.metadata.image.clusterID }

    /// Leads clients of this process to this broker without a socket; nil while the broker is not running.
    public var inProcessTransport: (any ClientTransport)? { running.map { InProcessClientTransport($0.inProcess) } }

    /// How many places fetches wait at.
    var waitingFetchCount: Int {
        running?.broker.core.partitions.all.reduce(0) { $0 + $1.waiterCount } ?? 0
    }

    private var running: Running? {
        state.withLock { state in
            guard case .running(let running) = state else { return nil }
            return running
        }
    }

    // MARK: Starting

    private func begin() throws(StartupError) {
        let isFirst = state.withLock { state in
            guard case .idle = state else { return false }
            state = .starting
            return true
        }
        guard isFirst else { throw StartupError("a broker is started once") }
        for name in configuration.unknownNames { logger.warning("the configuration \(name) is not known") }
        for name in configuration.namesWithoutEffect { logger.notice("the configuration \(name) has no effect here") }
    }

    private func open(
        _ group: MultiThreadedEventLoopGroup?,
        _ control: MultiThreadedEventLoopGroup,
        _ storage: MultiThreadedEventLoopGroup
    ) async throws -> Running {
        let environment = BrokerEnvironment(
            fileSystem: fileSystem,
            now: Timestamp.now,
            randomNumbers: { SystemRandomNumberGenerator() },
            controlLoop: control.next(),
            storageLoop: storage.next(),
            diskThreads: DiskThreads(),
            logger: logger
        )
        let (configuration, locks) = (configuration, fileSystem is RealFileSystem)
        let broker = try await environment.controlLoop.submit {
            try RunningBroker(configuration, environment: environment, locksDirectories: locks)
        }.get()
        var listeners: [TCPListener] = []
        // Where the system chooses a port, clients learn of it only after it is bound, and are turned away until then.
        let choosesPorts = (configuration.listeners + configuration.advertisedListeners).contains { $0.port == 0 }
        do {
            if !choosesPorts { try await register(broker, listeners) }
            for address in configuration.listeners {
                guard let group else { break }
                listeners.append(
                    try await TCPListener.bind(
                        host: address.host,
                        port: Int(address.port),
                        name: address.name.rawValue,
                        group: group,
                        service: broker.service,
                        limits: configuration.transportLimits,
                        logger: logger
                    )
                )
            }
            if choosesPorts { try await register(broker, listeners) }
        } catch {
            for listener in listeners { try await listener.close(gracePeriod: .zero) }
            try await broker.close()
            throw error
        }
        let inProcess = InProcessListener(
            service: broker.service,
            limits: configuration.transportLimits,
            logger: logger
        )
        return Running(
            broker: broker,
            group: group,
            control: control,
            storage: storage,
            listeners: listeners,
            inProcess: inProcess
        )
    }

    private func register(_ broker: RunningBroker, _ listeners: [TCPListener]) async throws {
        let endPoints = advertised(listeners)
        try await broker.core.environment.controlLoop.submit { try broker.register(endPoints) }.get()
    }

    /// The addresses that clients are told: a port of 0 is the one that was bound.
    private func advertised(_ listeners: [TCPListener]) -> [MetadataImage.EndPoint] {
        configuration.advertisedListeners.map { address in
            let bound = listeners.first { $0.name == address.name.rawValue }?.port ?? 0
            return MetadataImage.EndPoint(
                listener: address.name,
                host: address.host,
                port: address.port == 0 ? UInt16(clamping: bound) : address.port,
                securityProtocol: 0
            )
        }
    }
}
