import KafkaClient
import KafkaProtocol
import Logging
import Records
import Synchronization

/// The protocol `stream` of Kafka Streams: what a thread says when it joins the group, how the leader shares tasks out,
/// and what a thread learns of its tasks.
///
/// Called within the consumer's poll, on the stream thread. What goes wrong is kept for the thread to throw after the
/// poll, so that the group's other members are told by error code rather than left waiting.
final class StreamsAssignor: PartitionAssignor {
    /// What a rebalance has brought, for the thread to act on.
    struct News: Sendable {
        var tasks: [TaskID: Set<TopicPartition>] = [:]
        var error: (any Error)?
    }

    let name = "stream"
    private let topology: Topology
    private let applicationID: String
    private let internalTopics: InternalTopics
    private let processID: KafkaUUID
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var offsetSums: [TaskID: Int64] = [:]
        var uniqueField: Int8 = 0
        var isShutdownRequested = false
        /// Why this thread, as the leader, could not assign.
        var leaderError: (any Error)?
        var news = News()
    }

    init(
        topology: Topology,
        applicationID: String,
        internalTopics: InternalTopics,
        processID: KafkaUUID,
        logger: Logger
    ) {
        self.topology = topology
        self.applicationID = applicationID
        self.internalTopics = internalTopics
        self.processID = processID
        self.logger = logger
    }

    // MARK: The thread's side

    /// What the next join says of this thread's tasks and state.
    func setOffsetSums(_ sums: [TaskID: Int64]) { state.withLock { $0.offsetSums = sums } }

    /// The next join asks every instance of the application to end.
    func requestShutdown() { state.withLock { $0.isShutdownRequested = true } }

    /// The tasks of the last assignment, or what went wrong.
    var news: News { state.withLock { $0.news } }

    // MARK: PartitionAssignor

    func subscriptionUserData(_ topics: Set<TopicName>) throws -> Bytes? {
        let subscription = state.withLock { state in
            var subscription = ThreadSubscription(processID: processID)
            subscription.offsetSums = state.offsetSums
            state.uniqueField &+= 1
            subscription.uniqueField = state.uniqueField
            subscription.failure = state.isShutdownRequested ? .shutdownRequested : .none
            return subscription
        }
        return try subscription.encoded()
    }

    func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) throws -> [MemberID: PartitionAssignment] {
        state.withLock { $0.leaderError = nil }
        var version = AssignmentInfo.latestVersion
        do {
            var members: [TaskAssignor.Member] = []
            for member in group.members {
                guard let data = member.subscription.userData else {
                    throw TaskAssignmentException("Member \(member.memberID) is not an instance of Kafka Streams")
                }
                let subscription = try ThreadSubscription(data)
                version = min(version, subscription.version)
                if subscription.failure == .shutdownRequested { return everyone(group, .shutdownRequested, version) }
                members.append(subscription.member(member.memberID))
            }
            return try assign(metadata, members, version)
        } catch {
            logger.error("tasks cannot be assigned: \(error)")
            state.withLock { $0.leaderError = error }
            let isMissing = error is MissingSourceTopicException
            return everyone(group, isMissing ? .missingSourceTopics : .assignmentFailed, version)
        }
    }

    private func assign(
        _ metadata: ClusterMetadata,
        _ members: [TaskAssignor.Member],
        _ version: Int32
    ) throws -> [MemberID: PartitionAssignment] {
        var existing: [TopicName: Int32] = [:]
        for (name, topic) in metadata.topics where topic.error == .none && !topic.partitions.isEmpty {
            existing[name] = Int32(clamping: topic.partitions.count)
        }
        let plan = try PartitionPlan(topology, applicationID: applicationID, existing: existing)
        let internalTopics = internalTopics
        try AsyncCall.wait { try await internalTopics.prepare(plan) }
        let tasks = TaskAssignor.assign(Set(plan.tasks.keys), stateful: plan.statefulTasks, to: members)
        return tasks.mapValues { tasks in
            var owners: [(TopicPartition, TaskID)] = []
            for task in tasks { owners += plan.tasks[task, default: []].map { ($0, task) } }
            owners.sort { $0.0 < $1.0 }
            var info = AssignmentInfo()
            info.version = version
            info.activeTasks = owners.map(\.1)
            return PartitionAssignment(owners.map(\.0), userData: info.encoded())
        }
    }

    private func everyone(
        _ group: GroupSubscription,
        _ failure: AssignmentInfo.Failure,
        _ version: Int32
    ) -> [MemberID: PartitionAssignment] {
        var info = AssignmentInfo()
        info.version = version
        info.failure = failure
        let bytes = info.encoded()
        var assignments: [MemberID: PartitionAssignment] = [:]
        for member in group.members { assignments[member.memberID] = PartitionAssignment([], userData: bytes) }
        return assignments
    }

    func onAssignment(_ assignment: PartitionAssignment, _ group: ConsumerGroupMetadata) throws {
        var news = News()
        do {
            news.tasks = try tasks(of: assignment)
        } catch {
            news.error = error
        }
        state.withLock { state in
            if news.error != nil, let error = state.leaderError { news.error = error }
            state.leaderError = nil
            state.news = news
        }
    }

    private func tasks(of assignment: PartitionAssignment) throws -> [TaskID: Set<TopicPartition>] {
        guard let data = assignment.userData else {
            throw TaskAssignmentException("The group's leader is not an instance of Kafka Streams")
        }
        let info = try AssignmentInfo(data)
        switch info.failure {
        case .none, .versionProbing: break
        case .missingSourceTopics: throw MissingSourceTopicException(topics: [])
        case .assignmentFailed:
            throw TaskAssignmentException(
                "The group's leader failed while it assigned tasks; its log says why"
            )
        case .shutdownRequested: throw ShutdownRequestedException()
        }
        guard info.activeTasks.count == assignment.partitions.count else {
            throw TaskAssignmentException(
                "The assignment has \(assignment.partitions.count) partitions for \(info.activeTasks.count) tasks"
            )
        }
        var tasks: [TaskID: Set<TopicPartition>] = [:]
        for (task, partition) in zip(info.activeTasks, assignment.partitions.sorted()) {
            tasks[task, default: []].insert(partition)
        }
        return tasks
    }
}

/// An instance of the application met a fatal error, and asked all instances to end.
public struct ShutdownRequestedException: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error.
    public init() {}
    public var description: String {
        "An instance of the application met a fatal error and asked all instances to end"
    }
}
