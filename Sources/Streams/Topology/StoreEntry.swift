import Records

/// A state store of the topology: how each task makes its own.
@usableFromInline
struct StoreEntry: Sendable {
    let name: String
    /// Whether changes go to a changelog topic.
    let isLogged: Bool
    /// What the changelog topic's configuration says beyond the defaults.
    let changelogConfiguration: [String: String]
    /// Whether it is a global store: one an instance, without a changelog.
    var isGlobal = false
    /// The topic that serves as its changelog in place of one of its own.
    var sourceTopic: TopicReference?
    let make: @Sendable () throws -> any StateStore
    let callSite: CallSite?

    init(_ store: some StoreBuilding, callSite: CallSite?) {
        name = store.name
        isLogged = store.isLogged
        changelogConfiguration = store.changelogConfiguration
        make = { try store.build() }
        self.callSite = callSite
    }
}

extension TopologyGraph {
    /// The changelog partitions of those stores that log to a topic of their own.
    func changelogs(
        of names: [String], applicationID: String, partition: PartitionIndex
    ) -> [String: TopicPartition] {
        var topics: [String: TopicPartition] = [:]
        for name in names {
            guard let store = stores[name], store.isLogged, !store.isGlobal, store.sourceTopic == nil else { continue }
            topics[name] = TopicPartition(TopicName("\(applicationID)-\(name)-changelog"), partition)
        }
        return topics
    }
}

/// The open stores of one task, and how it gets at the global ones.
struct TaskStores {
    let own: [String: any StateStore]
    /// In the order in which they are flushed and committed.
    let inOrder: [any StateStore]
    private let global: [String: any StateStore]

    init(
        graph: TopologyGraph, names: [String], global: [String: any StateStore], context: any StateStoreContext
    ) throws {
        var own: [String: any StateStore] = [:]
        var inOrder: [any StateStore] = []
        for name in names {
            guard let entry = graph.stores[name], own[name] == nil else { continue }
            let store = try entry.make()
            try store.open(context)
            own[name] = store
            inOrder.append(store)
        }
        self.own = own
        self.inOrder = inOrder
        self.global = global
    }

    func store(named name: String) throws -> any StateStore {
        guard let store = own[name] ?? global[name] else {
            throw InvalidStateStoreException("There is no state store named \(name) in this task")
        }
        return store
    }
}
