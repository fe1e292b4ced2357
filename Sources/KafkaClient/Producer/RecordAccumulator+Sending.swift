import DequeModule
import KafkaProtocol
import NIOCore
import Records

/// What became of a batch that was sent.
enum BatchOutcome: Sendable {
    case acknowledged(BatchAcknowledgement)
    case failed(KafkaError, logStartOffset: Offset)
}

/// A batch that is done, with its result; its callbacks are called outside of the lock.
struct FinishedBatch: Sendable {
    let batch: ProducerBatch
    let result: Result<BatchAcknowledgement, KafkaError>
}

/// What the sender has to do after batches were settled.
struct Settlement: Sendable {
    var finished: [FinishedBatch] = []
    /// Those who wait for memory or for a flush.
    var told: [@Sendable () -> Void] = []
}

/// Which brokers can be sent to, and when to look again.
struct ReadyBrokers: Hashable {
    var brokers: Set<BrokerID> = []
    var topicsWithoutLeader: Set<TopicName> = []
    var nextCheck: NIODeadline?

    fileprivate mutating func look(at time: NIODeadline) { nextCheck = min(nextCheck ?? time, time) }
}

extension RecordAccumulator {
    private var sendsOpenBatches: Bool { !flushes.isEmpty || !memoryWaiters.isEmpty || failure != nil }

    /// Looks at every partition that has batches.
    mutating func ready(now: NIODeadline) -> ReadyBrokers {
        var ready = ReadyBrokers()
        active.removeAll { id in
            guard topics[id.topic].partitions[id.partition].isEmpty else { return false }
            topics[id.topic].partitions[id.partition].isActive = false
            return true
        }
        for id in active {
            let queue = topics[id.topic].partitions[id.partition]
            if let expiry = expiry(of: queue) { ready.look(at: expiry) }
            guard queue.mayDrain(isIdempotent: settings.isIdempotent, maxOnWire: settings.maxOnWire) else { continue }
            guard let due = dueTime(queue) else { continue }
            if due > now {
                ready.look(at: due)
            } else if queue.leader == .none {
                ready.topicsWithoutLeader.insert(queue.topicPartition.topic)
            } else {
                ready.brokers.insert(queue.leader)
            }
        }
        return ready
    }

    /// Takes batches for `broker`, at most one of each partition and together at most a request's size; a batch larger
    /// than that goes alone.
    mutating func drain(for broker: BrokerID, now: NIODeadline) -> [ProducerBatch] {
        var batches: [ProducerBatch] = []
        var bytes = 0
        for id in active {
            let queue = topics[id.topic].partitions[id.partition]
            guard queue.leader == broker,
                queue.mayDrain(isIdempotent: settings.isIdempotent, maxOnWire: settings.maxOnWire),
                let due = dueTime(queue), due <= now
            else { continue }
            let next = queue.retries.first ?? queue.closed.first ?? queue.open
            guard let next, batches.isEmpty || bytes + next.estimatedBytes <= settings.maxRequestSizeBytes else {
                continue
            }
            bytes += next.estimatedBytes
            let current = settings.isIdempotent ? identity : nil
            if let batch = topics[id.topic].partitions[id.partition].drain(current, takesOpen: true) {
                batches.append(batch)
            }
        }
        // The next request begins with other partitions, so that none starves behind large ones.
        if let first = active.first, active.count > 1 {
            active.removeFirst()
            active.append(first)
        }
        return batches
    }

    /// When the next batch may go; nil when there is none.
    private func dueTime(_ queue: PartitionQueue) -> NIODeadline? {
        if !queue.retries.isEmpty || !queue.closed.isEmpty { return queue.notBefore }
        guard let open = queue.open else { return nil }
        return sendsOpenBatches ? queue.notBefore : max(queue.notBefore, open.createdAt + settings.linger)
    }

    private func expiry(of queue: PartitionQueue) -> NIODeadline? {
        let oldest = queue.retries.first ?? queue.closed.first ?? queue.open
        return oldest.map { $0.createdAt + settings.deliveryTimeout }
    }

    /// Fails batches that waited for longer than `delivery.timeout.ms`.
    mutating func expire(now: NIODeadline) -> Settlement {
        var settlement = Settlement()
        for id in active {
            while let batch = popExpired(id, now: now) {
                let milliseconds = settings.deliveryTimeout.nanoseconds / 1_000_000
                let what = "Expiring \(batch.recordCount) record(s) for \(batch.topicPartition)"
                let error = KafkaError.timedOut("\(what): \(milliseconds) ms has passed since batch creation")
                // What was sent may have arrived: its number must not be given to another batch.
                if batch.attempts > 0 { restart(id) }
                finish(batch, .failure(error), &settlement)
            }
        }
        return settlement
    }

