import Records

/// Puts the operators of one task together, from sink to source: each node's closure is made once, and captures the
/// closures of its children.
@usableFromInline
final class TaskAssembly {
    @usableFromInline let graph: TopologyGraph
    @usableFromInline let context: ProcessingContext
    private let stores: TaskStores
    @usableFromInline var made: [NodeID: AnyObject] = [:]
    private var scopes: [NodeID: NodeScope] = [:]

    init(graph: TopologyGraph, context: ProcessingContext, stores: TaskStores) {
        self.graph = graph
        self.context = context
        self.stores = stores
    }

    /// A node's closure, kept so that a node with several parents is made once.
    @usableFromInline
    final class Made<Key, Value> {
        @usableFromInline let forward: Forward<Key, Value>
        @inlinable init(_ forward: @escaping Forward<Key, Value>) { self.forward = forward }
    }

    /// What a node does with its output: the child's closure itself, or one that calls each child in order.
    @inlinable
    func output<Key, Value>(of id: NodeID) throws -> Forward<Key, Value> {
        try fanOut(graph[id].children.map { try input(of: $0) })
    }

    /// Hands a record to each target in order.
    @inlinable
    func fanOut<Key, Value>(_ targets: [Forward<Key, Value>]) -> Forward<Key, Value> {
        switch targets.count {
        case 0:
            return { _, _, _ in }
        case 1:
            return targets[0]
        case 2:
            let (first, second) = (targets[0], targets[1])
            return { key, value, timestamp in
                try first(key, value, timestamp)
                try second(key, value, timestamp)
            }
        default:
            return { key, value, timestamp in
                for target in targets { try target(key, value, timestamp) }
            }
        }
    }

    /// The closure of a node.
    @inlinable
    func input<Key, Value>(of id: NodeID) throws -> Forward<Key, Value> {
        if let known = made[id] as? Made<Key, Value> { return known.forward }
        guard let input = graph[id].input as? NodeInput<Key, Value> else { throw wrongTypes(id) }
        let forward = try input.make(self)
        made[id] = Made<Key, Value>(forward)
        return forward
    }

    @usableFromInline
    func scope(of id: NodeID) -> NodeScope {
        if let known = scopes[id] { return known }
        let scope = NodeScope(id: id, name: graph[id].name, context: context)
        scopes[id] = scope
        return scope
    }

    /// A store of this task or, where the name is that of a global store, of the instance.
    @usableFromInline
    func store<Store: AnyObject>(named name: String, for id: NodeID, as type: Store.Type = Store.self) throws -> Store {
        guard let store = try stores.store(named: name) as? Store else {
            throw TopologyException(
                "state store \(name) is not a \(type)", operatorName: graph[id].name, callSite: graph[id].callSite)
        }
        return store
    }

    /// Whether the table at `id` puts old values into its changes.
    @usableFromInline
    func sendsOldValues(_ id: NodeID) -> Bool { graph.tables[id]?.sendsOldValues ?? false }

    @usableFromInline
    func wrongTypes(_ id: NodeID) -> TopologyException {
        TopologyException(
            "the operator's parents send records of other types", operatorName: graph[id].name,
            callSite: graph[id].callSite)
    }
}
