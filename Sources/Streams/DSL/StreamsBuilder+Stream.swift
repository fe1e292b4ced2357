import Records

extension StreamsBuilder {
    /// Reads topics as a stream of records.
    ///
    /// Null keys and values come through; see ``KStream`` for who sees them. The records keep their partition and,
    /// unless `timestamps` says otherwise, the time they bear. Bytes that are no key or value go to the
    /// `deserialization.exception.handler`.
    ///
    /// `offsetReset` says where to begin without a committed offset, by default where the application's setting says;
    /// `named` is the source's name in `describe()`.
    ///
    /// ```swift
    /// let orders = builder.stream("orders", String.self, Order.self)
    /// let all = builder.stream(["orders", "returns"], String.self, Order.self, offsetReset: .earliest)
    /// ```
    @inlinable
    public func stream<Key: SerdeProviding & Sendable, Value: SerdeProviding & Sendable>(
        _ topics: SourceTopics,
        _ key: Key.Type,
        _ value: Value.Type,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KStream<Key, Value> {
        stream(
            topics,
            key: Key.serde,
            value: Value.serde,
            timestamps: timestamps,
            offsetReset: offsetReset,
            named: named,
            file: file,
            line: line
        )
    }

    /// Reads topics as a stream of records, with serdes of one's own.
    ///
    /// Else as ``stream(_:_:_:timestamps:offsetReset:named:file:line:)``.
    ///
    /// ```swift
    /// let raw = builder.stream("orders", key: .string, value: .bytes)
    /// ```
    @inlinable
    public func stream<Key: Sendable, Value: Sendable>(
        _ topics: SourceTopics,
        key: Serde<Key>,
        value: Serde<Value>,
        timestamps: TimestampExtractor<Key, Value> = .byConfiguration,
        offsetReset: OffsetResetPolicy? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KStream<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let name = name(named, "KSTREAM-SOURCE-", callSite)
        let id = addSource(
            name,
            topics.selection,
            key: key,
            value: value,
            timestamps: timestamps,
            offsetReset: offsetReset,
            callSite: callSite
        )
        return KStream(builder: self, node: id, name: name, keySerde: key, valueSerde: value, sources: [id])
    }

    /// Adds a source node.
    @inlinable
    func addSource<Key, Value>(
        _ name: String,
        _ topics: TopicSelection,
        key: Serde<Key>,
        value: Serde<Value>,
        timestamps: TimestampExtractor<Key, Value> = .failOnInvalidTimestamp,
        offsetReset: OffsetResetPolicy? = nil,
        isGlobal: Bool = false,
        callSite: CallSite
    ) -> NodeID {
        graph.addSource(
            name,
            topics,
            key: key,
            value: value,
            timestamps: timestamps,
            offsetReset: offsetReset,
            isGlobal: isGlobal,
            callSite: callSite
        )
    }
}

extension TopologyGraph {
    /// Adds a source: the closure that decodes its records is made here, where the types are known.
    @inlinable
    mutating func addSource<Key, Value>(
        _ name: String,
        _ topics: TopicSelection,
        key: Serde<Key>,
        value: Serde<Value>,
        timestamps: TimestampExtractor<Key, Value>,
        offsetReset: OffsetResetPolicy?,
        isGlobal: Bool,
        callSite: CallSite
    ) -> NodeID {
        let id = nextID
        addSource(
            name,
            topics,
            outputTypes: RecordTypes(Key.self, Value.self),
            offsetReset: offsetReset,
            isGlobal: isGlobal,
            callSite: callSite
        ) { assembly in
            let next: Forward<Key, Value> = try assembly.output(of: id)
            let scope = assembly.scope(of: id)
            let context = assembly.context
            let (nullKey, nullValue) = (key.null, value.null)
            let (decodeKey, decodeValue) = (key.deserialize, value.deserialize)
            return SourceEntry(name: scope.name, extractor: timestamps.make(key, value, context)) {
                rawKey,
                rawValue,
                timestamp in
                let key: Key?
                let value: Value?
                do {
                    if let rawKey { key = try decodeKey(rawKey) } else { key = nullKey }
                    if let rawValue { value = try decodeValue(rawValue) } else { value = nullValue }
                } catch {
                    try scope.undecodable(error)
                    return
                }
                context.streamTime = max(context.streamTime, timestamp)
                try next(key, value, timestamp)
            }
        }
        return id
    }

