import Records

extension TransactionShard {
    /// A producer adds partitions to its transaction, which begins with them where none is open.
    public func addPartitions(
        _ id: TransactionalID,
        _ producer: ProducerIdentity,
        _ partitions: Set<TopicPartition>,
        _ version: TransactionVersion,
        at moment: Moment
    ) throws(TransactionError) -> TransactionOutcome<Void> {
        let known = try known(id, producer)
        if known.state.isPrepared { throw .concurrentTransactions }
        if known.state == .ongoing, known.partitions.isSuperset(of: partitions) { return TransactionOutcome(()) }
        return TransactionOutcome((), [TransactionRecord(id, known.adding(partitions, version, at: moment.wall))])
    }

    /// Whether partitions are part of the producer's open transaction: for each that is not, why.
    ///
    /// A log asks before it takes the first records of a transaction, so that none is left open by a producer that the
    /// coordinator knows nothing of. See KIP-890.
    public func verifyPartitions(
        _ id: TransactionalID,
        _ producer: ProducerIdentity,
        _ partitions: Set<TopicPartition>
    ) throws(TransactionError) -> TransactionOutcome<[TopicPartition: TransactionError]> {
        let known = try known(id, producer)
        if known.state.isPrepared { throw .concurrentTransactions }
        let strangers = partitions.subtracting(known.partitions)
        return TransactionOutcome(Dictionary(uniqueKeysWithValues: strangers.map { ($0, .transactionAbortable) }))
    }

    private func known(
        _ id: TransactionalID,
        _ producer: ProducerIdentity
    ) throws(TransactionError) -> TransactionMetadata {
        if id == "" { throw .invalidRequest }
        guard let known = ids[id], known.producerID == producer.id else { throw .invalidProducerIDMapping }
        guard known.producerEpoch == producer.epoch else { throw .producerFenced }
        return known
    }
}
