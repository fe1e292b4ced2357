import Logging
import Records
import Synchronization

/// Appending. All of it *owner*: one call at a time.
extension PartitionLog {
    /// Appends batches as the partition's leader: checks them, gives them offsets and epoch in their own bytes, and writes
    /// them with one call to the active segment, or to a new one where that is full.
    ///
    /// The caller must be the sole owner of the bytes: they are written to. A refused append changes nothing, neither
    /// in the log nor in the bytes, unless the topic's timestamps are the append's.
    ///
    /// Errors: those of ``AppendPlan``, of the producer's sequence, and ``LogError/storage(_:)`` when the disk is full or
    /// fails; then nothing was appended, and the next append tries again.
    public func appendAsLeader(
        _ batches: Bytes,
        leaderEpoch: LeaderEpoch,
        now: Timestamp,
        origin: AppendOrigin = .client,
        conditions: AppendConditions = AppendConditions()
    ) throws(LogError) -> AppendResult {
        try checkWritable()
        let configuration = configuration
        var plan = try AppendPlan(batches, to: topicPartition, origin: origin, now: now, configuration)
        try plan.assignOffsets(from: logEndOffset, leaderEpoch: leaderEpoch)
        let isAppendTime = configuration.messageTimestampType == .logAppendTime
        if isAppendTime { try plan.setAppendTime(now) }
        let outcome = try checkProducers(plan, origin: origin, conditions, configuration)
        if let duplicate = outcome.duplicate {
            return AppendResult(
                baseOffset: duplicate.firstOffset,
                lastOffset: duplicate.lastOffset,
                logAppendTime: duplicate.timestamp,
                logStartOffset: logStartOffset,
                isDuplicate: true,
                sizeInBytes: 0,
                flush: .notYet
            )
        }
        plan.stamp()
        return try write(plan, outcome, logAppendTime: isAppendTime ? now : .none, now: now, configuration)
    }

    /// Appends batches that a leader has given their offsets and epochs.
    ///
    /// Errors: as ``appendAsLeader(_:leaderEpoch:now:origin:)``, and ``LogError/unexpectedOffset(reason:)`` where they do
    /// not continue this log.
    public func appendAsFollower(_ batches: Bytes, now: Timestamp) throws(LogError) -> AppendResult {
        try checkWritable()
        let configuration = configuration
        let plan = try AppendPlan(batches, to: topicPartition, origin: .replication, now: now, configuration)
        var position = BatchHeader.Position(nextOffset: logEndOffset, leaderEpoch: .none)
        for item in plan.items {
            if let flaw = item.header.flaw(after: position) { throw .unexpectedOffset(reason: flaw) }
            position.advance(over: item.header)
        }
        let outcome = try checkProducers(plan, origin: .replication, AppendConditions(), configuration)
        return try write(plan, outcome, logAppendTime: .none, now: now, configuration)
    }

    /// *Owner.* Begins a new segment at the log's end; nothing happens where the active one is empty.
    public func roll(now: Timestamp) throws(LogError) {
        try checkWritable()
        try roll(at: logEndOffset, now: now, configuration)
    }

    // MARK: Private

    /// What the batches mean for their producers, not yet taken over.
    private struct ProducerOutcome {
        var duplicate: ProducerState.Batch?
        var states: [ProducerState] = []
        var completed: [CompletedTransaction] = []
        /// Producers whose verification counts no more.
        var verified: [ProducerID] = []
    }

    private func checkProducers(
        _ plan: AppendPlan,
        origin: AppendOrigin,
        _ conditions: AppendConditions,
        _ configuration: LogConfiguration
    ) throws(LogError) -> ProducerOutcome {
        var outcome = ProducerOutcome()
        for item in plan.items where item.header.hasProducerID {
            let known = outcome.states.firstIndex { $0.producerID == item.header.producerID }
            var state = known.map { outcome.states[$0] } ?? producers.withLock { $0.state(of: item.header.producerID) }
            if origin == .client, let duplicate = state.duplicate(of: item.header) {
                return ProducerOutcome(duplicate: duplicate)
            }
            if item.header.isControl {
                if let marker = try TransactionMarker(try plan.batch(item)),
                    let completed = try state.appendMarker(
                        marker,
                        item.header,
                        origin: origin,
                        isEpochStrict: conditions.isMarkerEpochStrict
                    )
                {
                    outcome.completed.append(completed)
                }
                outcome.verified.append(state.producerID)
            } else {
                let pending = producers.withLock { $0.pendingVerification(of: item.header.producerID) }
                if item.header.isTransactional, origin != .replication, configuration.verifiesTransactions {
                    try checkVerification(state, item.header, pending, conditions)
                }
                try state.appendData(item.header, origin: origin, verification: pending)
                if pending != nil, item.header.isTransactional { outcome.verified.append(state.producerID) }
            }
            if let known { outcome.states[known] = state } else { outcome.states.append(state) }
        }
        return outcome
    }

