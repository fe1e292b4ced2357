extension BrokerConfigTable {
    /// Configs of idempotent and transactional producers.
    static let transactions: [ConfigDefinition] = [
        .init(
            "transactional.id.expiration.ms",
            .int,
            "604800000",
            .high,
            .atLeast(1),
            doc: "How long a transactional id without a transaction is remembered."
        ),
        .init(
            "transaction.max.timeout.ms",
            .int,
            "900000",
            .high,
            .atLeast(1),
            doc: "The longest timeout that a transactional producer may ask for."
        ),
        .init(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            .int,
            "10000",
            .low,
            .atLeast(1),
            doc: "How often it is checked which transactions have timed out."
        ),
        .init(
            "transaction.remove.expired.transaction.cleanup.interval.ms",
            .int,
            "3600000",
            .low,
            .atLeast(1),
            doc: "How often expired transactional ids are removed."
        ),
        .init(
            "transaction.partition.verification.enable",
            .boolean,
            "true",
            .low,
            update: .clusterWide,
            doc: "Whether a partition must belong to the transaction before it takes its records."
        ),
        .init(
            "transaction.state.log.num.partitions",
            .int,
            "50",
            .high,
            .atLeast(1),
            doc: "Partitions of __transaction_state; not to be changed once it exists."
        ),
        .init(
            "transaction.state.log.replication.factor",
            .short,
            "3",
            .high,
            .atLeast(1),
            doc: "Replicas of __transaction_state; on fewer nodes, as many as there are nodes."
        ),
        .init(
            "transaction.state.log.min.isr",
            .int,
            "2",
            .high,
            .atLeast(1),
            doc: "In-sync replicas that __transaction_state needs."
        ),
        .init(
            "transaction.state.log.segment.bytes",
            .int,
            "104857600",
            .high,
            .atLeast(1),
            doc: "Segment size of __transaction_state."
        ),
        .init(
            "transaction.state.log.load.buffer.size",
            .int,
            "5242880",
            .high,
            .atLeast(1),
            doc: "The size of reads while transactions are loaded."
        ),
        .init(
            "producer.id.expiration.ms",
            .int,
            "86400000",
            .low,
            .atLeast(1),
            update: .clusterWide,
            doc: "How long the sequence numbers of a silent producer are remembered."
        ),
        .init(
            "add.partitions.to.txn.retry.backoff.ms",
            .int,
            "20",
            .high,
            .atLeast(0),
            doc: "The pause before adding a partition to a transaction is tried again."
        ),
        .init(
            "add.partitions.to.txn.retry.backoff.max.ms",
            .int,
            "100",
            .high,
            .atLeast(0),
            doc: "The most that adding a partition to a transaction is tried again for."
        ),
        .init(
            "producer.id.expiration.check.interval.ms",
            .int,
            "600000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often silent producers are looked for."
        ),
        .init(
            "transaction.two.phase.commit.enable",
            .boolean,
            "false",
            .low,
            isHonoured: false,
            doc: "Whether a client may prepare a transaction and decide it later."
        ),
    ]
}
