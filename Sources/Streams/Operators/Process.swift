extension KStream {
    /// Hands each record to a processor of one's own.
    ///
    /// The processor decides about key, value and time of what it forwards. Since it may change keys, grouping or joining
    /// afterwards goes through a repartition topic. It sees null keys and values.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.keyValueStore("seen", String.self, String.self))
    /// orders.process(stores: ["seen"]) { Deduplication() }.to("orders-once")
    /// ```
    ///
    /// - Parameters:
    ///   - stores: Names of the state stores that it uses.
    ///   - processor: Called once for each task.
    @inlinable
    @discardableResult
    public func process<P: Processor>(
        stores: [String] = [],
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
            traits: .changesKey,
            callSite: callSite
        )
        builder.connect(id, to: stores, callSite)
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
    /// Keys and partitioning stay, so that no repartition is needed afterwards. It sees null keys and values.
    ///
    /// ```swift
    /// orders.processValues { Stamp() }.to("orders-stamped")
    /// ```
    @inlinable
    @discardableResult
    public func processValues<P: FixedKeyProcessor>(
        stores: [String] = [],
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
            traits: .changesValue,
            callSite: callSite
        )
        builder.connect(id, to: stores, callSite)
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

    /// Connects a processor to stores. Whether they exist shows when all is built.
    @usableFromInline
    func connect(_ id: NodeID, to stores: [String], _ callSite: CallSite) {
        for store in stores { graph.connect(id, to: store) }
    }
}
