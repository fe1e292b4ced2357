import Records

extension TopologyGraph {
    /// Adds a sink for one topic.
    @inlinable
    mutating func addSink<Key, Value>(
        _ name: String,
        _ topic: TopicReference,
        parents: [NodeID],
        key: Serde<Key>,
        value: Serde<Value>,
        partitioner: StreamPartitioner<Key, Value>?,
        callSite: CallSite
    ) {
        let id = nextID
        let input = NodeInput<Key, Value> { assembly in
            let scope = assembly.scope(of: id)
            let context = assembly.context
            let target = topic.name(applicationID: context.configuration.applicationID)
            let (encodeKey, encodeValue) = (key.serialize, value.serialize)
            guard let partitioner else {
                return { key, value, timestamp in
                    var (hasKey, hasValue) = (false, false)
                    context.keyBuffer.reset()
                    context.valueBuffer.reset()
                    do {
                        if let key { hasKey = try encodeKey(key, &context.keyBuffer) }
                        if let value { hasValue = try encodeValue(value, &context.valueBuffer) }
                    } catch {
                        return try scope.unsent(error)
                    }
                    try context.send(
                        to: target,
                        partition: nil,
                        timestamp: timestamp,
                        hasKey: hasKey,
                        hasValue: hasValue,
                        scope: scope
                    )
                }
            }
            return { key, value, timestamp in
                try context.encodeAndSend(
                    key,
                    value,
                    timestamp,
                    to: target,
                    encodeKey,
                    encodeValue,
                    partitioner,
                    scope
                )
            }
        }
        addSink(name, topic, input: input, types: RecordTypes(Key.self, Value.self), parents, callSite)
    }

    /// Adds a sink whose topic is computed for each record.
    @inlinable
    mutating func addSink<Key, Value>(
        _ name: String,
        topic: @escaping @Sendable (Key?, Value?, RecordMetadata?) throws -> TopicName,
        parents: [NodeID],
        key: Serde<Key>,
        value: Serde<Value>,
        partitioner: StreamPartitioner<Key, Value>?,
        callSite: CallSite
    ) {
        let id = nextID
        let input = NodeInput<Key, Value> { assembly in
            let scope = assembly.scope(of: id)
            let context = assembly.context
            let (encodeKey, encodeValue) = (key.serialize, value.serialize)
            return { key, value, timestamp in
                let target: TopicName
                do { target = try topic(key, value, context.metadata) } catch { return try scope.failed(error) }
                try context.encodeAndSend(
                    key,
                    value,
                    timestamp,
                    to: target,
                    encodeKey,
                    encodeValue,
                    partitioner,
                    scope
                )
            }
        }
        addSink(name, nil, input: input, types: RecordTypes(Key.self, Value.self), parents, callSite)
    }

    @usableFromInline
    mutating func addSink(
        _ name: String,
        _ topic: TopicReference?,
        input: any AnyObject & Sendable,
        types: RecordTypes,
        _ parents: [NodeID],
        _ callSite: CallSite
    ) {
        add(
            TopologyNode(
                id: nextID,
                name: name,
                kind: .sink(SinkNode(topic: topic)),
                input: input,
                inputTypes: types,
                outputTypes: nil,
                parents: parents,
                callSite: callSite
            )
        )
    }
}

extension ProcessingContext {
    /// Encodes and sends a record whose topic or partition is computed.
    @inlinable
    func encodeAndSend<Key, Value>(
        _ key: Key?,
        _ value: Value?,
        _ timestamp: Timestamp,
        to topic: TopicName,
        _ encodeKey: (Key, inout RawBuffer) throws -> Bool,
        _ encodeValue: (Value, inout RawBuffer) throws -> Bool,
        _ partitioner: StreamPartitioner<Key, Value>?,
        _ scope: NodeScope
    ) throws {
        var (hasKey, hasValue) = (false, false)
        var partition: PartitionIndex?
        keyBuffer.reset()
        valueBuffer.reset()
        do {
            if let key { hasKey = try encodeKey(key, &keyBuffer) }
            if let value { hasValue = try encodeValue(value, &valueBuffer) }
            if let partitioner { partition = try partitioner(key, value, collector.partitionCount(of: topic)) }
        } catch {
            return try scope.unsent(error)
        }
        try send(
            to: topic,
            partition: partition,
            timestamp: timestamp,
            hasKey: hasKey,
            hasValue: hasValue,
            scope: scope
        )
    }
}