    /// A transaction's first batch must have been verified under the guard that stands.
    private func checkVerification(
        _ state: ProducerState,
        _ header: BatchHeader,
        _ pending: PendingVerification?,
        _ conditions: AppendConditions
    ) throws(LogError) {
        if state.transactionFirstOffset != nil, state.epoch == header.producerEpoch { return }
        if let pending, pending.verification == conditions.verification { return }
        throw .invalidTransactionState(reason: "Record was not part of an ongoing transaction")
    }

    private func write(
        _ plan: AppendPlan,
        _ outcome: ProducerOutcome,
        logAppendTime: Timestamp,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) -> AppendResult {
        let largest = plan.largest
        let hasRolled = try prepareSegment(plan, largest, now: now, configuration)
        guard let segment = view.withLock({ $0.segments.last }) else { throw .notWritable(reason: "no segment") }
        do throws(FileSystemError) {
            try segment.append(
                plan.bytes,
                lastOffset: plan.lastOffset,
                largest: largest,
                indexIntervalBytes: configuration.indexIntervalBytes
            )
        } catch {
            needsRepair = true
            logger.error("append failed", metadata: ["partition": "\(topicPartition)", "error": "\(error)"])
            throw .storage(error)
        }
        let unstable = try takeOver(outcome, endOffset: plan.lastOffset + 1, segment)
        let logStartOffset = view.withLock { view in
            for item in plan.items {
                _ = view.leaderEpochs.assign(item.header.leaderEpoch, startOffset: item.header.baseOffset)
            }
            view.activeSize = segment.sizeInBytes
            view.offsets.logEndOffset = plan.lastOffset + 1
            view.updateLastStableOffset(firstUnstable: unstable)
            return view.offsets.logStartOffset
        }
        unflushedRecords += plan.lastOffset - plan.firstOffset + 1
        let isFlushDue = unflushedRecords >= configuration.flushMessages
        if isFlushDue { unflushedRecords = 0 }
        return AppendResult(
            baseOffset: plan.firstOffset,
            lastOffset: plan.lastOffset,
            logAppendTime: logAppendTime,
            logStartOffset: logStartOffset,
            isDuplicate: false,
            sizeInBytes: plan.bytes.count,
            flush: isFlushDue ? .beforeAcknowledgement : hasRolled ? .soon : .notYet
        )
    }

    /// The batches are in the log: their producers' states count from now on. Returns the first unstable offset.
    private func takeOver(
        _ outcome: ProducerOutcome,
        endOffset: Offset,
        _ segment: LogSegment
    ) throws(LogError) -> Offset? {
        var aborted = [AbortedTransaction]()
        let unstable = producers.withLock { table in
            for state in outcome.states { table.update(state) }
            for id in outcome.verified { table.endVerification(of: id) }
            for completed in outcome.completed {
                if completed.isAborted {
                    aborted.append(
                        AbortedTransaction(
                            producerID: completed.producerID,
                            firstOffset: completed.firstOffset,
                            lastOffset: completed.lastOffset,
                            lastStableOffset: table.lastStableOffset(after: completed)
                        )
                    )
                }
                table.complete(completed)
            }
            table.endOffset = endOffset
            return table.firstUnstableOffset
        }
        for transaction in aborted { try segment.transactionIndex.append(transaction) }
        return unstable
    }

    /// Makes the active segment ready for the batches. Returns whether it is a new one.
    private func prepareSegment(
        _ plan: AppendPlan,
        _ largest: TimestampOffset,
        now: Timestamp,
        _ configuration: LogConfiguration
    ) throws(LogError) -> Bool {
        guard let active = view.withLock({ $0.segments.last }) else { throw .notWritable(reason: "no segment") }
        try LogError.wrap { () throws(FileSystemError) in
            if needsRepair { try active.repair() }
            needsRepair = false
            if !isActivated { try active.activate(isNew: false) }
            isActivated = true
        }
        let mustRoll = try active.mustRoll(
            for: plan.bytes.count,
            lastOffset: plan.lastOffset,
            maxTimestamp: largest.timestamp,
            now: now,
            configuration
        )
        if mustRoll { try roll(at: plan.firstOffset, now: now, configuration) }
        return mustRoll
    }

    func roll(at offset: Offset, now: Timestamp, _ configuration: LogConfiguration) throws(LogError) {
        guard let active = view.withLock({ $0.segments.last }), active.baseOffset < offset else { return }
        let segment = LogSegment(
            baseOffset: offset,
            directory: directory,
            fileSystem: fileSystem,
            sizeInBytes: 0,
            now: now,
            rollJitterMs: configuration.jitterMs(random())
        )
        // Until the new one stands, the next append prepares the old one again.
        isActivated = false
        try active.complete()
        try LogError.wrap { () throws(FileSystemError) in
            try segment.activate(isNew: true, preallocated: configuration.preallocatedBytes)
            try active.deactivate()
            let table = producers.withLock { table in
                table.endOffset = offset
                return table
            }
            try snapshots.withLock { (snapshots) throws(FileSystemError) in try snapshots.write(table) }
        }
        isActivated = true
        view.withLock { view in
            view.segments.append(segment)
            view.activeSize = 0
            view.directoryChanged(directory)
        }
    }
}
