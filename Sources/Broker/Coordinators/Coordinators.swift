/// The components that keep their state in internal topics.
enum Coordinators {
    static func components(_ core: BrokerCore) -> [any BrokerComponent] {
        [GroupComponent(core), TransactionComponent(core)]
    }
}
