import Coordination
import KafkaProtocol
import Records
import Synchronization

/// Every transactional id that this broker coordinates: leads a request to the partition of `__transaction_state` that
/// its id hashes to. Safe on any thread.
final class TransactionCoordinator: Sendable {
    /// The topic that holds the transactional ids.
    static let topic: TopicName = "__transaction_state"

    private struct State {
        var partitions: [PartitionIndex: TransactionCoordinatorPartition] = [:]
        var partitionCount: Int32
        var isStopped = false
    }

    private let configuration: TransactionConfiguration
    private let core: BrokerCore
    private let producerIDs: ProducerIDAllocator
    private let writer: TransactionMarkerWriter
    private let state: Mutex<State>

    init(_ core: BrokerCore, producerIDs: ProducerIDAllocator, writer: TransactionMarkerWriter) {
        self.core = core
        self.producerIDs = producerIDs
        self.writer = writer
        configuration = TransactionConfiguration(core.configuration)
        let count = core.configuration.integer("transaction.state.log.num.partitions")
        state = Mutex(State(partitionCount: Int32(clamping: count)))
    }

    /// Where a transactional id belongs, whoever leads that.
    func partitionIndex(of id: String) -> PartitionIndex {
        CoordinatorPartitioning.partition(of: id, partitionCount: state.withLock { $0.partitionCount })
    }

    /// Lets an event happen to a transactional id, and completes with its answer. Errors besides the event's:
    /// ``TransactionError/notCoordinator`` when the coordinator is elsewhere, or nowhere yet;
    /// ``TransactionError/coordinatorNotAvailable`` while the broker stops.
    func submit<Answer: Sendable>(
        to id: TransactionalID,
        _ event: @escaping TransactionCoordinatorPartition.Event<Answer>,
        _ completion: @escaping @Sendable (Result<Answer, TransactionError>) -> Void
    ) {
        do throws(TransactionError) {
            try partition(of: id).submit(event, completion)
        } catch { completion(.failure(error)) }
    }

    /// Begins a session of a producer. What is wrong with the request itself is told whoever coordinates the id.
    func initialise(
        _ id: TransactionalID,
        _ request: ProducerInitialisation,
        _ completion: @escaping @Sendable (Result<InitialisationAnswer, TransactionError>) -> Void
    ) {
        do throws(TransactionError) {
            try request.check(id, configuration)
        } catch { return completion(.failure(error)) }
        submit(to: id) { (shard, context) throws(TransactionError) in
            try shard.initialise(id, request, context.serverVersion, freshID: context.freshID, at: context.moment)
        } _: {
            completion($0)
        }
    }

    private func partition(of id: TransactionalID) throws(TransactionError) -> TransactionCoordinatorPartition {
        if id == "" { throw .invalidRequest }
        return try state.withLock { state throws(TransactionError) in
            if state.isStopped { throw .coordinatorNotAvailable }
            let index = CoordinatorPartitioning.partition(of: id.rawValue, partitionCount: state.partitionCount)
            guard let partition = state.partitions[index] else { throw .notCoordinator }
            return partition
        }
    }

    /// Every id here that `filter` takes. Errors: ``TransactionError/coordinatorLoadInProgress``,
    /// ``TransactionError/coordinatorNotAvailable``.
    func list(
        _ filter: TransactionFilter,
        _ completion: @escaping @Sendable (Result<[TransactionRecord], TransactionError>) -> Void
    ) {
        let (partitions, isStopped) = state.withLock { ($0.partitions.values.map { $0 }, $0.isStopped) }
        guard !isStopped else { return completion(.failure(.coordinatorNotAvailable)) }
        guard !partitions.isEmpty else { return completion(.success([])) }
        let gathering = Gathering<Result<[TransactionRecord], TransactionError>>(count: partitions.count) { results in
            var found: [TransactionRecord] = []
            for result in results {
                switch result {
                case .success(let records): found += records
                case .failure(let error): return completion(.failure(error))
                }
            }
            completion(.success(found))
        }
        for (index, partition) in partitions.enumerated() {
            partition.submit { (shard, context) throws(TransactionError) in
                shard.listed(filter, at: context.moment)
            } _: {
                gathering.put($0, at: index)
            }
        }
    }

    // MARK: Life

    /// Takes up and gives up partitions. On the control loop.
    func partitionsChanged(_ change: PartitionChange) {
        for partition in change.stopped where partition.topicPartition.topic == TransactionCoordinator.topic {
            state.withLock { state -> TransactionCoordinatorPartition? in
                let index = partition.topicPartition.partition
                guard state.partitions[index]?.partition === partition else { return nil }
                return state.partitions.removeValue(forKey: index)
            }?.stop()
        }
        let started = change.started.filter { $0.topicPartition.topic == TransactionCoordinator.topic }.map {
            TransactionCoordinatorPartition($0, configuration, core, producerIDs: producerIDs, writer: writer)
        }
        guard !started.isEmpty else { return }
        countPartitions(core.metadata.image)
        state.withLock { state in
            for partition in started { state.partitions[partition.partition.topicPartition.partition] = partition }
        }
        let pieceSize = Int(core.configuration.integer("transaction.state.log.load.buffer.size"))
        for partition in started { CoordinatorLoading(partition, pieceSizeInBytes: pieceSize).start() }
    }

    /// Learns how many partitions the ids are spread over, which whoever made the topic decided.
    func countPartitions(_ image: MetadataImage) {
        guard let topic = image.topic(TransactionCoordinator.topic) else { return }
        state.withLock { $0.partitionCount = Int32(clamping: topic.partitions.count) }
    }

    /// Sends everybody away.
    func stop() {
        let partitions = state.withLock { state in
            state.isStopped = true
            return Array(state.partitions.values)
        }
        for partition in partitions { partition.stop() }
    }
}
