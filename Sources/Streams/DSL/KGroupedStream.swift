import Records

/// A stream whose records are grouped by key, ready to be aggregated.
///
/// Records with a null key or value do not count: they are dropped and counted as dropped.
///
/// ```swift
/// let counts = words.groupByKey().count()
/// ```
public struct KGroupedStream<Key: Sendable, Value: Sendable> {
    @usableFromInline let stream: KStream<Key, Value>
    /// The name of the grouping: that of the repartition topic, if there is one.
    @usableFromInline let groupName: String?
    @usableFromInline let repartition: SharedRepartition

    @usableFromInline
    init(stream: KStream<Key, Value>, groupName: String?) {
        self.stream = stream
        self.groupName = groupName
        repartition = SharedRepartition()
    }
}

/// The repartition of a named grouping, which its aggregations share.
@usableFromInline
final class SharedRepartition {
    @usableFromInline var source: NodeID?
    @usableFromInline init() {}
}

extension KStream {
    /// Groups the records by their key.
    ///
    /// Key and time stay. If an operator before has changed the key, records go through a repartition topic first,
    /// which `named` names: `<application id>-<name>-repartition`. All aggregations of a grouping with a name share
    /// that topic.
    ///
    /// ```swift
    /// let counts = words.groupByKey().count()
    /// ```
    @inlinable
    public func groupByKey(
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KGroupedStream<Key, Value> {
        if let named { _ = builder.checked(named, CallSite(file: file, line: line)) }
        let stream = KStream(
            builder: builder,
            node: node,
            name: name,
            keySerde: key ?? keySerde,
            valueSerde: value ?? valueSerde,
            sources: sources,
            needsRepartition: needsRepartition
        )
        return KGroupedStream(stream: stream, groupName: named)
    }

    /// Groups the records by a new key.
    ///
    /// The time stays. Records go through a repartition topic, which `named` names: `<application
    /// id>-<name>-repartition`. A record with a null key or value is dropped and counted.
    ///
    /// ```swift
    /// let perPair = orders.groupBy { customer, order in "\(customer)/\(order.productID)" }.count()
    /// ```
    @inlinable
    public func groupBy<NewKey: Sendable>(
        key: Serde<NewKey>? = nil,
        value: Serde<Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Key, Value) throws -> NewKey
    ) -> KGroupedStream<NewKey, Value> {
        selectKey(named: named, file: file, line: line, selector).grouped(key: key, value: value, named)
    }

    /// Groups the records by a new key, made from the value.
    ///
    /// The time stays. Records go through a repartition topic. The old key may be null; a record with a null value is
    /// dropped and counted.
    ///
    /// ```swift
    /// let perProduct = orders.groupBy { order in order.productID }.count()
    /// ```
    @inlinable
    public func groupBy<NewKey: Sendable>(
        key: Serde<NewKey>? = nil,
        value: Serde<Value>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Value) throws -> NewKey
    ) -> KGroupedStream<NewKey, Value> {
        selectKey(named: named, file: file, line: line, selector).grouped(key: key, value: value, named)
    }

    @inlinable
    func grouped(key: Serde<Key>?, value: Serde<Value>?, _ named: String?) -> KGroupedStream<Key, Value> {
        let stream = KStream(
            builder: builder,
            node: node,
            name: name,
            keySerde: key ?? keySerde,
            valueSerde: value ?? valueSerde,
            sources: sources,
            needsRepartition: true
        )
        return KGroupedStream(stream: stream, groupName: named)
    }
}
