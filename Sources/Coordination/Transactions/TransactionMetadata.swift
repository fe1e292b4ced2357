import Records

/// What is known of a transactional id: its producer, and its last transaction. A value; a change is a new value.
///
/// Invariant: a state that is prepared or ongoing has a start time; only those have partitions.
public struct TransactionMetadata: Sendable, Hashable {
    /// The largest epoch that a client is given. The one above it serves to fence the last client.
    static let lastEpoch = ProducerEpoch(Int16.max - 1)

    /// The id of the producer.
    public var producerID: ProducerID
    /// The id before this one, where the epochs of that ran out; none else.
    public var previousProducerID = ProducerID.none
    /// The id that the producer has once the markers are written; none unless the epochs have run out.
    public var nextProducerID = ProducerID.none
    /// The epoch of the producer; -1 before the first one.
    public var producerEpoch: ProducerEpoch
    /// The epoch before this one, by which a repeated request is recognised; -1 for none. Not written down.
    public var lastProducerEpoch = ProducerEpoch.none
    /// How long a transaction may stay open.
    public var timeout: Duration
    /// Where the id stands.
    public var state: TransactionState
    /// The partitions of the transaction that is open or prepared.
    public var partitions: Set<TopicPartition> = []
    /// When the last transaction began; none since the producer was initialised.
    public var startTimestamp = Timestamp.none
    /// When something changed last.
    public var lastUpdateTimestamp: Timestamp
    /// The flow that the client followed when it ended its last transaction.
    public var clientVersion = TransactionVersion.v0

    /// An id with these fields.
    public init(
        producerID: ProducerID,
        producerEpoch: ProducerEpoch = .none,
        timeout: Duration,
        state: TransactionState = .empty,
        lastUpdateTimestamp: Timestamp
    ) {
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.timeout = timeout
        self.state = state
        self.lastUpdateTimestamp = lastUpdateTimestamp
    }

    /// Whether no client may be given another epoch of this producer id.
    var isEpochExhausted: Bool { TransactionMetadata.isExhausted(producerEpoch) }

    static func isExhausted(_ epoch: ProducerEpoch) -> Bool { epoch >= lastEpoch }

    /// Whether the transaction has been open for longer than its timeout.
    func isTimedOut(at now: Timestamp) -> Bool {
        guard state == .ongoing else { return false }
        let (limit, overflow) = startTimestamp.rawValue.addingReportingOverflow(timeout.wholeMilliseconds)
        return !overflow && limit < now.rawValue
    }

    /// Whether nothing has happened for `retention`, so that the id may be forgotten.
    func isExpired(at now: Timestamp, after retention: Duration) -> Bool {
        guard state.mayExpire else { return false }
        let (limit, overflow) = now.rawValue.subtractingReportingOverflow(retention.wholeMilliseconds)
        return !overflow && lastUpdateTimestamp.rawValue <= limit
    }

    // MARK: Changes

    /// The id with a new session of its producer, under `epoch`.
    func initialised(
        _ epoch: ProducerEpoch,
        last: ProducerEpoch,
        timeout: Duration,
        at now: Timestamp
    ) -> TransactionMetadata {
        var changed = self
        changed.state = .empty
        changed.producerEpoch = epoch
        changed.lastProducerEpoch = last
        changed.nextProducerID = .none
        changed.timeout = timeout
        changed.partitions = []
        changed.startTimestamp = .none
        changed.lastUpdateTimestamp = now
        return changed
    }

    /// The id with another producer id, since the epochs of its own have run out.
    func rotated(
        to id: ProducerID,
        last: ProducerEpoch,
        timeout: Duration,
        at now: Timestamp
    ) -> TransactionMetadata {
        var changed = initialised(0, last: last, timeout: timeout, at: now)
        changed.previousProducerID = producerID
        changed.producerID = id
        return changed
    }

    /// The id with partitions added to its transaction, which begins where none is open.
    func adding(
        _ partitions: some Sequence<TopicPartition>,
        _ version: TransactionVersion,
        at now: Timestamp
    ) -> TransactionMetadata {
        var changed = self
        if state != .ongoing {
            changed.startTimestamp = now
            changed.partitions = []
        }
        changed.state = .ongoing
        changed.partitions.formUnion(partitions)
        changed.clientVersion = version
        changed.lastUpdateTimestamp = now
        return changed
    }

    /// The id with the outcome of its transaction decided. In version 2 the epoch rises; where none is left, `nextID`
    /// follows.
    func prepared(
        commits: Bool,
        _ version: TransactionVersion,
        nextID: ProducerID,
        at now: Timestamp
    ) -> TransactionMetadata {
        var changed = self
        if state != .ongoing {
            // Version 2 lets a client abort before it has written anything.
            changed.startTimestamp = now
            changed.partitions = []
        }
        changed.state = commits ? .prepareCommit : .prepareAbort
        if version.bumpsEpochs {
            changed.lastProducerEpoch = producerEpoch
            changed.producerEpoch = raisedEpoch
            changed.nextProducerID = nextID
        }
        changed.clientVersion = version
        changed.lastUpdateTimestamp = now
        return changed
    }

    /// The id with its open transaction to be aborted, and its producer fenced by a higher epoch.
    func fenced(_ version: TransactionVersion, nextID: ProducerID, at now: Timestamp) -> TransactionMetadata {
        var changed = prepared(commits: false, version, nextID: nextID, at: now)
        if !version.bumpsEpochs {
            changed.producerEpoch = raisedEpoch
            changed.lastProducerEpoch = .none
        }
        return changed
    }

    /// The epoch after this one. Nobody is ever given the largest one, so there is one.
    private var raisedEpoch: ProducerEpoch { ProducerEpoch(min(producerEpoch.rawValue, Int16.max - 1) + 1) }

    /// The id with all markers of its transaction written.
    func completed(at now: Timestamp) -> TransactionMetadata {
        var changed = self
        changed.state = state == .prepareCommit ? .completeCommit : .completeAbort
        if clientVersion.bumpsEpochs, nextProducerID != .none {
            changed.previousProducerID = producerID
            changed.producerID = nextProducerID
            changed.nextProducerID = .none
            changed.lastProducerEpoch = producerEpoch
            changed.producerEpoch = 0
        }
        changed.partitions = []
        changed.lastUpdateTimestamp = now
        return changed
    }
}
