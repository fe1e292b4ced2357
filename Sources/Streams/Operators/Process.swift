extension KStream {
    /// Hands each record to a processor of one's own.
    ///
    /// The processor decides about key, value and time of what it forwards, and when. Since it may change keys,
    /// grouping or joining afterwards goes through a repartition topic. It sees null keys and values; what it throws
    /// ends up with the `processing.exception.handler`.
    ///
    /// `stores` names the state stores that it uses, and `adding` has those that come with it: they are added and it is
    /// connected to them (KIP-401). The closure is called once for each task.
    ///
    /// ```swift
    /// final class FirstOrders: Processor {
    ///     private var context: ProcessorContext<String, Order>?
    ///     private var seen: KeyValueStore<String, Bool>?
    ///
    ///     func start(_ context: ProcessorContext<String, Order>) throws {
    ///         self.context = context
    ///         seen = try context.store("seen")
    ///     }
    ///
    ///     func process(_ record: StreamRecord<String, Order>) throws {
    ///         guard let customer = record.key, try seen?.putIfAbsent(customer, true) == nil else { return }
    ///         try context?.forward(record)
    ///     }
    /// }
    /// let seen = Stores.keyValueStore("seen", String.self, Bool.self)
    /// orders.process(adding: [seen]) { FirstOrders() }.to("first-orders")
    /// ```
    @inlinable
    @discardableResult
    public func process<P: Processor>(
        stores: [String] = [],
        adding newStores: [any StoreBuilding] = [],
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) -> KStream<P.KeyOut, P.ValueOut> where P.KeyIn == Key, P.ValueIn == Value {
        let callSite = CallSite(file: file, line: line)
        let name = named.map { builder.checked($0, callSite) } ?? builder.newName("KSTREAM-PROCESSOR-")
        let id = builder.graph.nextID
        builder.graph.addProcessor(
            name,
            input: NodeInput<Key, Value>.processor(id, processor),
            inputTypes: RecordTypes(Key.self, Value.self),
            outputTypes: RecordTypes(P.KeyOut.self, P.ValueOut.self),
            parents: [node],
            // The optimiser takes it for neither a change of keys nor of values, as Kafka Streams' does.
            traits: [],
            callSite: callSite
        )
        builder.connect(id, to: stores, adding: newStores, callSite)
        return KStream<P.KeyOut, P.ValueOut>(
            builder: builder,
            node: id,
            name: name,
            keySerde: .inferred(),
            valueSerde: .inferred(),
            sources: sources,
            needsRepartition: true
        )
    }

    /// Hands each record to a processor of one's own that keeps the key.
    ///
    /// Key and partitioning stay, so that no repartition is needed afterwards; the processor decides about value and
    /// time. It sees null keys and values; what it throws ends up with the `processing.exception.handler`. See KIP-820.
    ///
    /// ```swift
    /// final class Stamp: FixedKeyProcessor {
    ///     private var context: FixedKeyProcessorContext<String, String>?
    ///
    ///     func start(_ context: FixedKeyProcessorContext<String, String>) { self.context = context }
    ///
    ///     func process(_ record: FixedKeyRecord<String, String>) throws {
    ///         try context?.forward(record.with(value: "\(record.value ?? "") at \(record.timestamp)"))
    ///     }
    /// }
    /// lines.processValues { Stamp() }.to("lines-stamped")
    /// ```
    @inlinable
    @discardableResult
    public func processValues<P: FixedKeyProcessor>(
        stores: [String] = [],
        adding newStores: [any StoreBuilding] = [],
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ processor: @escaping @Sendable () throws -> P
    ) -> KStream<Key, P.ValueOut> where P.Key == Key, P.ValueIn == Value {
        let callSite = CallSite(file: file, line: line)
        let name = named.map { builder.checked($0, callSite) } ?? builder.newName("KSTREAM-PROCESSVALUES-")
        let id = builder.graph.nextID
        builder.graph.addProcessor(
            name,
            input: NodeInput<Key, Value>.fixedKeyProcessor(id, processor),
            inputTypes: RecordTypes(Key.self, Value.self),
            outputTypes: RecordTypes(Key.self, P.ValueOut.self),
            parents: [node],
            traits: [],
            callSite: callSite
        )
        builder.connect(id, to: stores, adding: newStores, callSite)
        return KStream<Key, P.ValueOut>(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: .inferred(),
            sources: sources,
            needsRepartition: needsRepartition
        )
    }
}

extension StreamsBuilder {
    /// A name that the user gave and for which no number is used up.
    @usableFromInline
    func checked(_ name: String, _ callSite: CallSite) -> String {
        if let problem = TopologyGraph.problem(withName: name) { graph.report(name, problem, callSite) }
        return name
    }

    /// Connects a processor to stores. Whether those exist that are not added here shows when all is built.
    @usableFromInline
    func connect(
        _ id: NodeID,
        to stores: [String],
        adding newStores: [any StoreBuilding] = [],
        _ callSite: CallSite
    ) {
        graph.connect(id, to: stores, adding: newStores, callSite)
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func connect(
        _ id: NodeID,
        to stores: [String],
        adding newStores: [any StoreBuilding],
        _ callSite: CallSite
    ) {
        for store in newStores { add(StoreEntry(store, callSite: callSite)) }
        for store in stores + newStores.map(\.name) { connect(id, to: store) }
    }
}
