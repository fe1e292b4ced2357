import Records

/// What compaction knows of transactions while it walks over a log in the order of offsets: which batches belong to
/// an aborted one, and which markers nothing is left of.
struct CleanedTransactions {
    /// An aborted transaction whose marker was not met yet.
    private struct Aborted {
        var transaction: AbortedTransaction
        /// Whether the log still has a batch of it.
        var hasBatches = false
    }

    /// Not begun yet, ascending by first offset.
    private var upcoming: [AbortedTransaction] = []
    private var next = 0
    private var aborted: [ProducerID: Aborted] = [:]
    /// Producers of which a transactional batch was met that was not aborted, and no marker since.
    private var committed: Set<ProducerID> = []

    /// Takes in what the log's index tells of the part that comes next.
    mutating func add(_ transactions: [AbortedTransaction]) {
        guard !transactions.isEmpty else { return }
        upcoming = (upcoming[next...] + transactions).sorted { $0.firstOffset < $1.firstOffset }
        next = 0
    }

    /// A data batch. Whether it belongs to an aborted transaction: its records are then not to be kept.
    mutating func isAborted(_ batch: BatchHeader) -> Bool {
        begin(upTo: batch.lastOffset)
        guard batch.isTransactional else { return false }
        guard aborted[batch.producerID] != nil else {
            committed.insert(batch.producerID)
            return false
        }
        aborted[batch.producerID]?.hasBatches = true
        return true
    }

    /// What is to become of a control batch.
    enum MarkerFate {
        /// Batches of its transaction are still there, or it is no transaction's end.
        case isNeeded
        /// As `isNeeded`; and the log's index must go on to tell of the transaction.
        case endsAborted(AbortedTransaction)
        /// Nothing is left of its transaction: it may go, once its readers have had their time.
        case isSpent
    }

    /// A control batch with its marker; nil where it holds none.
    mutating func fate(of batch: BatchHeader, _ marker: TransactionMarker?) -> MarkerFate {
        begin(upTo: batch.lastOffset)
        guard batch.recordCount > 0 else { return .isSpent }
        guard let marker else { return .isNeeded }
        guard marker.isAbort else { return committed.remove(batch.producerID) == nil ? .isSpent : .isNeeded }
        guard let ended = aborted.removeValue(forKey: batch.producerID), ended.hasBatches else { return .isSpent }
        return .endsAborted(ended.transaction)
    }

    private mutating func begin(upTo offset: Offset) {
        while next < upcoming.count, upcoming[next].firstOffset <= offset {
            let transaction = upcoming[next]
            if aborted[transaction.producerID] == nil {
                aborted[transaction.producerID] = Aborted(transaction: transaction)
            }
            next += 1
        }
    }
}
