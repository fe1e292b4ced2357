import DequeModule
import KafkaProtocol
import NIOCore
import Records

/// Collects records into batches, and decides which batches go out when: by size and linger, in order, within the memory.
///
/// A value without clock, lock or I/O. ``Producer`` appends under a lock; ``Sender`` drains and settles.
///
/// Invariant: `usedBytes` is the sum of the reservations of all batches that are not finished.
struct RecordAccumulator {
    struct Settings: Sendable {
        var batchSizeBytes = 16_384
        var linger = TimeAmount.milliseconds(5)
        var bufferMemoryBytes = 33_554_432
        var deliveryTimeout = TimeAmount.seconds(120)
        var maxRequestSizeBytes = 1_048_576
        var maxOnWire = 5
        var retries = Int.max
        var isIdempotent = true
        var ignoresKeys = false
        var compression = Compression.none
        var compressionLevel: Int?
        var backoff = ExponentialBackoff(initial: .milliseconds(100), maximum: .seconds(1))
    }

    struct Topic {
        let name: TopicName
        var partitions: [PartitionQueue]
        var available: [PartitionIndex]
        var partitioner: StickyPartitioner
    }

    enum Appended: Hashable {
        /// The record is in a batch; whether the sender should look.
        case taken(wakesSender: Bool)
        /// There is no memory for another batch now.
        case outOfMemory
    }

    struct QueueID: Hashable {
        let topic: Int
        let partition: Int
    }

    let settings: Settings
    var topics: [Topic] = []
    private var topicIndices: [TopicName: Int] = [:]
    private var lastTopic: (name: TopicName, index: Int)?
    var active: [QueueID] = []
    private(set) var usedBytes = 0
    /// Callers who wait for memory, the first first.
    var memoryWaiters = Deque<@Sendable () -> Void>()
    var identity: ProducerIdentity?
    /// Why nothing is taken any more: closed, or failed as a whole.
    var failure: KafkaError?
    private var unfinished = UnfinishedBatches()
    var flushes: [(barrier: UInt64, completion: @Sendable () -> Void)] = []

    init(_ settings: Settings) { self.settings = settings }

    // MARK: Topics

    /// The topic's place; nil while its partitions are not known.
    mutating func topicIndex(_ name: TopicName) -> Int? {
        if let lastTopic, lastTopic.name == name { return lastTopic.index }
        guard let index = topicIndices[name] else { return nil }
        lastTopic = (name, index)
        return index
    }

    /// Takes over partitions and leaders.
    mutating func update(_ metadata: TopicMetadata) {
        guard !metadata.partitions.isEmpty else { return }
        let index: Int
        if let known = topicIndices[metadata.name] {
            index = known
        } else {
            index = topics.count
            topicIndices[metadata.name] = index
            let partitioner = StickyPartitioner(stickyBytes: settings.batchSizeBytes)
            topics.append(Topic(name: metadata.name, partitions: [], available: [], partitioner: partitioner))
        }
        for (place, partition) in metadata.partitions.enumerated() {
            if place < topics[index].partitions.count {
                topics[index].partitions[place].leader = partition.leader
            } else {
                let id = TopicPartition(metadata.name, partition.index)
                topics[index].partitions.append(PartitionQueue(id, leader: partition.leader))
            }
        }
        let available = metadata.partitions.filter { $0.leader != .none }.map(\.index)
        if available != topics[index].available {
            topics[index].available = available
            topics[index].partitioner.reset()
        }
    }

    // MARK: Appending