    @usableFromInline
    mutating func addSource(
        _ name: String,
        _ topics: TopicSelection,
        outputTypes: RecordTypes,
        offsetReset: OffsetResetPolicy?,
        isGlobal: Bool,
        callSite: CallSite,
        make: @escaping @Sendable (TaskAssembly) throws -> SourceEntry
    ) {
        let topics = topics.withoutRepeats
        for case .external(let topic) in topics.topics {
            if let problem = TopologyGraph.problem(withName: topic.rawValue) { report(name, problem, callSite) }
        }
        if case .topics([]) = topics { report(name, "it reads no topic", callSite) }
        let source = SourceNode(topics: topics, offsetReset: offsetReset, isGlobal: isGlobal, make: make)
        add(
            TopologyNode(
                id: nextID,
                name: name,
                kind: .source(source),
                input: nil,
                inputTypes: nil,
                outputTypes: outputTypes,
                callSite: callSite
            )
        )
    }

    /// Streams that read exactly the same topics share the first one's source.
    mutating func mergeDuplicateSources() {
        var first: [TopicSelection: NodeID] = [:]
        for node in nodes where mergeableSources.contains(node.id) {
            guard case .source(let source) = node.kind else { continue }
            let topics = source.topics.asSet
            guard let original = first[topics] else {
                first[topics] = node.id
                continue
            }
            guard self[original].outputTypes == node.outputTypes else {
                report(
                    node.name,
                    "\(self[original].name) reads the same topics as other types",
                    node.callSite
                )
                continue
            }
            if case .source(let kept) = self[original].kind, kept.offsetReset != source.offsetReset {
                report(
                    node.name,
                    "\(self[original].name) reads the same topics with another offset reset policy",
                    node.callSite
                )
            }
            replace(node.id, by: original)
        }
    }

    /// Sources of streams: not those of tables, global tables and repartition topics.
    private var mergeableSources: Set<NodeID> {
        Set(
            nodes.filter { node in
                guard case .source(let source) = node.kind, !source.isGlobal, !removed.contains(node.id) else {
                    return false
                }
                if case .topics(let topics) = source.topics, topics.contains(where: { $0.isInternal }) { return false }
                return !tableSources.contains(node.id)
            }.map(\.id)
        )
    }

    /// Lets through null keys only before repartition topics that a null-key join reads. See KIP-962.
    mutating func settleNullKeys() {
        var keeps: Set<NodeID> = []
        for node in nodes where node.traits.contains(.joinsNullKeys) {
            // The filter itself is among the ancestors of what is read back from its topic.
            keeps.formUnion(ancestorsThroughRepartition(of: node.id))
        }
        for node in nodes where node.traits.contains(.filtersBeforeRepartition) {
            if keeps.contains(node.id) { nullKeyKeepers.insert(node.id) }
        }
    }

    /// All nodes whose records reach `id`, those included that go through a repartition topic.
    private func ancestorsThroughRepartition(of id: NodeID) -> Set<NodeID> {
        var seen: Set<NodeID> = [id]
        var open = [id]
        while let next = open.popLast() {
            let above = self[next].parents + (repartitionFilters[next].map { [$0] } ?? [])
            for parent in above where seen.insert(parent).inserted { open.append(parent) }
        }
        return seen
    }
}

extension TopicReference {
    var isInternal: Bool {
        if case .repartition = self { return true }
        return false
    }
}
