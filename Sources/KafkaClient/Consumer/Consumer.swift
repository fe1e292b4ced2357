import KafkaProtocol
import NIOCore
import Records
import Transport

/// Reads partitions: those that its group assigns to it, or those that the application names.
///
/// ```swift
/// let consumer = try Consumer(client, ConsumerConfiguration(groupID: "billing"))
/// try consumer.subscribe(["orders"])
/// while !Task.isCancelled {
///     for fetched in try await consumer.poll(timeout: .seconds(1)) {
///         for record in try fetched.records() { print(record.offset, record.value ?? []) }
///     }
/// }
/// try await consumer.close()
/// ```
///
/// One task or thread at a time polls; a second one is refused. ``wakeup()``, ``pause(_:)``, `seek`, commits and
/// everything that only looks may be called from any thread, also within callbacks. The client is shared and stays
/// open when the consumer closes.
public final class Consumer: Sendable {
    /// What it runs with.
    public let configuration: ConsumerConfiguration
    let client: KafkaClient
    let shell: ConsumerShell

    /// Errors: settings that contradict each other.
    ///
    /// `assignors` take the place of `partition.assignment.strategy`; they must have a rebalance protocol in common.
    public convenience init(
        _ client: KafkaClient,
        _ configuration: ConsumerConfiguration,
        assignors: [any PartitionAssignor]? = nil
    ) throws(ConfigurationError) {
        try self.init(client, configuration, assignors: assignors, wallClock: Timestamp.now)
    }

    /// A consumer with a wall clock of its own, which `auto.offset.reset=by_duration` looks at.
    public init(
        _ client: KafkaClient,
        _ configuration: ConsumerConfiguration,
        assignors: [any PartitionAssignor]?,
        wallClock: @escaping @Sendable () -> Timestamp
    ) throws(ConfigurationError) {
        if let problem = configuration.contradiction { throw ConfigurationError(unknown: [], invalid: [problem]) }
        let assignors = assignors ?? configuration.assignmentStrategies.map { $0.makeAssignor() }
        let shared = assignors.dropFirst().reduce(assignors.first?.supportedProtocols ?? []) {
            $0.intersection($1.supportedProtocols)
        }
        guard let rebalanceProtocol = shared.max() else {
            let names = assignors.map(\.name).joined(separator: ",")
            let reason = "the assignors do not have commonly supported rebalance protocol"
            let invalid = ConfigurationError.Invalid(
                name: "partition.assignment.strategy",
                value: names,
                reason: reason
            )
            throw ConfigurationError(unknown: [], invalid: [invalid])
        }
        self.client = client
        self.configuration = configuration
        shell = ConsumerShell(client, configuration, assignors, rebalanceProtocol, wallClock: wallClock)
        client.observeMetadata { [weak shell] in shell?.metadataChanged() }
    }

    // MARK: Choosing what to read

    /// Shares `topics` with the other members of the group, from the next poll on. No topics: ``unsubscribe()``.
    ///
    /// Errors: no `group.id`, or partitions that are assigned by hand.
    public func subscribe(_ topics: Set<TopicName>, listener: (any RebalanceListener)? = nil) throws(KafkaError) {
        if topics.isEmpty {
            try unsubscribe()
        } else {
            try subscribe(.topics(topics), listener)
        }
    }

    /// Shares all topics that match, also those that are made later.
    ///
    /// Errors: no `group.id`, or partitions that are assigned by hand.
    public func subscribe(_ pattern: TopicPattern, listener: (any RebalanceListener)? = nil) throws(KafkaError) {
        let now = client.eventLoop.now
        shell.monitor.withLock { $0.pattern = ConsumerState.PatternMatch(due: now) }
        try subscribe(.pattern(pattern, matched: []), listener)
    }

    private func subscribe(
        _ mode: SubscriptionState.Mode,
        _ listener: (any RebalanceListener)?
    ) throws(KafkaError) {
        guard configuration.groupID != nil else { throw .noGroup }
        try shell.monitor.withLock { state throws(KafkaError) in
            try state.throwIfClosed()
            try state.subscription.subscribe(mode, listener)
        }
        shell.changed()
    }

    /// Reads these partitions and no others, outside of any group's assignment. No partitions: nothing is read.
    ///
    /// Partitions that were assigned before keep their positions. Errors: topics that are subscribed to.
    public func assign(_ partitions: Set<TopicPartition>) throws(KafkaError) {
        try shell.monitor.withLock { state throws(KafkaError) in
            try state.throwIfClosed()
            try state.subscription.assign(partitions)
            state.wantsPositions = false
        }
        shell.changed()
    }

    /// Gives up all partitions, with the listener's callback on this thread, and leaves the group.
    ///
    /// Errors: what the listener threw; the partitions are given up all the same.
    public func unsubscribe() throws(KafkaError) {
        defer {
            shell.monitor.withLock { state in
                if state.subscription.isSubscribed {
                    state.membership?.leave("the consumer unsubscribed from all topics")
                }
                state.subscription.unsubscribe()
                state.joinedTopics = nil
                state.assigned = nil
            }
            shell.changed()
        }
        try shell.giveUpToLeave()
    }

    /// The topics subscribed to, as far as a pattern's are known.
    public var subscription: Set<TopicName> { shell.monitor.withLock { $0.subscription.topics } }

    /// The partitions that are read at the moment.
    public var assignment: Set<TopicPartition> { shell.monitor.withLock { $0.subscription.assignment } }

    /// Who the consumer is within its group: to send along with offsets in a transaction. Errors: no `group.id`.
    public func groupMetadata() throws(KafkaError) -> ConsumerGroupMetadata {
        guard let groupID = configuration.groupID else { throw .noGroup }
        let generation = shell.monitor.withLock { $0.membership?.generation ?? .none }
        return ConsumerGroupMetadata(
            groupID: groupID,
            generationID: generation.id,
            memberID: generation.memberID,
            groupInstanceID: configuration.groupInstanceID
        )
    }

    /// Joins the group anew with the next poll: for an assignor that wants another assignment.
    public func enforceRebalance(reason: String = "rebalance enforced by user") {
        shell.monitor.withLock { $0.membership?.requestRejoin(reason) }
        shell.changed()
    }
}

extension ConsumerState {
    func throwIfClosed() throws(KafkaError) {
        if isClosed { throw KafkaError(.unknownServerError, "This consumer has already been closed.") }
    }
}
