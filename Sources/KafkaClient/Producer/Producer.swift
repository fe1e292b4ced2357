import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization
import Transport

/// Sends records: it gathers them into batches by partition, and repeats what fails, without changing the order or
/// writing twice (`enable.idempotence`, on by default).
///
/// ```swift
/// let producer = try Producer(client, ProducerConfiguration())
/// let metadata = try await producer.send(ProducerRecord(topic: "orders", value: Bytes(utf8: "iphone")))
/// print(metadata.offset)
/// try await producer.close()
/// ```
public final class Producer: Sendable {
    /// What it runs with.
    public let configuration: ProducerConfiguration
    private let client: KafkaClient
    private let sender: Sender

    /// Errors: settings that contradict each other.
    public convenience init(_ client: KafkaClient, _ configuration: ProducerConfiguration = ProducerConfiguration())
        throws(ConfigurationError)
    {
        try self.init(client, configuration) { _ in }
    }

    /// A producer that tells of each batch that is done, on the client's event loop and before a flush that waits for it
    /// ends: for those who send many records and ask for none of them.
    package init(
        _ client: KafkaClient,
        _ configuration: ProducerConfiguration,
        onBatch: @escaping @Sendable (ProducedBatch) -> Void
    ) throws(ConfigurationError) {
        if let problem = configuration.contradiction { throw ConfigurationError(unknown: [], invalid: [problem]) }
        self.client = client
        self.configuration = configuration
        let accumulator = RecordAccumulator(RecordAccumulator.Settings(configuration))
        sender = Sender(
            core: client.core,
            configuration: configuration,
            accumulator: accumulator,
            onBatch: onBatch
        )
        client.observeMetadata { [weak sender, client] in
            sender?.takeOver(client.cachedMetadata)
        }
    }

    // MARK: Sending

