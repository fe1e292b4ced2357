/// A feature of the cluster whose level is finalized in the metadata. See KIP-584 and KIP-1022.
struct BrokerFeature: Sendable {
    let name: String
    /// The levels that this release understands.
    let levels: ClosedRange<Int16>
    /// The level that a new cluster begins with; 0 leaves it out.
    let initialLevel: Int16

    /// 30 is 4.3-IV0. A cluster of Apache Kafka may have begun lower, and stays there.
    static let metadataVersion = BrokerFeature(name: "metadata.version", levels: 7...30, initialLevel: 30)

    /// How transactions work. See `TransactionVersion`.
    static let transactionVersion = BrokerFeature(name: "transaction.version", levels: 0...2, initialLevel: 2)

    /// Whether groups may follow the consumer protocol. See KIP-848.
    static let groupVersion = BrokerFeature(name: "group.version", levels: 0...1, initialLevel: 1)

    /// Whether the controller keeps eligible leader replicas, of which one node never has any. See KIP-966.
    static let eligibleLeaderReplicasVersion = BrokerFeature(
        name: "eligible.leader.replicas.version",
        levels: 0...1,
        initialLevel: 1
    )

    /// Whether the quorum's voters may change. A cluster of one node begins with fixed ones. See KIP-853.
    static let kraftVersion = BrokerFeature(name: "kraft.version", levels: 0...1, initialLevel: 0)

    /// By name. Without those of share groups and streams groups, which are not served.
    static let all = [
        eligibleLeaderReplicasVersion, groupVersion, kraftVersion, metadataVersion, transactionVersion,
    ]

    /// The feature of this name; nil where this release does not know it.
    static func named(_ name: String) -> BrokerFeature? { all.first { $0.name == name } }
}
