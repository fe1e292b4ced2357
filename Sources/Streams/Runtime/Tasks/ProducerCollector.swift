import KafkaClient
import KafkaProtocol
import Records
import Synchronization

/// Hands a thread's output to its producer, and knows how far the changelogs have come.
///
/// Used by the stream thread; deliveries arrive on the client's event loop, a batch at a time. Invariant: after a
/// ``flush()`` that did not throw, everything sent before it is on the broker, and ``position(of:)`` tells the offset
/// after it.
final class ProducerCollector: RecordCollector {
    let producer: Producer
    private let handler: ProductionExceptionHandler
    private let deliveries: Deliveries

    /// Errors: settings that contradict each other.
    init(
        _ client: KafkaClient,
        _ configuration: ProducerConfiguration,
        handler: ProductionExceptionHandler
    ) throws(ConfigurationError) {
        let deliveries = Deliveries()
        self.deliveries = deliveries
        self.handler = handler
        producer = try Producer(client, configuration) { deliveries.add($0) }
    }

    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws {
        if deliveries.hasFailed { try throwFailure() }
        try producer.enqueue(
            topic: topic,
            partition: partition,
            // Records without a time of their own, such as those of suppression buffers, have that of sending.
            timestamp: timestamp == .none ? .now() : timestamp,
            key: key,
            value: value,
            headers: headers
        )
    }

    func partitionCount(of topic: TopicName) throws -> Int32 {
        Int32(clamping: try producer.partitionCountBlocking(of: topic))
    }

    /// Waits until everything sent is on the broker. Errors: ``UnsentOutput``, ``StreamsException``.
    func flush() throws {
        try producer.flushBlocking()
        if deliveries.hasFailed { try throwFailure() }
    }

    /// Follows a changelog partition from now on, whose next offset is known.
    func follow(_ partition: TopicPartition) { deliveries.follow(partition) }

    func forget(_ partition: TopicPartition) { deliveries.forget(partition) }

    /// The offset after the last record that was delivered to a changelog; nil where nothing was.
    func position(of partition: TopicPartition) -> Offset? { deliveries.position(of: partition) }

    private func throwFailure() throws {
        guard let error = deliveries.takeFailure() else { return }
        // What may work the next time is done again from the last commit.
        if error.isRetriable { throw UnsentOutput(error: error) }
        let failed = FailedRecord(
            operatorName: "producer",
            taskID: TaskID(subTopology: -1, partition: -1),
            metadata: nil
        )
        if handler.handle(failed, error) == .fail {
            throw StreamsException("A record cannot be sent", underlying: error)
        }
    }
}

/// Output did not reach the broker, though it may the next time: tasks start again from their last commit.
struct UnsentOutput: Error, CustomStringConvertible {
    let error: KafkaError
    var description: String { "output did not reach the broker: \(error)" }
}

/// What became of the batches sent: how far the partitions that are followed have come, and the first batch that failed,
/// until somebody takes it.
private final class Deliveries: Sendable {
    private struct State {
        /// The highest offset after a delivered batch; -1 before the first.
        var positions: [TopicPartition: Offset] = [:]
        var failure: KafkaError?
    }

    private let state = Mutex(State())
    private let flag = Atomic(false)

    var hasFailed: Bool { flag.load(ordering: .acquiring) }

    func add(_ batch: ProducedBatch) {
        state.withLock { state in
            switch batch.nextOffset {
            case .success(let next):
                guard let known = state.positions[batch.topicPartition] else { return }
                state.positions[batch.topicPartition] = max(known, next)
            case .failure(let error):
                state.failure = state.failure ?? error
                flag.store(true, ordering: .releasing)
            }
        }
    }

    func takeFailure() -> KafkaError? {
        state.withLock { state in
            flag.store(false, ordering: .releasing)
            defer { state.failure = nil }
            return state.failure
        }
    }

    func follow(_ partition: TopicPartition) { state.withLock { $0.positions[partition] = Offset(-1) } }

    func forget(_ partition: TopicPartition) { state.withLock { $0.positions[partition] = nil } }

    func position(of partition: TopicPartition) -> Offset? {
        state.withLock { state in state.positions[partition].flatMap { $0.rawValue < 0 ? nil : $0 } }
    }
}
