import Records

/// Where a topology begins: streams and tables read from topics, and the operators below them.
///
/// ```swift
/// let builder = StreamsBuilder()
/// let addresses = builder.table("address", String.self, String.self)
/// builder.stream("order", String.self, String.self)
///     .join(addresses) { order, address in "\(order) send to \(address)" }
///     .to("order_join")
/// let topology = try builder.build()
/// ```
///
/// Operators are named and numbered as in Kafka Streams, so that an application keeps its internal topics when it comes
/// from Java. One thread uses a builder; the topology it makes may go to any.
public final class StreamsBuilder {
    @usableFromInline var graph = TopologyGraph()
    private var index = 0
    /// For a stream that was repartitioned for a join, the source that reads its repartition topic.
    @usableFromInline var joinRepartitions: [NodeID: NodeID] = [:]
    private let optimizations: Set<TopologyOptimization>
    /// Where stores of the DSL keep their content that say nothing else.
    @usableFromInline let storage: Stores.Storage

    /// A builder without operators. `optimizations` is what `topology.optimization` names; none by default. `storage` is
    /// `default.dsl.store`: where the stores of tables, aggregations and joins keep their content, unless they say so
    /// themselves.
    ///
    /// ```swift
    /// let builder = StreamsBuilder(optimizations: .all)
    /// let inMemory = StreamsBuilder(storage: .memory)
    /// ```
    public init(optimizations: Set<TopologyOptimization> = [], storage: Stores.Storage = .disk) {
        self.optimizations = optimizations
        self.storage = storage
    }

    /// The topology of all operators so far.
    ///
    /// Errors: ``TopologyException`` with every problem, its operator and its place in the code.
    ///
    /// ```swift
    /// do {
    ///     print(try builder.build().describe())
    /// } catch let problems as TopologyException {
    ///     print(problems)
    /// }
    /// ```
    public func build() throws -> Topology {
        var graph = graph
        graph.mergeDuplicateSources()
        if optimizations.contains(.mergeRepartitionTopics) { graph.mergeRepartitionTopics() }
        if optimizations.contains(.singleStoreSelfJoin) { graph.simplifySelfJoins() }
        graph.settleNullKeys()
        graph.addTableStores(reusingSourceTopics: optimizations.contains(.reuseKTableSourceTopics))
        let topology = Topology(graph: graph)
        try topology.validate()
        return topology
    }

    /// Adds a store for processors to use; connect it by its name where they are added.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.keyValueStore("visits", String.self, Int64.self))
    /// ```
    public func addStateStore(
        _ store: some StoreBuilding,
        file: String = #fileID,
        line: Int = #line
    ) {
        graph.add(StoreEntry(store, callSite: CallSite(file: file, line: line)))
    }

    // MARK: Names

    /// The next generated name: the prefix and a number of ten digits.
    @usableFromInline
    func newName(_ prefix: String) -> String {
        let digits = String(index)
        index += 1
        return prefix + String(repeating: "0", count: max(10 - digits.count, 0)) + digits
    }

    /// The given name, or a generated one. A number is used up in either case, as in Kafka Streams.
    @usableFromInline
    func name(_ given: String?, _ prefix: String, _ callSite: CallSite, suffix: String = "") -> String {
        let generated = newName(prefix)
        guard let given else { return generated }
        let name = given + suffix
        if let problem = TopologyGraph.problem(withName: name) { graph.report(name, problem, callSite) }
        return name
    }

    /// The next generated store name.
    @usableFromInline
    func newStoreName(_ prefix: String) -> String { newName(prefix + "STATE-STORE-") }

    // MARK: Nodes

    /// Adds an operator with the closure that makes it.
    @inlinable
    func addProcessor<Key, Value, NewKey, NewValue>(
        _ name: String,
        parents: [NodeID],
        traits: TopologyNode.Traits = [],
        callSite: CallSite,
        from: (Key.Type, Value.Type),
        to: (NewKey.Type, NewValue.Type),
        make:
            @escaping @Sendable (@escaping Forward<NewKey, NewValue>, NodeScope, TaskAssembly) throws
            -> Forward<Key, Value>
    ) -> NodeID {
        let id = graph.nextID
        let input = NodeInput<Key, Value> { assembly in
            let next: Forward<NewKey, NewValue> = try assembly.output(of: id)
            return try make(next, assembly.scope(of: id), assembly)
        }
        graph.addProcessor(
            name,
            input: input,
            inputTypes: RecordTypes(Key.self, Value.self),
            outputTypes: RecordTypes(NewKey.self, NewValue.self),
            parents: parents,
            traits: traits,
            callSite: callSite
        )
        return id
    }
}

/// A rewriting of the topology that saves topics or stores. See KIP-295 and KIP-862.
///
/// ```swift
/// let builder = StreamsBuilder(optimizations: [.reuseKTableSourceTopics, .mergeRepartitionTopics])
/// ```
public enum TopologyOptimization: Hashable, Sendable {
    /// `reuse.ktable.source.topics`: a table's source topic serves as its changelog.
    case reuseKTableSourceTopics
    /// `merge.repartition.topics`: repartitions made necessary by one change of keys share a topic.
    case mergeRepartitionTopics
    /// `single.store.self.join`: a stream that is joined with itself keeps its records once.
    case singleStoreSelfJoin
}

extension Set<TopologyOptimization> {
    /// `topology.optimization=all`.
    public static var all: Set<TopologyOptimization> {
        [.reuseKTableSourceTopics, .mergeRepartitionTopics, .singleStoreSelfJoin]
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func addProcessor(
        _ name: String,
        input: any AnyObject & Sendable,
        inputTypes: RecordTypes,
        outputTypes: RecordTypes?,
        parents: [NodeID],
        traits: TopologyNode.Traits,
        callSite: CallSite
    ) {
        add(
            TopologyNode(
                id: nextID,
                name: name,
                kind: .processor,
                input: input,
                inputTypes: inputTypes,
                outputTypes: outputTypes,
                parents: parents,
                traits: traits,
                callSite: callSite
            )
        )
    }
}
