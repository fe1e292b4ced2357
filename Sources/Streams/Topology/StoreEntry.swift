import Records

/// A state store of the topology: how each task makes its own.
@usableFromInline
struct StoreEntry: Sendable {
    let name: String
    /// Whether changes go to a changelog topic.
    let isLogged: Bool
    /// What the changelog topic's configuration says beyond the defaults.
    let changelogConfiguration: [String: String]
    /// What the changelog has to keep.
    let changelogKind: ChangelogKind
    /// Whether it is a global store: one an instance, without a changelog.
    var isGlobal = false
    /// The topic that serves as its changelog in place of one of its own.
    var sourceTopic: TopicReference?
    /// How long a versioned store remembers; nil for any other.
    let historyMs: Int64?
    /// Why it cannot be made; nil where it can.
    let problem: String?
    let make: @Sendable () throws -> any StateStore
    let callSite: CallSite?

    init(_ store: some StoreBuilding, callSite: CallSite?, historyMs: Int64? = nil) {
        self.historyMs = historyMs
        name = store.name
        isLogged = store.isLogged
        changelogConfiguration = store.changelogConfiguration
        changelogKind = store.changelogKind
        problem = (store as? any ProblemReporting)?.problem
        make = { try store.build() }
        self.callSite = callSite
    }

    /// The same, for callers that are inlined elsewhere.
    @usableFromInline
    init<Store>(_ store: StoreBuilder<Store>, at callSite: CallSite) {
        self.init(store, callSite: callSite)
    }
}

/// A builder of stores that may know that it cannot make one.
protocol ProblemReporting {
    var problem: String? { get }
}

extension StoreBuilder: ProblemReporting {}

/// The topic from which a store is restored, and how it comes into being.
public struct ChangelogTopic: Hashable, Sendable {
    /// The store's name.
    public let storeName: String
    /// The topic's name on the cluster.
    public let topic: TopicName
    /// Whether the topic is a source of the application's, which is not created and to which nothing is logged.
    public let isSourceTopic: Bool
    /// What its configuration says beyond the defaults.
    public let configuration: [String: String]
    /// What it has to keep.
    public let kind: ChangelogKind
}

extension Topology {
    /// The changelogs of a sub-topology's stores; stores without one are left out.
    public func changelogTopics(of subTopology: SubTopology, applicationID: String) -> [ChangelogTopic] {
        subTopology.storeNames.compactMap { graph.changelog(of: $0, applicationID: applicationID) }
    }
}

extension TopologyGraph {
    func changelog(of storeName: String, applicationID: String) -> ChangelogTopic? {
        guard let store = stores[storeName], !store.isGlobal else { return nil }
        if let source = store.sourceTopic {
            return ChangelogTopic(
                storeName: storeName,
                topic: source.name(applicationID: applicationID),
                isSourceTopic: true,
                configuration: [:],
                kind: store.changelogKind
            )
        }
        guard store.isLogged else { return nil }
        return ChangelogTopic(
            storeName: storeName,
            topic: TopicName("\(applicationID)-\(storeName)-changelog"),
            isSourceTopic: false,
            configuration: store.changelogConfiguration,
            kind: store.changelogKind
        )
    }

    /// The changelog partitions of those stores that log to a topic of their own.
    func changelogs(
        of names: [String],
        applicationID: String,
        partition: PartitionIndex
    ) -> [String: TopicPartition] {
        var topics: [String: TopicPartition] = [:]
        for name in names {
            guard let changelog = changelog(of: name, applicationID: applicationID), !changelog.isSourceTopic else {
                continue
            }
            topics[name] = TopicPartition(changelog.topic, partition)
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
        graph: TopologyGraph,
        names: [String],
        global: [String: any StateStore],
        context: any StateStoreContext
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

    func find(_ name: String) -> (any StateStore)? { own[name] ?? global[name] }

    func store(named name: String) throws -> any StateStore {
        guard let store = find(name) else {
            throw InvalidStateStoreException("There is no state store named \(name) in this task")
        }
        return store
    }
}
