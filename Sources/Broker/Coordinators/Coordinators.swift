/// The components that keep their state in internal topics, and what others need of them.
struct Coordinators {
    let components: [any BrokerComponent]
    /// Asks the transaction coordinator before a transaction's first records are taken.
    let transactionGate: TransactionGate

    init(_ core: BrokerCore) {
        let groups = GroupComponent(core)
        let transactions = TransactionComponent(core, groups: groups.coordinator)
        components = [groups, transactions]
        transactionGate = transactions.gate
    }
}
