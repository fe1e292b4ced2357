import DequeModule
import NIOCore
import Records

/// One partition's batches, from the open one to those on the wire, and the sequence numbers that keep them in order.
///
/// With idempotence a sequence counts records from ``origin`` on, modulo 2^31. A batch that failed for good leaves a hole
/// that the broker would never accept, so the partition starts again: when nothing of it is on the wire, it takes the
/// bumped epoch and numbers what is left from 0. See KIP-360.
///
/// Invariant: ``retries`` and ``onWire`` are in order of position; positions below ``nextPosition`` are taken.
struct PartitionQueue {
    struct OnWire: Hashable {
        let position: Int64
        let recordCount: Int
    }

    let topicPartition: TopicPartition
    var leader: BrokerID
    /// Takes records.
    var open: ProducerBatch?
    /// Full, and not yet numbered.
    var closed = Deque<ProducerBatch>()
    /// Sent before; the same numbers again.
    var retries = Deque<ProducerBatch>()
    var onWire: [OnWire] = []
    var identity: ProducerIdentity?
    var mustRestart = false
    var notBefore = NIODeadline.uptimeNanoseconds(0)
    var lastAcknowledged = Offset(-1)
    /// Whether the accumulator looks at it.
    var isActive = false
    private var nextPosition: Int64 = 0
    private var origin: Int64 = 0

    init(_ topicPartition: TopicPartition, leader: BrokerID) {
        self.topicPartition = topicPartition
        self.leader = leader
    }

    var isEmpty: Bool { open == nil && closed.isEmpty && retries.isEmpty && onWire.isEmpty }

    /// Whether the rules of order let another batch go out.
    func mayDrain(isIdempotent: Bool, maxOnWire: Int) -> Bool {
        if mustRestart { return onWire.isEmpty }
        guard onWire.count < maxOnWire else { return false }
        // A batch that is repeated goes when all before it are settled, and those behind it wait.
        guard isIdempotent, let retry = retries.first, let first = onWire.first else { return true }
        return retry.position < first.position
    }

    /// Takes the next batch off, numbered for `current`; nil where there is none.
    mutating func drain(_ current: ProducerIdentity?, takesOpen: Bool) -> ProducerBatch? {
        if let current { adopt(current) }
        let batch: ProducerBatch
        if let retry = retries.popFirst() {
            batch = retry
        } else if let full = closed.popFirst() {
            batch = number(full)
        } else if takesOpen, let last = open {
            open = nil
            batch = number(last)
        } else {
            return nil
        }
        if let identity {
            batch.builder.producerID = identity.id
            batch.builder.producerEpoch = identity.epoch
            batch.builder.baseSequence = sequence(of: batch.position)
        }
        batch.attempts += 1
        insert(OnWire(position: batch.position, recordCount: batch.recordCount))
        return batch
    }

    /// The batch came back from the wire, with whatever outcome.
    mutating func settled(_ batch: ProducerBatch) {
        onWire.removeAll { $0.position == batch.position }
    }

    /// The batch will be sent again.
    mutating func retry(_ batch: ProducerBatch) {
        let place = retries.firstIndex { $0.position > batch.position } ?? retries.endIndex
        retries.insert(batch, at: place)
    }

    /// Whether no older batch is unsettled: then an order error is not the consequence of another batch's.
    func isFirst(_ batch: ProducerBatch) -> Bool {
        (onWire.first.map { $0.position > batch.position } ?? true)
            && (retries.first.map { $0.position > batch.position } ?? true)
    }

    private mutating func number(_ batch: ProducerBatch) -> ProducerBatch {
        batch.position = nextPosition
        nextPosition += Int64(batch.recordCount)
        return batch
    }

    private mutating func adopt(_ current: ProducerIdentity) {
        let isSettled = onWire.isEmpty && (retries.isEmpty || mustRestart)
        guard identity == nil || (isSettled && (identity != current || mustRestart)) else { return }
        identity = current
        mustRestart = false
        origin = nextPosition
        for batch in retries {
            batch.position = nextPosition
            nextPosition += Int64(batch.recordCount)
        }
    }

    private mutating func insert(_ entry: OnWire) {
        let place = onWire.firstIndex { $0.position > entry.position } ?? onWire.endIndex
        onWire.insert(entry, at: place)
    }

    private func sequence(of position: Int64) -> Int32 {
        Int32(truncatingIfNeeded: (position - origin) & 0x7fff_ffff)
    }
}
