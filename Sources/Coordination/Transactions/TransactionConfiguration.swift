/// What a broker configures about transactions, with Kafka's defaults.
public struct TransactionConfiguration: Sendable, Hashable {
    /// `transaction.max.timeout.ms`
    public var maximumTimeout: Duration = .seconds(900)
    /// `transactional.id.expiration.ms`
    public var expiration: Duration = .seconds(7 * 24 * 3600)
    /// `transaction.abort.timed.out.transaction.cleanup.interval.ms`
    public var timeoutCheckInterval: Duration = .seconds(10)
    /// `transaction.remove.expired.transaction.cleanup.interval.ms`
    public var expirationCheckInterval: Duration = .seconds(3600)

    /// Kafka's defaults.
    public init() {}
}
