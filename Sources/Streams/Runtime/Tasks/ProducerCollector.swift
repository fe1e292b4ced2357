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
    private let senders: SenderNames
    private let deliveries: Deliveries
    /// Records that turned out not to be deliverable after they had been sent, and were given up.
    private(set) var drops = DropCounter()

    /// Errors: settings that contradict each other.
    init(
        _ client: KafkaClient,
        _ configuration: ProducerConfiguration,
        handler: ProductionExceptionHandler,
        senders: SenderNames
    ) throws(ConfigurationError) {
        let deliveries = Deliveries()
        self.deliveries = deliveries
        self.handler = handler
        self.senders = senders
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
        let failures = deliveries.takeFailures()
        // What may work the next time is done again from the last commit.
        if let failure = failures.first(where: \.error.isRetriable) { throw UnsentOutput(error: failure.error) }
        for failure in failures {
            let name = senders.name(for: failure.topic)
            let failed = FailedRecord(
                operatorName: name,
                taskID: TaskID(subTopology: -1, partition: -1),
                metadata: nil
            )
            guard handler.handle(failed, failure.error) == .continue else {
                throw StreamsException(
                    "A record for \(failure.topic) cannot be sent",
                    operatorName: name,
                    underlying: failure.error
                )
            }
            drops.count(.unencodable, at: name, by: failure.recordCount)
        }
    }
}

/// Output did not reach the broker, though it may the next time: tasks start again from their last commit.
struct UnsentOutput: Error, CustomStringConvertible {
    let error: KafkaError
    var description: String { "output did not reach the broker: \(error)" }
}

/// Who sends to a topic, by its name in `describe()`: a sink, or a store to its changelog.
struct SenderNames {
    private var names: [TopicName: String] = [:]
    /// The sink whose topics are computed, where there is one.
    private var computing: String?

    init(_ topology: Topology, applicationID: String) {
        for name in topology.graph.storeOrder.reversed() {
            guard let changelog = topology.graph.changelog(of: name, applicationID: applicationID) else { continue }
            names[changelog.topic] = name
        }
        for node in topology.graph.liveNodes.reversed() {
            guard case .sink(let sink) = node.kind else { continue }
            if let topic = sink.topic {
                names[topic.name(applicationID: applicationID)] = node.name
            } else {
                computing = node.name
            }
        }
    }

    /// The first in the topology that sends there; the topic itself where that cannot be told.
    func name(for topic: TopicName) -> String { names[topic] ?? computing ?? topic.rawValue }
}

/// What became of the batches sent: how far the partitions that are followed have come, and the batches that failed, until
/// somebody takes them.
private final class Deliveries: Sendable {
    private struct State {
        /// The highest offset after a delivered batch; -1 before the first.
        var positions: [TopicPartition: Offset] = [:]
        var failures: [Failure] = []
    }

    struct Failure {
        let topic: TopicName
        let recordCount: Int
        let error: KafkaError
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
                let topic = batch.topicPartition.topic
                state.failures.append(Failure(topic: topic, recordCount: batch.recordCount, error: error))
                flag.store(true, ordering: .releasing)
            }
        }
    }

    func takeFailures() -> [Failure] {
        state.withLock { state in
            flag.store(false, ordering: .releasing)
            defer { state.failures = [] }
            return state.failures
        }
    }

    func follow(_ partition: TopicPartition) { state.withLock { $0.positions[partition] = Offset(-1) } }

    func forget(_ partition: TopicPartition) { state.withLock { $0.positions[partition] = nil } }

    func position(of partition: TopicPartition) -> Offset? {
        state.withLock { state in state.positions[partition].flatMap { $0.rawValue < 0 ? nil : $0 } }
    }
}
