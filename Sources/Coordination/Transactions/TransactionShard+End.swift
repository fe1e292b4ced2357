import Records

extension TransactionShard {
    /// A producer ends its transaction. The answer is the producer as it is from now on: in version 2 with a new epoch,
    /// and perhaps a new id.
    ///
    /// Repeated after it succeeded, it succeeds again and does nothing. In version 2 the epoch tells a repetition from
    /// the end of the next transaction, so that the one never touches the other. See KIP-98 and KIP-890.
    public func end(
        _ id: TransactionalID,
        _ request: TransactionEnd,
        freshID: ProducerID?,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<ProducerIdentity> {
        if id == "" { throw .invalidRequest }
        guard let known = ids[id] else { throw .invalidProducerIDMapping }
        return request.version.bumpsEpochs
            ? try endWithEpochBump(id, known, request, freshID: freshID, at: moment)
            : try endWithoutEpochBump(id, known, request, at: moment)
    }

    private func endWithoutEpochBump(
        _ id: TransactionalID,
        _ known: TransactionMetadata,
        _ request: TransactionEnd,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<ProducerIdentity> {
        guard known.producerID == request.producer.id else { throw .invalidProducerIDMapping }
        guard known.producerEpoch == request.producer.epoch else { throw .producerFenced }
        switch known.state {
        case .ongoing: return ending(id, known, request, nextID: .none, at: moment)
        case .completeCommit, .completeAbort:
            guard known.hasEnded(as: request.commits) else { throw .invalidTransactionState }
            return TransactionOutcome(known.producer)
        case .prepareCommit, .prepareAbort:
            throw known.hasEnded(as: request.commits) ? .concurrentTransactions : .invalidTransactionState
        case .empty, .dead, .prepareEpochFence: throw .invalidTransactionState
        }
    }

    private func endWithEpochBump(
        _ id: TransactionalID,
        _ known: TransactionMetadata,
        _ request: TransactionEnd,
        freshID: ProducerID?,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<ProducerIdentity> {
        let epoch = request.producer.epoch
        let repeatsWithNewID =
            known.previousProducerID == request.producer.id && epoch == TransactionMetadata.lastEpoch
            && known.producerEpoch == 0
        let isRepetition = Int32(known.producerEpoch.rawValue) == Int32(epoch.rawValue) + 1 || repeatsWithNewID
        guard known.producerID == request.producer.id || repeatsWithNewID else { throw .invalidProducerIDMapping }
        switch known.state {
        case .empty, .ongoing, .dead, .prepareEpochFence:
            guard epoch == known.producerEpoch, known.producerID == request.producer.id else { throw .producerFenced }
            // There may be nothing to abort: partitions join when they are written to.
            guard known.state == .ongoing || (known.state == .empty && !request.commits) else {
                throw .invalidTransactionState
            }
        case .prepareCommit, .prepareAbort:
            guard isRepetition else { throw .producerFenced }
            throw known.hasEnded(as: request.commits) ? .concurrentTransactions : .invalidTransactionState
        case .completeCommit, .completeAbort:
            if isRepetition {
                guard known.hasEnded(as: request.commits) else { throw .invalidTransactionState }
                return TransactionOutcome(known.producer)
            }
            guard epoch == known.producerEpoch else { throw .producerFenced }
            guard !request.commits else { throw .invalidTransactionState }
        }
        var nextID = ProducerID.none
        if known.isEpochExhausted {
            guard let freshID else { throw .producerIDNeeded }
            nextID = freshID
        }
        return ending(id, known, request, nextID: nextID, at: moment)
    }

    private func ending(
        _ id: TransactionalID,
        _ known: TransactionMetadata,
        _ request: TransactionEnd,
        nextID: ProducerID,
        at moment: Moment
    ) -> TransactionOutcome<ProducerIdentity> {
        let prepared = known.prepared(commits: request.commits, request.version, nextID: nextID, at: moment.wall)
        let next = nextID == .none ? prepared.producer : ProducerIdentity(nextID, 0)
        var outcome = TransactionOutcome(next)
        decide(id, prepared, &outcome)
        return outcome
    }

    /// Aborts a transaction that has been open for longer than its timeout, and fences its producer.
    public func abortTimedOut(
        _ id: TransactionalID,
        _ serverVersion: TransactionVersion,
        freshID: ProducerID?,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<Void> {
        var outcome = TransactionOutcome(())
        guard let known = ids[id], known.isTimedOut(at: moment.wall) else { return outcome }
        try fence(id, known, serverVersion, freshID: freshID, at: moment, &outcome)
        outcome.notices = ["\(id): the transaction of producer \(known.producerID) timed out and is aborted"]
        return outcome
    }
}

extension TransactionMetadata {
    /// Who the producer is.
    public var producer: ProducerIdentity { ProducerIdentity(producerID, producerEpoch) }

    /// Whether the last transaction's outcome is decided, and this one.
    fileprivate func hasEnded(as commits: Bool) -> Bool {
        switch state {
        case .prepareCommit, .completeCommit: commits
        case .prepareAbort, .completeAbort: !commits
        case .empty, .ongoing, .dead, .prepareEpochFence: false
        }
    }
}
