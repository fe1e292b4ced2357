import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records
import Transport

/// Everything that a started broker holds, put together in the order in which it needs each other.
///
/// Opened on the control loop before any connection is served; closed there after the last one.
final class RunningBroker: Sendable {
    let core: BrokerCore
    let service: ConnectionService
    private let components: [any BrokerComponent]
    private let directories: LogDirectories
    private let metadataLog: NIOLoopBound<MetadataLog>
    private let checkpoints: Checkpoints
    private let cleaner: LogCleaner
    private let tasks: [RepeatedTask]

    /// Opens folders, metadata and logs. On the control loop. Errors: ``StartupError``.
    init(_ configuration: BrokerConfiguration, environment: BrokerEnvironment, locksDirectories: Bool)
        throws(StartupError)
    {
        directories = try LogDirectories.open(configuration, environment: environment, locks: locksDirectories)
        var image = MetadataImage(clusterID: directories.clusterID)
        let metadataPath = directories.metadataPath
        let log = try MetadataLog(
            in: metadataPath,
            cleanShutdown: directories.all.first { $0.path == metadataPath }?.wasShutDownCleanly ?? false,
            configuration: configuration,
            environment: environment,
            image: &image
        )
        metadataLog = NIOLoopBound(log, eventLoop: environment.controlLoop)
        let metadata = MetadataController(
            configuration: configuration,
            environment: environment,
            image: image,
            log: metadataLog
        )
        let registry = PartitionRegistry()
        core = BrokerCore(
            configuration: configuration,
            environment: environment,
            metadata: metadata,
            partitions: registry,
            autoTopicCreation: AutoTopicCreation(metadata: metadata, configuration: configuration),
            quotas: ClientQuotas(image, configuration, environment),
            mutationQuotas: MutationQuotas(image, configuration, environment)
        )
        let coordinators = Coordinators(core)
        let components = coordinators.components
        self.components = components
        let logs = PartitionLogs(
            directories: directories,
            registry: registry,
            configuration: configuration,
            environment: environment
        ) { change in
            for component in components { component.partitionsChanged(change) }
        }
        if image.features.isEmpty {
            do {
                let records = try MetadataSnapshot.bootstrap(in: metadataPath, environment)
                try metadata.commit(BrokerRegistration.bootstrap(records))
            } catch { throw StartupError("a new cluster cannot begin: \(error)") }
        }
        let partitions = try logs.openAll(metadata.image)
        metadata.add(logs)
        metadata.add(ConfigNotices(logger: environment.logger))
        metadata.add(core.quotas)
        metadata.add(core.mutationQuotas)
        let snapshots = MetadataSnapshots(configuration, environment, log: metadataLog)
        metadata.add(snapshots)
        for component in components { component.partitionsChanged(PartitionChange(started: partitions)) }
        let handlers = BrokerHandlers.all(core, coordinators) + components.flatMap(\.handlers)
        let apiVersions = ApiVersionsHandler(handlers, metadata: metadata)
        let rates = ConnectionRates(image, configuration, environment)
        metadata.add(rates)
        service = ConnectionService(
            router: RequestRouter(handlers + [apiVersions]),
            apiVersions: apiVersions,
            quotas: core.quotas,
            rates: rates
        )
        checkpoints = Checkpoints(
            directories: directories,
            registry: registry,
            configuration: configuration,
            environment: environment
        )
        do throws(LogError) {
            cleaner = LogCleaner(
                try CleanerCheckpoints(directories, fileSystem: environment.fileSystem),
                registry: registry,
                metadata: metadata,
                environment: environment
            )
        } catch { throw StartupError("\(error)") }
        cleaner.start()
        tasks =
            checkpoints.start() + Retention.start(registry, configuration, environment)
            + [FlushSchedule.start(registry, configuration, environment)]
            + [snapshots.start { metadata.image }].compactMap { $0 }
    }

    /// Tells the metadata, and so the clients, where this broker is reached, and lets connections in. On the control
    /// loop.
    func register(_ endPoints: [MetadataImage.EndPoint]) throws(StartupError) {
        var random = core.environment.randomNumbers()
        let registration = BrokerRegistration(
            nodeID: core.configuration.nodeID,
            incarnationID: .random(using: &random),
            endPoints: endPoints,
            rack: core.configuration.string("broker.rack"),
            logDirectories: directories.all.map(\.id)
        )
        do throws(APIFailure) {
            try core.metadata.commit(registration.records(brokerEpoch: core.metadata.nextOffset.rawValue))
            var elections = registration.elections(core.metadata.image)[...]
            while !elections.isEmpty {
                try core.metadata.commit(Array(elections.prefix(MetadataController.maxRecordsPerChange)))
                elections = elections.dropFirst(MetadataController.maxRecordsPerChange)
            }
        } catch { throw StartupError("this broker cannot be registered: \(error)") }
        service.open()
    }

    /// Has the components answer what is parked with them, so that connections can end. On the control loop.
    func stopComponents() {
        for component in components { component.stop() }
    }

    /// Flushes and closes every log, writes the checkpoints, and marks the folders as cleanly shut down.
    ///
    /// A folder in which anything failed is not marked: the next start reads its logs again.
    func close() async throws {
        let controlLoop = core.environment.controlLoop
        // What runs there has ended, and nothing begins there any more.
        try await core.environment.storageLoop.submit { [tasks, cleaner] in
            for task in tasks { task.cancel() }
            cleaner.stop()
        }.get()
        let partitions = try await controlLoop.submit { self.stopPartitions() }.get()
        let failed = try await LogClosing(partitions, logger: core.environment.logger).run()
        try await controlLoop.submit { self.finish(failed) }.get()
    }

    private func stopPartitions() -> [Partition] {
        stopComponents()
        let partitions = core.partitions.all
        for partition in partitions { partition.stop() }
        return partitions
    }

    /// After the logs of partitions are closed; those in the directories `failed` could not all be.
    private func finish(_ failed: Set<String>) {
        let logger = core.environment.logger
        var failed = failed
        do throws(LogError) {
            try metadataLog.value.close()
        } catch {
            logger.error("closing the metadata log: \(error)")
            failed.insert(directories.metadataPath)
        }
        for kind in Checkpoints.Kind.allCases { checkpoints.write(kind) }
        let epoch = core.metadata.image.brokers[core.configuration.nodeID]?.epoch ?? -1
        for directory in directories.all where !failed.contains(directory.path) {
            do throws(LogError) {
                try CleanShutdownFile(in: directory.path, fileSystem: core.environment.fileSystem).write(
                    brokerEpoch: epoch
                )
            } catch { logger.error("\(error)") }
        }
        for directory in directories.all { directory.unlock() }
    }
}
