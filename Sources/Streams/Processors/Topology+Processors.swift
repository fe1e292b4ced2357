import Records

extension Topology {
    /// Adds a source that reads topics.
    ///
    /// Records keep their partition and, unless `timestamps` says otherwise, the time they bear; null keys and values
    /// come through. `offsetReset` says where to begin without a committed offset.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: ["orders", "returns"], String.self, Order.self, offsetReset: .earliest)
    /// ```
    @inlinable
    public mutating func addSource<Key: SerdeProviding & Sendable, Value: SerdeProviding & Sendable>(
        _ name: String,
        topics: SourceTopics,
        _ key: Key.Type,
        _ value: Value.Type,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        addSource(
            name,
            topics: topics,
            key: Key.serde,
            value: Value.serde,
            timestamps: timestamps,
            offsetReset: offsetReset,
            file: file,
            line: line
        )
    }

    /// Adds a source that reads topics, with serdes of one's own.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: "orders", key: .string, value: .bytes)
    /// ```
    @inlinable
    public mutating func addSource<Key: Sendable, Value: Sendable>(
        _ name: String,
        topics: SourceTopics,
        key: Serde<Key>,
        value: Serde<Value>,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        let callSite = CallSite(file: file, line: line)
        _ = graph.addSource(
            check(name, callSite),
            topics.selection,
            key: key,
            value: value,
            timestamps: timestamps,
            offsetReset: offsetReset,
            isGlobal: false,
            callSite: callSite
        )
    }

    /// Adds a processor below its parents.
    ///
    /// It gets the parents' records, whose types must be its own, nulls included. `stores` names the state stores that
    /// it uses, and `adding` has those that come with it (KIP-401); the closure is called once for each task.
    ///
    /// ```swift
    /// final class Shout: Processor {
    ///     private var context: ProcessorContext<String, String>?
    ///     func start(_ context: ProcessorContext<String, String>) { self.context = context }
    ///     func process(_ record: StreamRecord<String, String>) throws {
    ///         try context?.forward(record.with(value: record.value?.uppercased()))
    ///     }
    /// }
    /// var topology = Topology()
    /// topology.addSource("source", topics: "lines", String.self, String.self)
    /// topology.addProcessor("shout", parents: ["source"]) { Shout() }
    /// ```
    @inlinable
    public mutating func addProcessor<P: Processor>(
        _ name: String,
        parents: [String],
        stores: [String] = [],
        adding newStores: [any StoreBuilding] = [],
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) {
        let callSite = CallSite(file: file, line: line)
        let parents = ids(of: parents, for: name, callSite)
        let id = graph.nextID
        graph.addProcessor(
            check(name, callSite),
            input: NodeInput<P.KeyIn, P.ValueIn>.processor(id, processor),
            inputTypes: RecordTypes(P.KeyIn.self, P.ValueIn.self),
            outputTypes: RecordTypes(P.KeyOut.self, P.ValueOut.self),
            parents: parents,
            traits: [],
            callSite: callSite
        )
        graph.connect(id, to: stores, adding: newStores, callSite)
    }

    /// Adds a sink that writes to a topic.
    ///
    /// Key, value, time and headers are written as they are, nulls included; the partition follows from the key unless
    /// `partitioner` says otherwise.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: "lines", String.self, String.self)
    /// topology.addSink("sink", topic: "lines-copy", String.self, String.self, parents: ["source"])
    /// ```
    @inlinable
    public mutating func addSink<Key: SerdeProviding & Sendable, Value: SerdeProviding & Sendable>(
        _ name: String,
        topic: TopicName,
        _ key: Key.Type,
        _ value: Value.Type,
        parents: [String],
        partitioner: StreamPartitioner<Key, Value>? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        addSink(
            name,
            topic: topic,
            key: Key.serde,
            value: Value.serde,
            parents: parents,
            partitioner: partitioner,
            file: file,
            line: line
        )
    }

    /// Adds a sink that writes to a topic, with serdes of one's own.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: "lines", key: .string, value: .bytes)
    /// topology.addSink("sink", topic: "lines-copy", key: .string, value: .bytes, parents: ["source"])
    /// ```
    @inlinable
    public mutating func addSink<Key: Sendable, Value: Sendable>(
        _ name: String,
        topic: TopicName,
        key: Serde<Key>,
        value: Serde<Value>,
        parents: [String],
        partitioner: StreamPartitioner<Key, Value>? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        let callSite = CallSite(file: file, line: line)
        _ = check(topic.rawValue, callSite)
        let parents = ids(of: parents, for: name, callSite)
        graph.addSink(
            check(name, callSite),
            .external(topic),
            parents: parents,
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
    }

    /// Adds a state store, and connects processors to it that were added before.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addStateStore(Stores.keyValueStore("visits", String.self, Int64.self))
    /// ```
    public mutating func addStateStore(
        _ store: some StoreBuilding,
        processors: [String] = [],
        file: String = #fileID,
        line: Int = #line
    ) {
        let entry = StoreEntry(store, callSite: CallSite(file: file, line: line))
        graph.add(entry)
        for processor in processors { connectProcessor(processor, toStores: [entry.name], file: file, line: line) }
    }

    /// Connects a processor to state stores, so that it may use them; whatever shares a store is one sub-topology.
    public mutating func connectProcessor(
        _ name: String,
        toStores stores: [String],
        file: String = #fileID,
        line: Int = #line
    ) {
        let callSite = CallSite(file: file, line: line)
        guard let id = graph.id(named: name) else {
            graph.report(name, "there is no processor of this name to connect to a state store", callSite)
            return
        }
        guard case .processor = graph[id].kind else {
            graph.report(name, "a source or sink cannot be connected to a state store", callSite)
            return
        }
        for store in stores { graph.connect(id, to: store) }
    }

    /// ``connectProcessor(_:toStores:file:line:)`` under Kafka's name.
    public mutating func connectProcessorAndStateStores(
        _ name: String,
        _ stores: String...,
        file: String = #fileID,
        line: Int = #line
    ) {
        connectProcessor(name, toStores: stores, file: file, line: line)
    }

    @usableFromInline
    mutating func check(_ name: String, _ callSite: CallSite) -> String {
        if let problem = TopologyGraph.problem(withName: name) { graph.report(name, problem, callSite) }
        return name
    }

    @usableFromInline
    mutating func ids(of parents: [String], for name: String, _ callSite: CallSite) -> [NodeID] {
        if parents.isEmpty { graph.report(name, "it has no parent", callSite) }
        return parents.compactMap { parent in
            guard let id = graph.id(named: parent) else {
                graph.report(name, "there is no parent named \(parent)", callSite)
                return nil
            }
            if case .sink = graph[id].kind {
                graph.report(name, "\(parent) is a sink and cannot be a parent", callSite)
                return nil
            }
            return id
        }
    }
}
