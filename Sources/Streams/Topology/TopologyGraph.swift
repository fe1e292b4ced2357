import Records

/// The operators of an application, how records flow between them, and the stores they use: a value.
///
/// `StreamsBuilder` and the Processor API fill it; `build()` settles what depends on the whole of it. Nodes keep their
/// place for ever, so edges, stores and typed closures refer to them by number and the optimiser rewires numbers.
/// Invariant: `nodes[n].id.rawValue == n`; an edge stands in both nodes that it joins.
@usableFromInline
struct TopologyGraph: Sendable {
    @usableFromInline var nodes: [TopologyNode] = []
    var stores: [String: StoreEntry] = [:]
    /// Names of stores in the order they were added.
    var storeOrder: [String] = []
    /// The tables among the nodes, by the node that emits their changes.
    @usableFromInline var tables: [NodeID: TableNode] = [:]
    /// For a node that aggregates windows, how long after a window's end it may still change.
    @usableFromInline var windowGraceMs: [NodeID: Int64] = [:]
    /// Repartition topics by the name that `describe()` shows.
    var repartitionTopics: [String: RepartitionTopic] = [:]
    /// Sources whose topics must have the same number of partitions.
    var copartitionedSources: [CopartitionGroup] = []
    var problems: [TopologyException.Problem] = []
    /// Sources that are read as tables: they are not shared.
    @usableFromInline var tableSources: Set<NodeID> = []
    /// Processors that keep a global store up to date, and may so be connected to it.
    var globalProcessors: Set<NodeID> = []
    /// Joins of streams in the form that they take where both are one.
    @usableFromInline var selfJoinForms: [SelfJoinForm] = []
    /// For the source of a repartition topic, the operator whose records go into the topic: its filter, if it has one.
    @usableFromInline var repartitionFilters: [NodeID: NodeID] = [:]
    /// Filters in front of a repartition topic that let null keys through.
    @usableFromInline var nullKeyKeepers: Set<NodeID> = []
    private var idsByName: [String: NodeID] = [:]

    /// The id that the next added node will have.
    @usableFromInline var nextID: NodeID { NodeID(nodes.count) }

    @usableFromInline
    subscript(id: NodeID) -> TopologyNode {
        get { nodes[id.rawValue] }
        set { nodes[id.rawValue] = newValue }
    }

    func id(named name: String) -> NodeID? { idsByName[name] }

    /// Adds a node below its parents; a name used twice becomes a problem.
    mutating func add(_ node: TopologyNode) {
        if let first = idsByName[node.name] {
            let place = self[first].callSite.map { ", first at \($0)" } ?? ""
            report(node.name, "the name is used by another operator\(place)", node.callSite)
        } else {
            idsByName[node.name] = node.id
        }
        nodes.append(node)
        for parent in node.parents { self[parent].children.append(node.id) }
    }

    @usableFromInline
    mutating func report(_ name: String, _ message: String, _ callSite: CallSite?) {
        problems.append(.init(operatorName: name, message: message, callSite: callSite))
    }

    /// Gives a node another closure of the same types.
    @usableFromInline
    mutating func setInput(of id: NodeID, _ input: any AnyObject & Sendable) { self[id].input = input }

    // MARK: Stores

    /// Adds a store. Two stores of one name are a problem.
    @usableFromInline
    mutating func add(_ store: StoreEntry) {
        if let other = stores[store.name] {
            let place = other.callSite.map { ", first at \($0)" } ?? ""
            report(store.name, "a different state store has this name\(place)", store.callSite)
            return
        }
        stores[store.name] = store
        storeOrder.append(store.name)
    }

    @usableFromInline
    mutating func connect(_ id: NodeID, to storeName: String) {
        guard !self[id].stores.contains(storeName) else { return }
        self[id].stores.append(storeName)
    }

    /// All nodes above `id`, and itself.
    func ancestors(of id: NodeID) -> Set<NodeID> {
        var seen: Set<NodeID> = [id]
        var open = [id]
        while let next = open.popLast() {
            for parent in self[next].parents where seen.insert(parent).inserted { open.append(parent) }
        }
        return seen
    }

    /// The nodes that are still part of the graph: a merged or optimised source has neither parents nor children.
    ///
    /// In the order in which Kafka Streams would add them: sub-topologies are numbered by it.
    var liveNodes: [TopologyNode] {
        let live = nodes.filter { !removed.contains($0.id) }
        guard live.contains(where: { $0.rank != nil }) else { return live }
        return live.sorted { isWrittenBefore($0.id, $1.id) }
    }

    func isWrittenBefore(_ a: NodeID, _ b: NodeID) -> Bool {
        (self[a].rank ?? a.rawValue, a.rawValue) < (self[b].rank ?? b.rawValue, b.rawValue)
    }

    private(set) var removed: Set<NodeID> = []

    /// Takes a node out that no edge leads to any more.
    mutating func drop(_ id: NodeID) { removed.insert(id) }

    /// Takes a store out that no node uses any more.
    mutating func removeStore(_ name: String) {
        stores[name] = nil
        storeOrder.removeAll { $0 == name }
    }

    mutating func rename(_ id: NodeID, to name: String) {
        idsByName[self[id].name] = nil
        idsByName[name] = id
        self[id].name = name
    }

    /// Takes a node without parents out, and gives its children to another, which has them all in the order they were made in.
    mutating func replace(_ id: NodeID, by other: NodeID) {
        removed.insert(id)
        for child in self[id].children {
            self[child].parents.removeAll { $0 == id || $0 == other }
            self[child].parents.append(other)
            if !self[other].children.contains(child) { self[other].children.append(child) }
        }
        self[other].children.sort { $0.rawValue < $1.rawValue }
        self[id].children = []
        for index in copartitionedSources.indices {
            if copartitionedSources[index].sources.remove(id) != nil {
                copartitionedSources[index].sources.insert(other)
            }
        }
    }
}

/// A topic of the application's own, through which records go to the task that their new key belongs to.
@usableFromInline
struct RepartitionTopic: Hashable, Sendable {
    /// Without the application's id: `<operator>-repartition`.
    let name: String
    /// Nil: as many as the topics it is joined with or comes from.
    let partitionCount: Int32?

    @usableFromInline
    init(name: String, partitionCount: Int32?) {
        self.name = name
        self.partitionCount = partitionCount
    }
}

/// Sources that an operator reads together, so that their topics need the same number of partitions.
@usableFromInline
struct CopartitionGroup: Sendable {
    var sources: Set<NodeID>
    let operatorName: String
    let callSite: CallSite?
}
