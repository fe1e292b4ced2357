import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization

/// Carries out what a consumer's state plans: requests, timers and callbacks.
///
/// Threads: the state lies behind the ``monitor``'s lock. Requests are made and answered on the client's event loop;
/// the work of a rebalance happens on the thread that polls. Invariant: `timer`, `lastWant` and `wantedTopics` are
/// touched on the event loop only; that is what makes the class Sendable.
final class ConsumerShell: @unchecked Sendable {
    let client: KafkaClient
    let configuration: ConsumerConfiguration
    let assignors: [any PartitionAssignor]
    let monitor: Monitor<ConsumerState>
    let wallClock: @Sendable () -> Timestamp
    let retryBackoff: ExponentialBackoff
    /// The group's requests that may wait long; a connection of this consumer's own.
    let coordinatorLane: ConnectionLane
    private let fetchLanes: [ConnectionLane]
    private let wakePending = Atomic(false)
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var wantedTopics: Set<TopicName> = []
    private var lastWant = NIODeadline.uptimeNanoseconds(0)

    /// Numbers consumers, so that none waits behind another's requests in the connections of a shared client.
    private static let count = Atomic(0)

    init(
        _ client: KafkaClient,
        _ configuration: ConsumerConfiguration,
        _ assignors: [any PartitionAssignor],
        _ rebalanceProtocol: RebalanceProtocol,
        wallClock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.configuration = configuration
        self.assignors = assignors
        self.wallClock = wallClock
        let number = ConsumerShell.count.add(1, ordering: .relaxed).newValue
        coordinatorLane = ConnectionLane("consumer-\(number)-coordinator")
        fetchLanes = (0..<ConsumerState.lanesPerBroker).map { ConnectionLane("consumer-\(number)-fetch-\($0)") }
        retryBackoff = ExponentialBackoff(
            initial: configuration.retryBackoff,
            maximum: configuration.retryBackoffMax
        )
        monitor = Monitor(ConsumerState(configuration, rebalanceProtocol, now: client.eventLoop.now))
    }

    var now: NIODeadline { client.eventLoop.now }

    func fetchLane(_ number: Int) -> ConnectionLane { fetchLanes[number] }

    // MARK: Waking

    /// There may be something to do; from any thread. Callers after the first, until it is looked at, cost nothing.
    func wake() {
        guard !wakePending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        client.eventLoop.execute { self.run() }
    }

    /// The state changed on the event loop: plans anew, and lets whoever polls look.
    func changed() {
        monitor.signal()
        wake()
    }

    /// Plans, carries out, and arranges to look again.
    private func run() {
        wakePending.store(false, ordering: .releasing)
        let now = now
        let metadata = client.core.metadata.metadata
        let plan = monitor.withLock { state in state.isClosed ? nil : state.plan(now: now, metadata) }
        guard let plan else {
            timer?.task.cancel()
            timer = nil
            return
        }
        want(plan.neededTopics, now: now)
        for directive in plan.group { perform(directive) }
        if let offsets = plan.autoCommit { commitAutomatically(offsets) }
        if plan.asksPattern { askPattern() }
        if let topics = plan.electionTopics { askElectionMetadata(topics) }
        if !plan.committed.isEmpty { askCommitted(plan.committed) }
        for lookup in plan.lookups { ask(lookup) }
        for fetch in plan.fetches { perform(fetch) }
        if plan.lacksLeader { client.refreshMetadata() }
        if let next = plan.next { look(at: max(next, now)) }
    }

    private func look(at time: NIODeadline) {
        if let timer, timer.deadline <= time, timer.deadline > now { return }
        timer?.task.cancel()
        let task = client.eventLoop.scheduleTask(deadline: time) {
            self.timer = nil
            self.run()
            // A poll may wait for this time as well, or for an error that a timer brought.
            self.monitor.signal()
        }
        timer = (time, task)
    }

    /// Keeps the topics within what the client refreshes.
    private func want(_ topics: Set<TopicName>, now: NIODeadline) {
        let halfIdle = TimeAmount(client.configuration.metadataMaxIdle / 2)
        guard topics != wantedTopics || now - lastWant >= halfIdle else { return }
        wantedTopics = topics
        lastWant = now
        let core = client.core
        let isMissing = topics.sorted().reduce(false) { core.metadata.want($1, now: now) || $0 }
        if isMissing { core.refreshIfDue() }
    }

    /// The client has new metadata; on the event loop.
    func metadataChanged() {
        let metadata = client.core.metadata.metadata
        monitor.withLock { $0.metadataChanged(metadata) }
        changed()
    }

    // MARK: Pattern

    private func askPattern() {
        let make: @Sendable (Int16) -> MetadataRequest = { version in
            var request = MetadataRequest()
            request.topics = version == 0 ? [] : nil
            request.allowAutoTopicCreation = true
            return request
        }
        client.call(to: .any, retries: false, make) { [self] result in
            let now = now
            monitor.withLock { state in
                state.pattern.isAsking = false
                guard case .success(let response) = result, let pattern = state.subscription.pattern else {
                    state.pattern.due = now + TimeAmount(configuration.retryBackoff)
                    return
                }
                state.pattern.isFresh = true
                state.pattern.due = now + TimeAmount(configuration.metadataMaxAge)
                let skipsInternal = configuration.excludesInternalTopics
                let names = response.topics.compactMap { topic in
                    topic.errorCode == .none && !(skipsInternal && topic.isInternal) ? topic.name : nil
                }
                _ = state.subscription.matched(Set(names.filter(pattern.matches)))
            }
            changed()
        }
    }
}
