import Records

/// What a log knows of all its idempotent producers and open transactions: a pure machine, fed with the batches in
/// the order of their offsets, live as on reload.
///
/// Invariant: it stands for all batches below ``endOffset``.
struct ProducerStateTable: Sendable {
    /// A transaction in the log; `lastOffset` is that of its marker, nil while it is open.
    private struct Transaction: Sendable {
        var producerID: ProducerID
        var firstOffset: Offset
        var lastOffset: Offset?
    }

    private(set) var producers: [ProducerID: ProducerState] = [:]
    /// Ascending by first offset.
    private var ongoing: [Transaction] = []
    /// Ended by markers at or above the high watermark: their records are not stable yet.
    private var unreplicated: [Transaction] = []
    /// Producers whose next transactional batch waits for the coordinator's word.
    private var verifications: [ProducerID: PendingVerification] = [:]
    private var nextVerification: UInt64 = 0
    /// The offset after the last batch taken in.
    var endOffset: Offset

    init(endOffset: Offset) { self.endOffset = endOffset }

    init(endOffset: Offset, producers: [ProducerState]) {
        self.endOffset = endOffset
        for producer in producers {
            self.producers[producer.producerID] = producer
            if let first = producer.transactionFirstOffset {
                ongoing.append(Transaction(producerID: producer.producerID, firstOffset: first))
            }
        }
        ongoing.sort { $0.firstOffset < $1.firstOffset }
    }

    // MARK: Reading

    func state(of id: ProducerID) -> ProducerState { producers[id] ?? ProducerState(producerID: id) }

    var isEmpty: Bool { producers.isEmpty && unreplicated.isEmpty }

    /// Where the oldest transaction begins that is open, or ended above the high watermark.
    var firstUnstableOffset: Offset? {
        switch (ongoing.first?.firstOffset, unreplicated.first?.firstOffset) {
        case (let a?, let b?): min(a, b)
        case (let a, let b): a ?? b
        }
    }

    func hasOngoingTransaction(_ id: ProducerID) -> Bool { producers[id]?.transactionFirstOffset != nil }

    /// The last stable offset once `completed` has ended: the start of the oldest transaction still open.
    func lastStableOffset(after completed: CompletedTransaction) -> Offset {
        ongoing.first { $0.producerID != completed.producerID }?.firstOffset ?? completed.lastOffset + 1
    }

    /// Whether the producer's transaction of this epoch is open.
    func hasOngoingTransaction(_ id: ProducerID, _ epoch: ProducerEpoch) -> Bool {
        guard let state = producers[id] else { return false }
        return state.transactionFirstOffset != nil && state.epoch == epoch
    }

    func pendingVerification(of id: ProducerID) -> PendingVerification? { verifications[id] }

    // MARK: Events

    mutating func beginVerification(
        of id: ProducerID,
        _ epoch: ProducerEpoch,
        _ baseSequence: Int32,
        startsAtZero: Bool,
        now: Timestamp
    ) -> VerificationGuard? {
        guard !hasOngoingTransaction(id, epoch) else { return nil }
        if verifications[id] == nil {
            nextVerification += 1
            verifications[id] = PendingVerification(
                verification: VerificationGuard(number: nextVerification),
                since: now,
                lowestSequence: baseSequence,
                epoch: epoch,
                startsAtZero: startsAtZero
            )
        }
        verifications[id]?.saw(baseSequence, epoch)
        return verifications[id]?.verification
    }

    /// The producer's transaction began here, or a marker ended it: what was verified before counts no more.
    mutating func endVerification(of id: ProducerID) {
        if !verifications.isEmpty { verifications[id] = nil }
    }

    /// A batch was appended that changed `state`, and perhaps ended a transaction.
    mutating func update(_ state: ProducerState) {
        let opened = state.transactionFirstOffset
        let known = producers.updateValue(state, forKey: state.producerID)
        guard let opened, opened != known?.transactionFirstOffset else { return }
        let place = ongoing.firstIndex { $0.firstOffset > opened } ?? ongoing.endIndex
        ongoing.insert(Transaction(producerID: state.producerID, firstOffset: opened), at: place)
    }

    mutating func complete(_ completed: CompletedTransaction) {
        guard let index = ongoing.firstIndex(where: { $0.firstOffset == completed.firstOffset }) else { return }
        var transaction = ongoing.remove(at: index)
        transaction.lastOffset = completed.lastOffset
        let place = unreplicated.firstIndex { $0.firstOffset > transaction.firstOffset } ?? unreplicated.endIndex
        unreplicated.insert(transaction, at: place)
    }

    mutating func highWatermarkMoved(to offset: Offset) {
        guard !unreplicated.isEmpty else { return }
        unreplicated.removeAll { ($0.lastOffset ?? .zero) < offset }
    }

    mutating func logStartMoved(to offset: Offset) {
        highWatermarkMoved(to: offset)
        endOffset = max(endOffset, offset)
    }

    /// Forgets producers that have been silent for `expirationMs` and have no transaction open.
    mutating func expire(now: Timestamp, expirationMs: Int64) {
        let expired = producers.values.filter { $0.isExpired(now: now, expirationMs: expirationMs) }
        for state in expired { producers[state.producerID] = nil }
        verifications = verifications.filter { now.rawValue &- $0.value.since.rawValue < expirationMs }
    }

    /// A batch of this log, read back: what ``ProducerState`` accepted before, without checks of its sequence.
    /// Returns the transaction that it ends, for the caller to ``complete(_:)``.
    mutating func replay(_ header: BatchHeader, marker: TransactionMarker?) throws(LogError) -> CompletedTransaction? {
        defer { endOffset = header.nextOffset }
        guard header.hasProducerID else { return nil }
        var state = state(of: header.producerID)
        guard header.isControl else {
            try state.appendData(header, origin: .replication)
            update(state)
            return nil
        }
        guard let marker else { return nil }
        let completed = try state.appendMarker(marker, header, origin: .replication)
        update(state)
        return completed
    }
}

extension ProducerState {
    func isExpired(now: Timestamp, expirationMs: Int64) -> Bool {
        guard transactionFirstOffset == nil else { return false }
        let (age, overflow) = now.rawValue.subtractingReportingOverflow(lastTimestamp.rawValue)
        return !overflow && age >= expirationMs
    }
}
