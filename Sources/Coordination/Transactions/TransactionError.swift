/// Why a transaction coordinator refuses. Each stands for Kafka's error of the same name, but for
/// ``producerIDNeeded``.
public enum TransactionError: Error, Sendable, Hashable, CaseIterable {
    case invalidRequest
    case invalidTransactionTimeout
    case transactionalIDAuthorizationFailed
    case unsupportedVersion
    case coordinatorNotAvailable
    case coordinatorLoadInProgress
    case notCoordinator
    /// PRODUCER_FENCED; clients of old know it as INVALID_PRODUCER_EPOCH.
    case producerFenced
    case invalidProducerIDMapping
    case concurrentTransactions
    case invalidTransactionState
    case transactionAbortable
    case transactionalIDNotFound
    /// The record of the change cannot be written.
    case unknownServerError
    /// No answer yet: the shell hands in a fresh producer id and lets the event happen again.
    case producerIDNeeded
}
