import Records

/// What a log knows of one idempotent producer: its epoch, its last batches, and its open transaction.
public struct ProducerState: Sendable, Hashable {
    /// A batch that was appended, kept to recognise a retry of it.
    public struct Batch: Sendable, Hashable {
        public var lastSequence: Int32
        public var lastOffset: Offset
        public var offsetDelta: Int32
        public var timestamp: Timestamp

        public var firstOffset: Offset { Offset(lastOffset.rawValue &- Int64(offsetDelta)) }

        /// Counted back from the last one over the wrap from the largest Int32 to 0.
        public var firstSequence: Int32 {
            RecordBatch.sequence(lastSequence, advancedBy: 0 &- offsetDelta)
        }
    }

    /// As many as a producer may have in flight.
    public static let retainedBatches = 5

    public internal(set) var producerID: ProducerID
    /// -1 where no batch of this producer is known.
    public internal(set) var epoch: ProducerEpoch = .none
    /// Of the last transaction marker; -1 where there was none.
    public internal(set) var coordinatorEpoch: Int32 = -1
    public internal(set) var lastTimestamp: Timestamp = .none
    /// Where the open transaction begins.
    public internal(set) var transactionFirstOffset: Offset?
    /// Oldest first, at most ``retainedBatches``, all of the current epoch.
    public internal(set) var batches: [Batch] = []

    init(producerID: ProducerID) { self.producerID = producerID }

    /// -1 where no batch is known.
    public var lastSequence: Int32 { batches.last?.lastSequence ?? -1 }

    /// The batch that has exactly the sequences of `header`, if it is among the last ones of the same epoch.
    func duplicate(of header: BatchHeader) -> Batch? {
        guard header.producerEpoch == epoch else { return nil }
        return batches.last { $0.lastSequence == header.lastSequence && $0.firstSequence == header.baseSequence }
    }

    mutating func append(_ batch: Batch, epoch: ProducerEpoch) {
        setEpoch(epoch)
        if batches.count == Self.retainedBatches { batches.removeFirst() }
        batches.append(batch)
        lastTimestamp = batch.timestamp
    }

    mutating func setEpoch(_ epoch: ProducerEpoch) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        batches = []
    }
}

/// Where an append comes from, which decides how strictly it is checked.
public enum AppendOrigin: Sendable {
    /// A producer.
    case client
    /// A coordinator of this broker: its own records, and transaction markers.
    case coordinator
    /// A leader's log, or one's own during recovery: what is there was accepted before.
    case replication
}

/// A transaction whose marker is being appended.
struct CompletedTransaction: Sendable, Hashable {
    var producerID: ProducerID
    var firstOffset: Offset
    var lastOffset: Offset
    var isAborted: Bool
}