    private mutating func popExpired(_ id: QueueID, now: NIODeadline) -> ProducerBatch? {
        func isExpired(_ batch: ProducerBatch?) -> Bool {
            batch.map { $0.createdAt + settings.deliveryTimeout <= now } ?? false
        }
        let queue = topics[id.topic].partitions[id.partition]
        if isExpired(queue.retries.first) { return topics[id.topic].partitions[id.partition].retries.popFirst() }
        if isExpired(queue.closed.first) { return topics[id.topic].partitions[id.partition].closed.popFirst() }
        guard isExpired(queue.open) else { return nil }
        defer { topics[id.topic].partitions[id.partition].open = nil }
        return queue.open
    }

    // MARK: Answers

    /// Takes a batch back from the wire: it is done, or goes again.
    mutating func settle(
        _ batch: ProducerBatch,
        _ outcome: BatchOutcome,
        now: NIODeadline,
        random: UInt64
    ) -> Settlement {
        var settlement = Settlement()
        guard let topic = topicIndex(batch.topicPartition.topic) else { return settlement }
        let id = QueueID(topic: topic, partition: Int(batch.topicPartition.partition.rawValue))
        topics[id.topic].partitions[id.partition].settled(batch)
        switch outcome {
        case .acknowledged(let acknowledgement):
            if acknowledgement.baseOffset.rawValue >= 0 {
                let last = acknowledgement.baseOffset + Int64(batch.recordCount - 1)
                let known = topics[id.topic].partitions[id.partition].lastAcknowledged
                topics[id.topic].partitions[id.partition].lastAcknowledged = max(known, last)
            }
            finish(batch, .success(acknowledgement), &settlement)
        case .failed(let error, let logStartOffset):
            failed(batch, id, error, logStartOffset, now, random, &settlement)
        }
        return settlement
    }

    private mutating func failed(
        _ batch: ProducerBatch,
        _ id: QueueID,
        _ error: KafkaError,
        _ logStartOffset: Offset,
        _ now: NIODeadline,
        _ random: UInt64,
        _ settlement: inout Settlement
    ) {
        if error.code == .messageTooLarge || error.code == .recordListTooLarge, batch.recordCount > 1 {
            if split(batch, id, &settlement) { return }
        }
        let isExpired = batch.createdAt + settings.deliveryTimeout <= now
        guard !isExpired, batch.attempts <= settings.retries, canRetry(batch, id, error, logStartOffset) else {
            if settings.isIdempotent { restart(id) }
            finish(batch, .failure(error), &settlement)
            return
        }
        let wait = settings.backoff.delay(failures: batch.attempts, random: random)
        topics[id.topic].partitions[id.partition].notBefore = now + TimeAmount(wait)
        topics[id.topic].partitions[id.partition].retry(batch)
        activate(id)
    }

    private mutating func canRetry(
        _ batch: ProducerBatch,
        _ id: QueueID,
        _ error: KafkaError,
        _ logStartOffset: Offset
    ) -> Bool {
        if error.isRetriable { return true }
        guard settings.isIdempotent else { return false }
        let queue = topics[id.topic].partitions[id.partition]
        switch error.code {
        case .outOfOrderSequenceNumber:
            // The consequence of an older batch that is not settled, or of one that failed.
            return !queue.isFirst(batch) || queue.mustRestart
        case .unknownProducerId:
            if !queue.isFirst(batch) || queue.mustRestart { return true }
            // All that the broker had of this producer is past retention: nothing is lost.
            guard logStartOffset > queue.lastAcknowledged else { return false }
            restart(id)
            return true
        default:
            return false
        }
    }

    /// The partition's numbers have a hole: it goes on under the next epoch.
    private mutating func restart(_ id: QueueID) {
        guard settings.isIdempotent else { return }
        if topics[id.topic].partitions[id.partition].identity == identity { identity = identity?.bumped }
        topics[id.topic].partitions[id.partition].mustRestart = true
    }

    private mutating func split(_ batch: ProducerBatch, _ id: QueueID, _ settlement: inout Settlement) -> Bool {
        do {
            let (first, second) = try batch.split()
            splitBatch(batch.number)
            topics[id.topic].partitions[id.partition].retry(first)
            topics[id.topic].partitions[id.partition].retry(second)
            activate(id)
            return true
        } catch {
            return false
        }
    }

    private mutating func finish(
        _ batch: ProducerBatch,
        _ result: Result<BatchAcknowledgement, KafkaError>,
        _ settlement: inout Settlement
    ) {
        settlement.finished.append(FinishedBatch(batch: batch, result: result))
        settlement.told += finish(batch)
    }

    /// Fails everything that is not on the wire: the producer closes, or may not go on.
    mutating func abandon(_ error: KafkaError) -> Settlement {
        var settlement = Settlement()
        failure = failure ?? error
        for id in active {
            let queue = topics[id.topic].partitions[id.partition]
            topics[id.topic].partitions[id.partition].retries = []
            topics[id.topic].partitions[id.partition].closed = []
            topics[id.topic].partitions[id.partition].open = nil
            for batch in Array(queue.retries) + Array(queue.closed) + (queue.open.map { [$0] } ?? []) {
                finish(batch, .failure(error), &settlement)
            }
        }
        return settlement
    }
}
