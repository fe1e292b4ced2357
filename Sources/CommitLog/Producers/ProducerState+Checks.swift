import Records

/// The rules of idempotence and transactions for one producer's next batch. See KIP-98, KIP-360, KIP-890.
extension ProducerState {
    /// Takes in a data batch that was given its offsets. Errors leave this value as it was:
    /// ``LogError/invalidProducerEpoch(reason:)``, ``LogError/outOfOrderSequence(reason:)``,
    /// ``LogError/invalidTransactionState(reason:)``.
    mutating func appendData(
        _ header: BatchHeader,
        origin: AppendOrigin,
        verification: PendingVerification? = nil
    ) throws(LogError) {
        try checkEpoch(header.producerEpoch, origin: origin, offset: header.baseOffset)
        if origin == .client {
            if let verification { try checkSequence(header, verification) }
            try checkSequence(header)
        }
        if transactionFirstOffset != nil, !header.isTransactional, origin != .replication {
            throw .invalidTransactionState(
                reason: "producer \(producerID) has an open transaction, but sent a batch outside of one"
            )
        }
        if transactionFirstOffset == nil, header.isTransactional { transactionFirstOffset = header.baseOffset }
        append(
            Batch(
                lastSequence: header.lastSequence,
                lastOffset: header.lastOffset,
                offsetDelta: header.lastOffsetDelta,
                timestamp: header.maxTimestamp
            ),
            epoch: header.producerEpoch
        )
    }

    /// Takes in a transaction marker; returns the transaction that it ends, nil where none was open.
    /// Errors: ``LogError/invalidProducerEpoch(reason:)``, ``LogError/transactionCoordinatorFenced(reason:)``.
    mutating func appendMarker(
        _ marker: TransactionMarker,
        _ header: BatchHeader,
        origin: AppendOrigin,
        isEpochStrict: Bool = false
    ) throws(LogError) -> CompletedTransaction? {
        try checkEpoch(header.producerEpoch, origin: origin, offset: header.baseOffset)
        if isEpochStrict, transactionFirstOffset != nil, header.producerEpoch == epoch {
            throw .invalidProducerEpoch(
                reason: "a marker of producer \(producerID) with epoch \(epoch) belongs to the transaction before"
            )
        }
        if coordinatorEpoch > marker.coordinatorEpoch, origin != .replication {
            throw .transactionCoordinatorFenced(
                reason: "a marker for producer \(producerID) has coordinator epoch \(marker.coordinatorEpoch), "
                    + "\(coordinatorEpoch) is known"
            )
        }
        let completed = transactionFirstOffset.map {
            CompletedTransaction(
                producerID: producerID,
                firstOffset: $0,
                lastOffset: header.baseOffset,
                isAborted: marker.isAbort
            )
        }
        setEpoch(header.producerEpoch)
        coordinatorEpoch = marker.coordinatorEpoch
        transactionFirstOffset = nil
        lastTimestamp = marker.timestamp
        return completed
    }

    private func checkEpoch(_ batchEpoch: ProducerEpoch, origin: AppendOrigin, offset: Offset) throws(LogError) {
        guard batchEpoch < epoch, origin != .replication else { return }
        throw .invalidProducerEpoch(
            reason: "producer \(producerID) sent epoch \(batchEpoch) for offset \(offset), \(epoch) is known"
        )
    }

    private func checkSequence(_ header: BatchHeader, _ verification: PendingVerification) throws(LogError) {
        if verification.startsAtZero, header.baseSequence != 0, batches.isEmpty, epoch == .none {
            throw .outOfOrderSequence(
                reason: "producer \(producerID), of which nothing is known, begins with sequence "
                    + "\(header.baseSequence) instead of 0"
            )
        }
        guard header.baseSequence <= verification.lowestSequence else {
            throw .outOfOrderSequence(
                reason: "producer \(producerID) sent sequence \(header.baseSequence) while "
                    + "\(verification.lowestSequence) is still to be appended"
            )
        }
    }

    private func checkSequence(_ header: BatchHeader) throws(LogError) {
        // Nothing is known of the producer: its batches were removed, or it is new. Any sequence is accepted.
        guard epoch != .none else { return }
        guard header.producerEpoch == epoch else {
            guard header.baseSequence != 0 else { return }
            throw .outOfOrderSequence(
                reason: "producer \(producerID) begins epoch \(header.producerEpoch) with sequence "
                    + "\(header.baseSequence) instead of 0; epoch \(epoch) is known"
            )
        }
        let last = lastSequence
        guard header.baseSequence == RecordBatch.sequence(last, advancedBy: 1) else {
            throw .outOfOrderSequence(
                reason: "producer \(producerID) sent sequence \(header.baseSequence), \(last) is the last one known"
            )
        }
    }
}

/// The record of a control batch that ends a transaction.
struct TransactionMarker: Sendable, Hashable {
    var isAbort: Bool
    var coordinatorEpoch: Int32
    var timestamp: Timestamp

    /// The marker in a control batch; nil for an empty batch, which compaction leaves, and for control records of
    /// another kind. Errors: ``LogError/corruptBatch(reason:)``.
    init?(_ batch: RecordBatch) throws(LogError) {
        let record: RecordView?
        let reader: RecordReader
        do throws(RecordsError) {
            var cursor = try batch.makeRecordReader()
            record = try cursor.next()
            reader = cursor
        } catch {
            throw .corruptBatch(reason: "control batch at offset \(batch.baseOffset): \(error)")
        }
        defer { withExtendedLifetime(reader) {} }
        guard let record else { return nil }
        // The key: version, type (0 abort, 1 commit). The value: version, coordinator epoch.
        guard let key = record.keyBytes, key.count >= 4, let keyStart = key.baseAddress else {
            throw .corruptBatch(
                reason: "control batch at offset \(batch.baseOffset): its key is not a control record's"
            )
        }
        let type = keyStart.loadBigEndian(at: 2, as: Int16.self)
        guard type == 0 || type == 1 else { return nil }
        guard let value = record.valueBytes, value.count >= 6, let valueStart = value.baseAddress else {
            throw .corruptBatch(reason: "control batch at offset \(batch.baseOffset): its value is not a marker's")
        }
        isAbort = type == 0
        coordinatorEpoch = valueStart.loadBigEndian(at: 2, as: Int32.self)
        timestamp = record.timestamp
    }
}