    /// Appends a record. `now` and `random` are asked only when a batch or a sticky partition begins. Errors: the record
    /// is larger than a request or the memory may be, or its partition does not exist.
    mutating func append(
        topic: Int,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header],
        callback: DeliveryCallback?,
        now: () -> NIODeadline,
        random: () -> UInt64
    ) throws(KafkaError) -> Appended {
        if let failure { throw failure }
        let size = RecordBatchBuilder.maxRecordSize(
            keyCount: key?.count ?? 0,
            valueCount: value?.count ?? 0,
            headers: headers
        )
        try checkSize(RecordBatch.headerSize + size)
        let (place, isSticky) = try choose(topic, partition, key, random)
        let limit = settings.batchSizeBytes
        var wakes = false
        if let open = topics[topic].partitions[place].open, open.estimatedBytes + size > limit {
            topics[topic].partitions[place].closed.append(open)
            topics[topic].partitions[place].open = nil
            wakes = true
        }
        if topics[topic].partitions[place].open == nil {
            let reserved = max(limit, RecordBatch.headerSize + size)
            guard usedBytes == 0 || usedBytes + reserved <= settings.bufferMemoryBytes else { return .outOfMemory }
            usedBytes += reserved
            begin(topic, place, reserved: reserved, now: now())
            wakes = true
        }
        guard let batch = topics[topic].partitions[place].open else { return .outOfMemory }
        if let callback {
            batch.deliveries.append(
                ProducerBatch.Delivery(
                    index: batch.recordCount,
                    timestamp: timestamp,
                    keySize: key?.count ?? -1,
                    valueSize: value?.count ?? -1,
                    callback: callback
                )
            )
        }
        batch.builder.append(timestamp: timestamp, key: key, value: value, headers: headers)
        let isFull = batch.estimatedBytes >= limit
        if isFull {
            topics[topic].partitions[place].closed.append(batch)
            topics[topic].partitions[place].open = nil
            wakes = true
        }
        if isSticky { topics[topic].partitioner.appended(bytes: size, isBatchFull: isFull) }
        return .taken(wakesSender: wakes)
    }

    private func checkSize(_ size: Int) throws(KafkaError) {
        if size > settings.maxRequestSizeBytes || size > settings.bufferMemoryBytes { throw tooLarge(size) }
    }

    @inline(never)
    private func tooLarge(_ size: Int) -> KafkaError {
        let limit =
            size > settings.maxRequestSizeBytes
            ? "\(settings.maxRequestSizeBytes), which is the value of the max.request.size configuration."
            : "the total memory buffer you have configured with the buffer.memory configuration."
        let announced = "The message is \(size) bytes when serialized which is larger than"
        return KafkaError(.messageTooLarge, "\(announced) \(limit)")
    }

    private mutating func choose(
        _ topic: Int,
        _ partition: PartitionIndex?,
        _ key: UnsafeRawBufferPointer?,
        _ random: () -> UInt64
    ) throws(KafkaError) -> (place: Int, isSticky: Bool) {
        let count = topics[topic].partitions.count
        if let partition {
            guard (0..<count).contains(Int(partition.rawValue)) else {
                let name = topics[topic].name
                let message = "Partition \(partition) of topic \(name) with partition count \(count) does not exist."
                throw KafkaError(.unknownTopicOrPartition, message)
            }
            return (Int(partition.rawValue), false)
        }
        if let key, !settings.ignoresKeys {
            return (Int(PartitionIndex(forKey: key, of: Int32(count)).rawValue), false)
        }
        let available = topics[topic].available
        let chosen = topics[topic].partitioner.partition(available: available, count: count, random: random)
        return (Int(chosen.rawValue), true)
    }

    private mutating func begin(_ topic: Int, _ place: Int, reserved: Int, now: NIODeadline) {
        let builder = RecordBatchBuilder(
            compression: settings.compression,
            level: settings.compressionLevel,
            initialCapacity: min(settings.batchSizeBytes + 64, 16 * 1024)
        )
        topics[topic].partitions[place].open = ProducerBatch(
            number: unfinished.begin(),
            topicPartition: topics[topic].partitions[place].topicPartition,
            createdAt: now,
            reservedBytes: reserved,
            builder: builder
        )
        activate(QueueID(topic: topic, partition: place))
    }

    mutating func activate(_ id: QueueID) {
        guard !topics[id.topic].partitions[id.partition].isActive else { return }
        topics[id.topic].partitions[id.partition].isActive = true
        active.append(id)
    }

    // MARK: Finished batches

    /// One more batch shares this number.
    mutating func splitBatch(_ number: UInt64) { unfinished.split(number) }

    /// The batch is done. Gives back whom to tell: those who wait for memory, and flushes that are complete.
    mutating func finish(_ batch: ProducerBatch) -> [@Sendable () -> Void] {
        usedBytes -= batch.reservedBytes
        batch.reservedBytes = 0
        unfinished.end(batch.number)
        var told = Array(memoryWaiters)
        memoryWaiters = []
        told += flushes.filter { !unfinished.contains(upTo: $0.barrier) }.map(\.completion)
        flushes.removeAll { !unfinished.contains(upTo: $0.barrier) }
        return told
    }

    /// Everything appended so far goes out now. False when there is nothing, and `completion` is not kept.
    mutating func flush(_ completion: @escaping @Sendable () -> Void) -> Bool {
        guard let barrier = unfinished.last, unfinished.contains(upTo: barrier) else { return false }
        flushes.append((barrier, completion))
        return true
    }

    var hasUnfinished: Bool { unfinished.last.map { unfinished.contains(upTo: $0) } ?? false }
}

/// Which batches are not finished, by number; a number counts as often as its batch was split.
struct UnfinishedBatches {
    private var counts = Deque<Int>()
    private var first: UInt64 = 0

    /// The latest number given out.
    var last: UInt64? { first + UInt64(counts.count) == 0 ? nil : first + UInt64(counts.count) - 1 }

    mutating func begin() -> UInt64 {
        counts.append(1)
        return first + UInt64(counts.count) - 1
    }

    mutating func split(_ number: UInt64) {
        guard number >= first, number - first < UInt64(counts.count) else { return }
        counts[Int(number - first)] += 1
    }

    mutating func end(_ number: UInt64) {
        guard number >= first, number - first < UInt64(counts.count) else { return }
        counts[Int(number - first)] -= 1
        while counts.first == 0 {
            counts.removeFirst()
            first += 1
        }
    }

    /// Whether a number of at most `barrier` is unfinished.
    func contains(upTo barrier: UInt64) -> Bool { !counts.isEmpty && first <= barrier }
}
