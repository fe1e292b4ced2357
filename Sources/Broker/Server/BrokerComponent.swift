import CommitLog
import Logging
import NIOCore
import Records

/// What is handed in from outside: files, time, chance and threads. Nothing in the broker reaches for its own.
struct BrokerEnvironment: Sendable {
    let fileSystem: any FileSystem
    /// The wall clock.
    let now: @Sendable () -> Timestamp
    let randomNumbers: @Sendable () -> any RandomNumberGenerator
    /// The control loop: the metadata controller's only thread; timers and background work of components run here too.
    /// Never a loop that serves connections.
    let controlLoop: any EventLoop
    /// The storage loop: compaction, retention, checkpoints and flushes that nobody waits for. Its thread yields to
    /// those that serve requests.
    let storageLoop: any EventLoop
    /// Threads for flushes that requests wait for.
    let diskThreads: DiskThreads
    let logger: Logger
}

/// What every part of the broker may use.
struct BrokerCore: Sendable {
    let configuration: BrokerConfiguration
    let environment: BrokerEnvironment
    let metadata: MetadataController
    let partitions: PartitionRegistry
    let autoTopicCreation: AutoTopicCreation
    let quotas: ClientQuotas
    let mutationQuotas: MutationQuotas
}

/// A part of the broker with handlers and state of its own, such as the group coordinator.
protocol BrokerComponent: Sendable {
    /// Its handlers, which join the broker's one handler list.
    var handlers: [any RequestHandler] { get }

    /// Called on the control loop, in order: once at start with every partition that this broker leads, then with each
    /// change. The partitions' logs are open when it is called; those that went away are still readable.
    func partitionsChanged(_ change: PartitionChange)

    /// Called on the control loop when the broker stops, before connections close and once more after it. Answers what
    /// is parked, and parks no more.
    func stop()
}

/// Partitions that this broker began or ceased to lead.
struct PartitionChange: Sendable {
    var started: [Partition] = []
    var stopped: [Partition] = []
    var isEmpty: Bool { started.isEmpty && stopped.isEmpty }
}
