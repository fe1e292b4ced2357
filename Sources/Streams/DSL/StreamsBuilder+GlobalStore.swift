import Records

extension StreamsBuilder {
    /// Adds a store that every instance has whole: a topic's records go through `processor`, which keeps it up to date.
    ///
    /// The store has no changelog: the topic is read again where it is needed. Any processor may read the store without
    /// being connected to it.
    ///
    /// ```swift
    /// final class RateKeeper: Processor {
    ///     private var rates: KeyValueStore<String, Double>?
    ///
    ///     func start(_ context: ProcessorContext<Never, Never>) throws { rates = try context.store("rates") }
    ///
    ///     func process(_ record: StreamRecord<String, Double>) throws {
    ///         if let currency = record.key { try rates?.put(currency, record.value) }
    ///     }
    /// }
    /// builder.addGlobalStore(
    ///     Stores.keyValueStore("rates", String.self, Double.self), topic: "rates", key: .string, value: .double
    /// ) { RateKeeper() }
    /// ```
    public func addGlobalStore<P: Processor>(
        _ store: some StoreBuilding,
        topic: TopicName,
        key: Serde<P.KeyIn>,
        value: Serde<P.ValueIn>,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) {
        let callSite = CallSite(file: file, line: line)
        let sourceName = name(named, "KSTREAM-SOURCE-", callSite, suffix: "-source")
        let processorName = name(named, "KTABLE-SOURCE-", callSite)
        let source = addSource(
            sourceName,
            .topics([.external(topic)]),
            key: key,
            value: value,
            isGlobal: true,
            callSite: callSite
        )
        let id = graph.nextID
        graph.addProcessor(
            processorName,
            input: NodeInput<P.KeyIn, P.ValueIn>.processor(id, processor),
            inputTypes: RecordTypes(P.KeyIn.self, P.ValueIn.self),
            outputTypes: nil,
            parents: [source],
            traits: [],
            callSite: callSite
        )
        var entry = StoreEntry(store, callSite: callSite)
        entry.isGlobal = true
        graph.add(entry)
        graph.connect(id, to: store.name)
        graph.globalProcessors.insert(id)
    }

    /// Adds a global store whose topic's types have serdes.
    ///
    /// ```swift
    /// final class RateKeeper: Processor {
    ///     private var rates: KeyValueStore<String, Double>?
    ///
    ///     func start(_ context: ProcessorContext<Never, Never>) throws { rates = try context.store("rates") }
    ///
    ///     func process(_ record: StreamRecord<String, Double>) throws {
    ///         if let currency = record.key { try rates?.put(currency, record.value) }
    ///     }
    /// }
    /// builder.addGlobalStore(
    ///     Stores.keyValueStore("rates", String.self, Double.self), topic: "rates", String.self, Double.self
    /// ) { RateKeeper() }
    /// ```
    public func addGlobalStore<P: Processor>(
        _ store: some StoreBuilding,
        topic: TopicName,
        _ key: P.KeyIn.Type,
        _ value: P.ValueIn.Type,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) where P.KeyIn: SerdeProviding, P.ValueIn: SerdeProviding {
        addGlobalStore(
            store,
            topic: topic,
            key: P.KeyIn.serde,
            value: P.ValueIn.serde,
            named: named,
            file: file,
            line: line,
            processor
        )
    }
}
