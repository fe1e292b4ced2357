import Records

/// Chooses the partition of an output record from its key, value and the number of partitions; nil leaves the choice to
/// the producer.
///
/// ```swift
/// let byLength: StreamPartitioner<String, Order> = { key, _, count in
///     key.map { PartitionIndex(Int32($0.utf8.count) % count) }
/// }
/// orders.to("orders-out", partitioner: byLength)
/// ```
public typealias StreamPartitioner<Key, Value> =
    @Sendable (_ key: Key?, _ value: Value?, _ partitionCount: Int32) throws -> PartitionIndex?

extension KStream {
    /// Writes the records to a topic.
    ///
    /// Key, value, time and headers are written as they are, nulls included. The partition follows from the key, by
    /// murmur2 as for Kafka's producers, unless `partitioner` says otherwise. `key` and `value` are the serdes; by
    /// default those that the stream has or that the types provide. A record that cannot be written goes to the
    /// `production.exception.handler`. The topic must exist.
    ///
    /// ```swift
    /// orders.filterNot { order in order.isTest }.to("real-orders")
    /// ```
    @inlinable
    public func to(
        _ topic: TopicName,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        partitioner: StreamPartitioner<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KSTREAM-SINK-", callSite)
        if let problem = TopologyGraph.problem(withName: topic.rawValue) {
            builder.graph.report(name, problem, callSite)
        }
        guard
            let key = builder.serde(key ?? keySerde, "key", name, callSite),
            let value = builder.serde(value ?? valueSerde, "value", name, callSite)
        else { return }
        builder.graph.addSink(
            name,
            .external(topic),
            parents: [node],
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
    }

    /// Writes each record to the topic that `topic` names for it.
    ///
    /// Else as for one topic; the closure sees null keys and values, and where the record came from. The topics must
    /// exist.
    ///
    /// ```swift
    /// orders.to { customer, order, _ in order?.isTest == true ? "test-orders" : "real-orders" }
    /// ```
    @inlinable
    public func to(
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        partitioner: StreamPartitioner<Key, Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        topic: @escaping @Sendable (Key?, Value?, RecordMetadata?) throws -> TopicName
    ) {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KSTREAM-SINK-", callSite)
        guard
            let key = builder.serde(key ?? keySerde, "key", name, callSite),
            let value = builder.serde(value ?? valueSerde, "value", name, callSite)
        else { return }
        builder.graph.addSink(
            name,
            topic: topic,
            parents: [node],
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
    }
}

extension StreamsBuilder {
    /// The serde, or a problem where a type has none and none was given.
    @usableFromInline
    func serde<Value>(_ serde: Serde<Value>?, _ role: String, _ name: String, _ callSite: CallSite) -> Serde<Value>? {
        if let serde = serde ?? .inferred() { return serde }
        graph.report(
            name,
            "there is no serde for the \(role) type \(Value.self): give one, or make the type SerdeProviding",
            callSite
        )
        return nil
    }
}
