import Records

/// What an event at a shard gives: the answer to who asked, and what the shell has to do before it may leave.
///
/// Order for the shell: append ``records`` as one batch; when that fails, nothing has changed, and the answer is an
/// error. Else `replay` each record, wait until they are committed, write ``markers``, and hand out the answer.
public struct TransactionOutcome<Answer: Sendable>: Sendable {
    /// The answer to who asked.
    public let answer: Answer
    /// What is to be written, in order.
    public var records: [TransactionRecord] = []
    /// Transactions whose outcome these records decide.
    public var markers: [TransactionMarkers] = []
    /// What is to be logged.
    public var notices: [String] = []

    init(_ answer: Answer, _ records: [TransactionRecord] = []) {
        self.answer = answer
        self.records = records
    }
}

/// The markers that end a transaction, and where they are still missing.
public struct TransactionMarkers: Sendable, Hashable {
    /// The id whose transaction ends.
    public let transactionalID: TransactionalID
    /// The producer.
    public let producerID: ProducerID
    /// The epoch that the markers bear; in version 2 one above that of the transaction's records.
    public let producerEpoch: ProducerEpoch
    /// The outcome.
    public let commits: Bool
    /// The flow that the transaction followed.
    public let version: TransactionVersion
    /// The partitions without a marker.
    public let partitions: Set<TopicPartition>
}
