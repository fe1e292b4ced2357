import Coordination

extension TransactionConfiguration {
    /// What the broker's properties say about transactions.
    init(_ configuration: BrokerConfiguration) {
        self.init()
        maximumTimeout = configuration.milliseconds("transaction.max.timeout.ms")
        expiration = configuration.milliseconds("transactional.id.expiration.ms")
        timeoutCheckInterval = configuration.milliseconds("transaction.abort.timed.out.transaction.cleanup.interval.ms")
        expirationCheckInterval = configuration.milliseconds(
            "transaction.remove.expired.transaction.cleanup.interval.ms"
        )
    }
}