    /// Sends a record and waits for the broker's acknowledgement.
    ///
    /// Waits up to `max.block.ms` for metadata and memory, then up to `delivery.timeout.ms` for the answer. For more than a
    /// record at a time, send from several tasks, or use ``enqueue(topic:partition:timestamp:key:value:headers:onDelivery:)``.
    @discardableResult
    public func send(_ record: ProducerRecord) async throws(KafkaError) -> RecordMetadata {
        let deadline = client.eventLoop.now + TimeAmount(configuration.maxBlock)
        try await ready(record.topic, deadline: deadline)
        typealias Outcome = Result<RecordMetadata, KafkaError>?
        while true {
            let outcome: Outcome = await withCheckedContinuation {
                (continuation: CheckedContinuation<Outcome, Never>) in
                do throws(KafkaError) {
                    let taken = try append(record) { continuation.resume(returning: $0) }
                    if !taken { continuation.resume(returning: nil) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if let outcome { return try outcome.get() }
            try await memory(deadline: deadline)
        }
    }

    /// Puts a record into its batch: synchronous, without an allocation a record. For threads with a loop of their own.
    ///
    /// Blocks up to `max.block.ms` while the topic is not known or the memory is full, so it must not be called on an
    /// event loop. `key` and `value` are copied; nil is null. `onDelivery` is called on the client's event loop.
    public func enqueue(
        topic: TopicName,
        partition: PartitionIndex? = nil,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header] = [],
        onDelivery: (@Sendable (Result<RecordMetadata, KafkaError>) -> Void)? = nil
    ) throws(KafkaError) {
        while true {
            let appended = try append(topic, partition, timestamp, key, value, headers, onDelivery)
            switch appended {
            case .taken(let wakesSender):
                if wakesSender { sender.wake() }
                return
            case .outOfMemory:
                try blockForMemory()
            case nil:
                try blockForTopic(topic)
            }
        }
    }

    /// True when the record was taken, false when there is no memory.
    private func append(_ record: ProducerRecord, _ callback: @escaping DeliveryCallback) throws(KafkaError) -> Bool {
        let timestamp = record.timestamp ?? .now()
        let appended = try withOptionalBytes(record.key) { key throws(KafkaError) in
            try withOptionalBytes(record.value) { value throws(KafkaError) in
                try append(record.topic, record.partition, timestamp, key, value, record.headers, callback)
            }
        }
        guard case .taken(let wakesSender) = appended else { return false }
        if wakesSender { sender.wake() }
        return true
    }

    /// Nil when the topic is not known yet.
    private func append(
        _ topic: TopicName,
        _ partition: PartitionIndex?,
        _ timestamp: Timestamp,
        _ key: UnsafeRawBufferPointer?,
        _ value: UnsafeRawBufferPointer?,
        _ headers: [Header],
        _ callback: DeliveryCallback?
    ) throws(KafkaError) -> RecordAccumulator.Appended? {
        let loop = client.eventLoop
        let random = client.random
        return try sender.withAccumulator { state throws(KafkaError) in
            guard let index = state.topicIndex(topic) else { return nil }
            return try state.append(
                topic: index,
                partition: partition,
                timestamp: timestamp,
                key: key,
                value: value,
                headers: headers,
                callback: callback,
                now: { loop.now },
                random: random
            )
        }
    }

    // MARK: Waiting

    private func ready(_ topic: TopicName, deadline: NIODeadline) async throws(KafkaError) {
        if sender.withAccumulator({ $0.topicIndex(topic) }) != nil { return }
        let metadata = try await client.metadata(for: [topic], timeout: configuration.maxBlock)
        sender.takeOver(metadata, including: topic)
    }

    private func memory(deadline: NIODeadline) async throws(KafkaError) {
        guard client.eventLoop.now < deadline else { throw outOfMemory }
        let promise = client.eventLoop.makePromise(of: Void.self)
        let timeout = client.eventLoop.scheduleTask(deadline: deadline) { promise.succeed() }
        waitForMemory { promise.succeed() }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            promise.futureResult.whenComplete { _ in continuation.resume() }
        }
        timeout.cancel()
    }

    private func blockForMemory() throws(KafkaError) {
        try mayBlock()
        let signal = BlockingSignal()
        waitForMemory { signal.signal() }
        guard signal.wait(configuration.maxBlock) else { throw outOfMemory }
    }

    private func waitForMemory(_ waiter: @escaping @Sendable () -> Void) {
        let isWaiting = sender.withAccumulator { state in
            if state.hasUnfinished { state.memoryWaiters.append(waiter) }
            return state.hasUnfinished
        }
        if isWaiting { sender.wake() } else { waiter() }
    }

    private func blockForTopic(_ topic: TopicName) throws(KafkaError) {
        try mayBlock()
        let signal = BlockingSignal()
        let kept = Kept()
        client.metadata(for: [topic], timeout: configuration.maxBlock) { result in
            kept.value.withLock { $0 = result }
            signal.signal()
        }
        _ = signal.wait(configuration.maxBlock + .seconds(1))
        guard let result = kept.value.withLock({ $0 }) else {
            throw .timedOut("Topic \(topic) was not present in metadata in time.")
        }
        sender.takeOver(try result.get(), including: topic)
    }

    /// What a callback brings to a thread that waits.
    private final class Kept: Sendable {
        let value = Mutex<Result<ClusterMetadata, KafkaError>?>(nil)
    }

    private func mayBlock() throws(KafkaError) {
        guard client.eventLoop.inEventLoop else { return }
        let message = "The call would block the client's event loop; make it on another thread."
        throw KafkaError(.invalidRequest, message)
    }

    private var outOfMemory: KafkaError {
        let limit = configuration.maxBlock / .milliseconds(1)
        return .timedOut(
            "Failed to allocate memory for a batch within the configured max blocking time \(Int(limit)) ms."
        )
    }

    // MARK: Flushing and closing

    /// Sends everything enqueued so far at once, and waits until each batch succeeded or failed; which, its callbacks
    /// tell. Errors: the producer failed as a whole, or is closed.
    public func flush() async throws(KafkaError) {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            startFlush { continuation.resume() }
        }
        if let failure = sender.withAccumulator({ $0.failure }) { throw failure }
    }

