import Records

extension Topology {
    /// Adds a store that every instance has whole: a topic's records go through `processor`, which keeps it up to date.
    ///
    /// The store has no changelog: the topic is read again where it is needed. Any processor may read it without being
    /// connected.
    ///
    /// ```swift
    /// final class RateKeeper: Processor {
    ///     private var rates: KeyValueStore<String, Double>?
    ///     func start(_ context: ProcessorContext<Never, Never>) throws { rates = try context.store("rates") }
    ///     func process(_ record: StreamRecord<String, Double>) throws {
    ///         if let currency = record.key { try rates?.put(currency, record.value) }
    ///     }
    /// }
    /// var topology = Topology()
    /// topology.addGlobalStore(
    ///     Stores.keyValueStore("rates", String.self, Double.self),
    ///     source: "rate-source", topic: "rates", key: .string, value: .double, processor: "rate-keeper"
    /// ) { RateKeeper() }
    /// ```
    public mutating func addGlobalStore<P: Processor>(
        _ store: some StoreBuilding,
        source: String,
        topic: TopicName,
        key: Serde<P.KeyIn>,
        value: Serde<P.ValueIn>,
        processor name: String,
        timestamps: TimestampExtractor<P.KeyIn, P.ValueIn> = .byConfiguration,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) {
        var entry = StoreEntry(store, callSite: CallSite(file: file, line: line))
        entry.isGlobal = true
        let id = addKeeper(entry, source, topic, key, value, name, timestamps, isGlobal: true, processor)
        graph.globalProcessors.insert(id)
    }

    /// Adds a store of which each task has its part, and whose topic is its changelog: a topic's records go through
    /// `processor`, which keeps it up to date. See KIP-813.
    ///
    /// Nothing is logged: after a loss the store is restored from the topic itself, record by record and without the
    /// processor. So the topic should be compacted, and the processor should put what it gets. Other processors are connected
    /// to it by ``connectProcessor(_:toStores:file:line:)``.
    ///
    /// ```swift
    /// final class LimitKeeper: Processor {
    ///     private var limits: KeyValueStore<String, Int64>?
    ///     func start(_ context: ProcessorContext<Never, Never>) throws { limits = try context.store("limits") }
    ///     func process(_ record: StreamRecord<String, Int64>) throws {
    ///         if let user = record.key { try limits?.put(user, record.value) }
    ///     }
    /// }
    /// var topology = Topology()
    /// topology.addReadOnlyStateStore(
    ///     Stores.keyValueStore("limits", String.self, Int64.self),
    ///     source: "limit-source", topic: "limits", key: .string, value: .int64, processor: "limit-keeper"
    /// ) { LimitKeeper() }
    /// ```
    public mutating func addReadOnlyStateStore<P: Processor>(
        _ store: some StoreBuilding,
        source: String,
        topic: TopicName,
        key: Serde<P.KeyIn>,
        value: Serde<P.ValueIn>,
        processor name: String,
        timestamps: TimestampExtractor<P.KeyIn, P.ValueIn> = .byConfiguration,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) {
        var entry = StoreEntry(store, callSite: CallSite(file: file, line: line))
        entry.sourceTopic = .external(topic)
        _ = addKeeper(entry, source, topic, key, value, name, timestamps, isGlobal: false, processor)
    }

    /// Adds a source, the processor that keeps a store by it, and the store.
    private mutating func addKeeper<P: Processor>(
        _ entry: StoreEntry,
        _ source: String,
        _ topic: TopicName,
        _ key: Serde<P.KeyIn>,
        _ value: Serde<P.ValueIn>,
        _ name: String,
        _ timestamps: TimestampExtractor<P.KeyIn, P.ValueIn>,
        isGlobal: Bool,
        _ processor: @escaping @Sendable () throws -> P
    ) -> NodeID {
        let callSite = entry.callSite ?? CallSite(file: #fileID, line: #line)
        let parent = graph.addSource(
            check(source, callSite),
            .topics([.external(topic)]),
            key: key,
            value: value,
            timestamps: timestamps,
            offsetReset: isGlobal ? nil : .earliest,
            isGlobal: isGlobal,
            callSite: callSite
        )
        let id = graph.nextID
        graph.addProcessor(
            check(name, callSite),
            input: NodeInput<P.KeyIn, P.ValueIn>.processor(id, processor),
            inputTypes: RecordTypes(P.KeyIn.self, P.ValueIn.self),
            outputTypes: nil,
            parents: [parent],
            traits: [],
            callSite: callSite
        )
        graph.add(entry)
        graph.connect(id, to: entry.name)
        return id
    }

    /// Adds a sink that writes each record to the topic that `topic` names for it. The topics must exist.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: "orders", String.self, Order.self)
    /// topology.addSink("sink", key: .string, value: Order.serde, parents: ["source"]) { customer, order, _ in
    ///     order?.isTest == true ? "test-orders" : "real-orders"
    /// }
    /// ```
    public mutating func addSink<Key: Sendable, Value: Sendable>(
        _ name: String,
        key: Serde<Key>,
        value: Serde<Value>,
        parents: [String],
        partitioner: StreamPartitioner<Key, Value>? = nil,
        file: String = #fileID,
        line: Int = #line,
        topic: @escaping @Sendable (Key?, Value?, RecordMetadata?) throws -> TopicName
    ) {
        let callSite = CallSite(file: file, line: line)
        let parents = ids(of: parents, for: name, callSite)
        graph.addSink(
            check(name, callSite),
            topic: topic,
            parents: parents,
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
    }
}
