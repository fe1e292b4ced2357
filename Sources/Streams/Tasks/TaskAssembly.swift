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
    /// What several nodes of the task share, by the node that it is named for.
    private var shared: [NodeID: AnyObject] = [:]

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
    ///
    /// Closures are never put into an array or dictionary: there they would lose their types, and each call would go
    /// through two conversions. A box keeps them as they are.
    @inlinable
    func output<Key, Value>(of id: NodeID) throws -> Forward<Key, Value> {
        let children = graph[id].children
        switch children.count {
        case 0:
            return { _, _, _ in }
        case 1:
            return try input(of: children[0])
        case 2:
            let first: Forward<Key, Value> = try input(of: children[0])
            let second: Forward<Key, Value> = try input(of: children[1])
            return { key, value, timestamp in
                try first(key, value, timestamp)
                try second(key, value, timestamp)
            }
        default:
            let targets: [Made<Key, Value>] = try children.map { try box(of: $0) }
            return { key, value, timestamp in
                for target in targets { try target.forward(key, value, timestamp) }
            }
        }
    }

    /// The closure of a node.
    @inlinable
    func input<Key, Value>(of id: NodeID) throws -> Forward<Key, Value> {
        let box: Made<Key, Value> = try box(of: id)
        return box.forward
    }

    /// The closure of a node in its box.
    @inlinable
    func box<Key, Value>(of id: NodeID) throws -> Made<Key, Value> {
        if let known = made[id] as? Made<Key, Value> { return known }
        guard let input = graph[id].input as? NodeInput<Key, Value> else { throw wrongTypes(id) }
        let forward = try input.make(self)
        let box = Made<Key, Value>(isWrapping ? wrapped(id, forward) : forward)
        made[id] = box
        return box
    }

    @usableFromInline
    func scope(of id: NodeID) -> NodeScope {
        if let known = scopes[id] { return known }
        let scope = NodeScope(id: id, name: graph[id].name, context: context)
        scopes[id] = scope
        return scope
    }

    /// An object that several nodes of the task share, made for the first of them.
    @usableFromInline
    func shared<Object: AnyObject>(_ id: NodeID, _ make: () -> Object) -> Object {
        if let known = shared[id] as? Object { return known }
        let object = make()
        shared[id] = object
        return object
    }

    /// A store of this task or, where the name is that of a global store, of the instance.
    @usableFromInline
    func store<Store: AnyObject>(named name: String, for id: NodeID, as type: Store.Type = Store.self) throws -> Store {
        guard let store = try stores.store(named: name) as? Store else {
            throw TopologyException(
                "state store \(name) is not a \(type)",
                operatorName: graph[id].name,
                callSite: graph[id].callSite
            )
        }
        return store
    }

    /// The store of that name, where it is of that type.
    @usableFromInline
    func find<Store: AnyObject>(_ name: String, _ type: Store.Type) -> Store? { stores.find(name) as? Store }

    /// Whether the table at `id` puts old values into its changes.
    @usableFromInline
    func sendsOldValues(_ id: NodeID) -> Bool { graph.tables[id]?.sendsOldValues ?? false }

    @usableFromInline
    func wrongTypes(_ id: NodeID) -> TopologyException {
        TopologyException(
            "the operator's parents send records of other types",
            operatorName: graph[id].name,
            callSite: graph[id].callSite
        )
    }
}
