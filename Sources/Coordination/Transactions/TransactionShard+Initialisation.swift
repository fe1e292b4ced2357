import Records

extension TransactionShard {
    /// A producer begins a session: it gets an epoch that fences every producer of the same id before it. A transaction
    /// that is open is aborted first, and the producer asks again.
    ///
    /// `serverVersion` is the level of `transaction.version`; `freshID` a producer id that nobody has, where the shell has
    /// been asked for one by ``TransactionError/producerIDNeeded``. See KIP-98, KIP-360.
    public func initialise(
        _ id: TransactionalID,
        _ request: ProducerInitialisation,
        _ serverVersion: TransactionVersion,
        freshID: ProducerID?,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<InitialisationAnswer> {
        try request.check(id, configuration)
        guard let known = ids[id] else {
            guard let freshID else { throw .producerIDNeeded }
            let created = TransactionMetadata(
                producerID: freshID,
                timeout: request.timeout,
                lastUpdateTimestamp: moment.wall
            )
            return begun(id, created.initialised(0, last: .none, timeout: request.timeout, at: moment.wall))
        }
        if let expected = request.expected, !known.mayBe(expected) { throw .producerFenced }
        switch known.state {
        case .prepareCommit, .prepareAbort: throw .concurrentTransactions
        case .ongoing:
            var outcome = TransactionOutcome(InitialisationAnswer.fencingOngoing)
            try fence(id, known, serverVersion, freshID: freshID, at: moment, &outcome)
            outcome.notices = ["\(id): a new producer aborts the transaction of the one before"]
            return outcome
        case .empty, .completeCommit, .completeAbort, .dead, .prepareEpochFence:
            return begun(id, try next(known, request, freshID: freshID, at: moment))
        }
    }

    private func begun(
        _ id: TransactionalID,
        _ metadata: TransactionMetadata
    ) -> TransactionOutcome<InitialisationAnswer> {
        let producer = ProducerIdentity(metadata.producerID, metadata.producerEpoch)
        var outcome = TransactionOutcome(InitialisationAnswer.producer(producer), [TransactionRecord(id, metadata)])
        outcome.notices = ["\(id): producer id \(producer.id) with epoch \(producer.epoch)"]
        return outcome
    }

    private func next(
        _ known: TransactionMetadata,
        _ request: ProducerInitialisation,
        freshID: ProducerID?,
        at moment: Moment
    ) throws(TransactionError) -> TransactionMetadata {
        let (timeout, now, expected) = (request.timeout, moment.wall, request.expected?.epoch)
        if known.isEpochExhausted, expected == nil || expected == known.producerEpoch {
            guard let freshID else { throw .producerIDNeeded }
            return known.rotated(
                to: freshID,
                last: expected == nil ? .none : known.producerEpoch,
                timeout: timeout,
                at: now
            )
        }
        let raised = ProducerEpoch(known.producerEpoch.rawValue &+ 1)
        guard let expected else { return known.initialised(raised, last: .none, timeout: timeout, at: now) }
        if known.producerEpoch == .none || expected == known.producerEpoch {
            return known.initialised(raised, last: known.producerEpoch, timeout: timeout, at: now)
        }
        // The answer to the first request was lost. No other producer has come since, or the last epoch would be none.
        guard expected == known.lastProducerEpoch else { throw .producerFenced }
        return known.initialised(known.producerEpoch, last: known.lastProducerEpoch, timeout: timeout, at: now)
    }

    /// Aborts the open transaction under an epoch that fences its producer.
    func fence<Answer>(
        _ id: TransactionalID,
        _ known: TransactionMetadata,
        _ serverVersion: TransactionVersion,
        freshID: ProducerID?,
        at moment: Moment,
        _ outcome: inout TransactionOutcome<Answer>
    ) throws(TransactionError) {
        var nextID = ProducerID.none
        if serverVersion.bumpsEpochs, known.isEpochExhausted {
            guard let freshID else { throw .producerIDNeeded }
            nextID = freshID
        }
        decide(id, known.fenced(serverVersion, nextID: nextID, at: moment.wall), &outcome)
    }

    /// The record that decides an outcome, and the markers that follow it.
    func decide<Answer>(
        _ id: TransactionalID,
        _ prepared: TransactionMetadata,
        _ outcome: inout TransactionOutcome<Answer>
    ) {
        outcome.records.append(TransactionRecord(id, prepared))
        outcome.markers.append(
            TransactionMarkers(
                transactionalID: id,
                producerID: prepared.producerID,
                producerEpoch: prepared.producerEpoch,
                commits: prepared.state == .prepareCommit,
                version: prepared.clientVersion,
                partitions: prepared.partitions
            )
        )
    }
}

extension ProducerInitialisation {
    /// Whether the request may be served at all, whatever is known of the id. Errors:
    /// ``TransactionError/invalidRequest``, ``TransactionError/transactionalIDAuthorizationFailed``,
    /// ``TransactionError/unsupportedVersion``, ``TransactionError/invalidTransactionTimeout``.
    public func check(_ id: TransactionalID, _ configuration: TransactionConfiguration) throws(TransactionError) {
        if id == "" { throw .invalidRequest }
        if enablesTwoPhaseCommit { throw .transactionalIDAuthorizationFailed }
        if keepsPreparedTransaction { throw .unsupportedVersion }
        guard timeout > .zero, timeout <= configuration.maximumTimeout else { throw .invalidTransactionTimeout }
    }
}

extension TransactionMetadata {
    /// Whether a producer that says it was `expected` may be this id's: of the same producer id, or of the one before
    /// where its epochs ran out and it did not learn of the new one.
    fileprivate func mayBe(_ expected: ProducerIdentity) -> Bool {
        producerEpoch == .none || expected.id == producerID
            || (expected.id == previousProducerID && TransactionMetadata.isExhausted(expected.epoch))
    }
}
