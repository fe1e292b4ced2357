/// A feature of the cluster whose level is finalized in the metadata. See KIP-584 and KIP-1022.
struct BrokerFeature: Sendable {
    let name: String
    /// The levels that this release understands.
    let levels: ClosedRange<Int16>
    /// The level that a new cluster begins with; 0 leaves it out.
    let initialLevel: Int16

    /// 29 is 4.2-IV1, the newest level whose records we write. A cluster of Apache Kafka may have begun lower, and
    /// stays there.
    static let metadataVersion = BrokerFeature(name: "metadata.version", levels: 7...29, initialLevel: 29)

    /// How transactions work. See `TransactionVersion`.
    static let transactionVersion = BrokerFeature(name: "transaction.version", levels: 0...2, initialLevel: 2)

    static let all = [metadataVersion, transactionVersion]
}
