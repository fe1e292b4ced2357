import KafkaClient
import KafkaProtocol
import Records
import Synchronization

/// Hands a thread's output to its producer, and knows how far the changelogs have come.
///
/// Used by the stream thread; deliveries arrive on the client's event loop. Invariant: after a ``flush()`` that did not
/// throw, everything sent before it is on the broker, and ``position(of:)`` tells the offset after it.
final class ProducerCollector: RecordCollector {
    private let producer: Producer
    private let handler: ProductionExceptionHandler
    private let deliveries = Deliveries()
    private var changelogs: [TopicPartition: Changelog] = [:]
    private var last: Changelog?
    private let onSent: @Sendable (Result<ProducedPlace, KafkaError>) -> Void

    init(_ producer: Producer, handler: ProductionExceptionHandler) {
        self.producer = producer
        self.handler = handler
        let deliveries = deliveries
        onSent = { result in
            if case .failure(let error) = result { deliveries.failed(error) }
        }
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
        let changelog = partition.flatMap { self.changelog(topic, $0) }
        try producer.enqueue(
            topic: topic,
            partition: partition,
            // Records without a time of their own, such as those of suppression buffers, have that of sending.
            timestamp: timestamp == .none ? .now() : timestamp,
            key: key,
            value: value,
            headers: headers,
            onDelivery: changelog?.onDelivery ?? onSent
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
    func follow(_ partition: TopicPartition) {
        let changelog = Changelog(partition, deliveries)
        changelogs[partition] = changelog
        last = nil
    }

    func forget(_ partition: TopicPartition) {
        changelogs[partition] = nil
        last = nil
    }

    /// The offset after the last record that was delivered to a changelog; nil where nothing was.
    func position(of partition: TopicPartition) -> Offset? { changelogs[partition]?.position }

    private func changelog(_ topic: TopicName, _ partition: PartitionIndex) -> Changelog? {
        if let last, last.partition.partition == partition, last.partition.topic == topic { return last }
        last = changelogs[TopicPartition(topic, partition)]
        return last
    }

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

/// One changelog partition: the highest offset that was delivered.
private final class Changelog: Sendable {
    let partition: TopicPartition
    let onDelivery: @Sendable (Result<ProducedPlace, KafkaError>) -> Void
    private let next: SharedOffset

    init(_ partition: TopicPartition, _ deliveries: Deliveries) {
        self.partition = partition
        let next = SharedOffset()
        self.next = next
        onDelivery = { result in
            switch result {
            case .success(let record): next.value.max(record.offset.rawValue + 1, ordering: .releasing)
            case .failure(let error): deliveries.failed(error)
            }
        }
    }

    var position: Offset? {
        let value = next.value.load(ordering: .acquiring)
        return value < 0 ? nil : Offset(value)
    }

    private final class SharedOffset: Sendable {
        let value = Atomic<Int64>(-1)
    }
}

/// The first delivery that failed, until somebody takes it.
private final class Deliveries: Sendable {
    private let flag = Atomic(false)
    private let failure = Mutex<KafkaError?>(nil)

    var hasFailed: Bool { flag.load(ordering: .acquiring) }

    func failed(_ error: KafkaError) {
        failure.withLock { $0 = $0 ?? error }
        flag.store(true, ordering: .releasing)
    }

    func takeFailure() -> KafkaError? {
        flag.store(false, ordering: .releasing)
        return failure.withLock { failure in
            defer { failure = nil }
            return failure
        }
    }
}
