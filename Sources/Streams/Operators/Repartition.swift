import Records

extension KStream {
    /// Sends the records through a topic of the application's own, so that they come to the task their key belongs to.
    ///
    /// Key, value, time and headers stay. What comes out is partitioned by its key, in as many `partitions` as are
    /// asked for or as the source topics have: work is spread anew. Records with a null key go to partitions in turn.
    /// The topic is called `<application id>-<name>-repartition`, where the name is `named` or a generated one. See
    /// KIP-221.
    ///
    /// ```swift
    /// let spread = orders.selectKey { order in order.productID }.repartition(partitions: 12, named: "by-product")
    /// ```
    @inlinable
    public func repartition(
        partitions: Int32? = nil,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        partitioner: StreamPartitioner<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KStream {
        let callSite = CallSite(file: file, line: line)
        let name = named.map { builder.checked($0, callSite) } ?? builder.newName("KSTREAM-REPARTITION-")
        if let partitions, partitions < 1 { builder.graph.report(name, "\(partitions) partitions", callSite) }
        return repartitioned(
            name,
            partitions: partitions,
            key: key ?? keySerde,
            value: value ?? valueSerde,
            partitioner: partitioner,
            traits: .isPinned,
            callSite: callSite
        )
    }

    /// Adds a filter, a sink, a topic, and a source that reads it; what comes out is partitioned by key.
    @inlinable
    func repartitioned(
        _ prefix: String,
        partitions: Int32? = nil,
        key: Serde<Key>?,
        value: Serde<Value>?,
        partitioner: StreamPartitioner<Key, Value>? = nil,
        traits: TopologyNode.Traits = [],
        callSite: CallSite
    ) -> KStream {
        let names = builder.repartitionNames(prefix)
        guard
            let key = builder.serde(key, "key", prefix, callSite),
            let value = builder.serde(value, "value", prefix, callSite)
        else { return self }
        let topic = TopicReference.repartition(names.topic)
        builder.graph.add(RepartitionTopic(name: names.topic, partitionCount: partitions))
        let filter = builder.addProcessor(
            names.filter,
            parents: [node],
            traits: traits.union(.filtersBeforeRepartition),
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Value.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            if assembly.graph.nullKeyKeepers.contains(id) { return next }
            let nulls = Nulls<Key>()
            return { key, value, timestamp in
                guard nulls.plain(key) != nil else { return scope.drop(.nullKey) }
                try next(key, value, timestamp)
            }
        }
        builder.graph.addSink(
            names.sink,
            topic,
            parents: [filter],
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
        let source = builder.addSource(names.source, .topics([topic]), key: key, value: value, callSite: callSite)
        builder.graph.repartitionFilters[source] = filter
        return KStream(
            builder: builder,
            node: source,
            name: names.source,
            keySerde: key,
            valueSerde: value,
            sources: [source]
        )
    }
}

extension StreamsBuilder {
    @usableFromInline
    struct RepartitionNames {
        @usableFromInline let topic: String
        @usableFromInline let filter: String
        @usableFromInline let sink: String
        @usableFromInline let source: String
    }

    /// The names of a repartition. Three numbers are used up; they show where the prefix is a generated stream's name.
    @usableFromInline
    func repartitionNames(_ prefix: String) -> RepartitionNames {
        let topic = prefix.hasSuffix("-repartition") ? prefix : prefix + "-repartition"
        let sink = newName("KSTREAM-SINK-")
        let filter = newName("KSTREAM-FILTER-")
        let source = newName("KSTREAM-SOURCE-")
        if StreamsBuilder.isGenerated(prefix) {
            return RepartitionNames(topic: topic, filter: filter, sink: sink, source: source)
        }
        return RepartitionNames(
            topic: topic,
            filter: topic + "-filter",
            sink: topic + "-sink",
            source: topic + "-source"
        )
    }

    /// Whether a name looks like a generated one: it begins with KSTREAM and ends in a dash and ten digits.
    static func isGenerated(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard name.hasPrefix("KSTREAM"), bytes.count >= 18, bytes[bytes.count - 11] == UInt8(ascii: "-") else {
            return false
        }
        return bytes.suffix(10).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func add(_ topic: RepartitionTopic) { repartitionTopics[topic.name] = topic }
}
