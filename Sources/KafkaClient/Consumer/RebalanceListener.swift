import Records

/// Is told, within poll and on the thread that polls, which partitions come and go.
///
/// With an eager assignor every rebalance takes all partitions away first; with a cooperative one only those that move,
/// and `partitionsRevoked` is not called where there are none. `partitionsAssigned` is called after every rebalance
/// with the partitions that are new, also where there are none. Positions can still be committed in
/// `partitionsRevoked`; in `partitionsLost` others may own the partitions already.
///
/// What a method throws leaves poll after the rebalance is complete, as the cause of a ``KafkaError``.
public protocol RebalanceListener: Sendable {
    /// The consumer gives up these partitions.
    func partitionsRevoked(_ partitions: Set<TopicPartition>) throws
    /// The consumer owns these partitions in addition to those that it has.
    func partitionsAssigned(_ partitions: Set<TopicPartition>) throws
    /// The consumer dropped out of the group, and the partitions are gone; unless implemented, as revoked.
    func partitionsLost(_ partitions: Set<TopicPartition>) throws
}

extension RebalanceListener {
    public func partitionsLost(_ partitions: Set<TopicPartition>) throws { try partitionsRevoked(partitions) }
}