    /// The synchronous form, not for event loops. Errors: as ``flush()``, and called on the client's event loop.
    public func flushBlocking() throws(KafkaError) {
        try mayBlock()
        let signal = BlockingSignal()
        startFlush { signal.signal() }
        while !signal.wait(.seconds(3600)) {}
        if let failure = sender.withAccumulator({ $0.failure }) { throw failure }
    }

    private func startFlush(_ completion: @escaping @Sendable () -> Void) {
        let isWaiting = sender.withAccumulator { $0.flush(completion) }
        if isWaiting { sender.wake() } else { completion() }
    }

    /// How many partitions the topic has; waits for metadata up to `max.block.ms`.
    public func partitionCount(of topic: TopicName) async throws(KafkaError) -> Int {
        let metadata = try await client.metadata(for: [topic], timeout: configuration.maxBlock)
        return metadata.topics[topic]?.partitions.count ?? 0
    }

    /// The synchronous form, not for event loops.
    public func partitionCountBlocking(of topic: TopicName) throws(KafkaError) -> Int {
        if let known = client.cachedMetadata.topics[topic], known.error == .none { return known.partitions.count }
        try blockForTopic(topic)
        return client.cachedMetadata.topics[topic]?.partitions.count ?? 0
    }

    /// Takes no more records, sends what is there within `timeout`, and fails the rest. The client stays open.
    public func close(timeout: Duration = .seconds(30)) async {
        let promise = client.eventLoop.makePromise(of: Void.self)
        let cut = client.eventLoop.scheduleTask(in: TimeAmount(timeout)) { promise.succeed() }
        let isWaiting = sender.withAccumulator { state in
            let isWaiting = state.flush { promise.succeed() }
            state.failure = state.failure ?? KafkaError(.unknownServerError, "The producer is closed.")
            return isWaiting
        }
        if isWaiting { sender.wake() } else { promise.succeed() }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            promise.futureResult.whenComplete { [sender] _ in
                sender.abandon(KafkaError(.unknownServerError, "The producer was closed before this was sent."))
                continuation.resume()
            }
        }
        cut.cancel()
    }
}

extension Sender {
    /// Takes over partitions and leaders of the topics in use, and of `topic`.
    func takeOver(_ metadata: ClusterMetadata, including topic: TopicName? = nil) {
        withAccumulator { state in
            for name in state.topics.map(\.name) + (topic.map { [$0] } ?? []) {
                if let known = metadata.topics[name], known.error == .none { state.update(known) }
            }
        }
        wake()
    }
}

extension RecordAccumulator.Settings {
    init(_ configuration: ProducerConfiguration) {
        self.init()
        batchSizeBytes = configuration.batchSizeBytes
        linger = TimeAmount(configuration.linger)
        bufferMemoryBytes = configuration.bufferMemoryBytes
        deliveryTimeout = TimeAmount(configuration.deliveryTimeout)
        maxRequestSizeBytes = configuration.maxRequestSizeBytes
        maxOnWire = configuration.maxInFlightRequests
        retries = configuration.retries
        isIdempotent = configuration.isIdempotent
        ignoresKeys = configuration.ignoresKeys
        compression = configuration.compression
        compressionLevel = configuration.compressionLevel
        backoff = ExponentialBackoff(initial: configuration.retryBackoff, maximum: configuration.retryBackoffMax)
    }
}

/// `bytes` in place, or nil.
func withOptionalBytes<R, E: Error>(
    _ bytes: Bytes?,
    _ body: (UnsafeRawBufferPointer?) throws(E) -> R
) throws(E) -> R {
    guard let bytes else { return try body(nil) }
    return try bytes.withUnsafeBytes(body)
}
