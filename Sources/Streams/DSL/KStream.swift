import Records

/// An unbounded stream of records, each of which stands for itself.
///
/// A stream is a description: its methods add operators to the builder and return what comes out of them. Records flow
/// when a task runs the built topology.
///
/// | operators | what | key | time |
/// |---|---|---|---|
/// | `filter`, `filterNot` | let some records through | stays | stays |
/// | `mapValues`, `flatMapValues` | other values | stays | stays |
/// | `map`, `flatMap`, `selectKey` | other keys | may change | stays |
/// | `peek`, `forEach`, `print` | show records | stays | stays |
/// | `merge`, `split` | put streams together, divide them | stays | stays |
/// | `process`, `processValues` | a processor of one's own | may change, stays | as the processor says |
/// | `repartition` | to the task that the key belongs to | stays | stays |
/// | `join`, `leftJoin`, `outerJoin` | with a stream, a table, a global table | stays | see each |
/// | `groupByKey`, `groupBy` | ready to be aggregated | stays, changes | stays |
/// | `toTable` | read as a table's changes | stays | stays |
/// | `to` | into topics | stays | stays |
///
/// Where the key may change, grouping or joining afterwards goes through a repartition topic.
///
/// **Null.** A record's key or value may be null. A closure that takes a plain `Value` is never shown null:
/// `mapValues`, `peek` and the like pass such a record on untouched, while `filter`, `map`, `flatMap` and `selectKey`,
/// which cannot do without the closure's word, drop it and count it (``DropReason/nullKey``, ``DropReason/nullValue``).
/// Declare an optional type to see the nulls: `builder.stream("in", String.self, String?.self)`. Operators that do not
/// look at the key let null keys through; grouping and joins drop them as Kafka Streams does.
///
/// ```swift
/// builder.stream("words", String.self, String.self)
///     .filter { word in !word.isEmpty }
///     .mapValues { word in word.uppercased() }
///     .to("shouting")
/// ```
public struct KStream<Key: Sendable, Value: Sendable> {
    @usableFromInline let builder: StreamsBuilder
    /// The node whose output this is.
    @usableFromInline let node: NodeID
    @usableFromInline let name: String
    @usableFromInline let keySerde: Serde<Key>?
    @usableFromInline let valueSerde: Serde<Value>?
    /// The sources that its records come from, up to the nearest repartition topic.
    @usableFromInline let sources: Set<NodeID>
    /// Whether an operator has changed the key since the records were last partitioned.
    @usableFromInline let needsRepartition: Bool

    @usableFromInline
    init(
        builder: StreamsBuilder,
        node: NodeID,
        name: String,
        keySerde: Serde<Key>?,
        valueSerde: Serde<Value>?,
        sources: Set<NodeID>,
        needsRepartition: Bool = false
    ) {
        self.builder = builder
        self.node = node
        self.name = name
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.sources = sources
        self.needsRepartition = needsRepartition
    }

    /// Adds an operator below this stream that keeps the key: what comes out is partitioned as this stream is.
    @inlinable
    func keepingKey<NewValue: Sendable>(
        _ prefix: String,
        _ named: String?,
        value: Serde<NewValue>?,
        traits: TopologyNode.Traits = [],
        _ callSite: CallSite,
        make: @escaping @Sendable (@escaping Forward<Key, NewValue>, NodeScope) throws -> Forward<Key, Value>
    ) -> KStream<Key, NewValue> {
        let name = builder.name(named, prefix, callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            traits: traits,
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, NewValue.self)
        ) { next, scope, _ in try make(next, scope) }
        return KStream<Key, NewValue>(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: value,
            sources: sources,
            needsRepartition: needsRepartition
        )
    }

    /// Adds an operator below this stream that may change the key: what comes out needs a repartition where keys matter.
    @inlinable
    func changingKey<NewKey: Sendable, NewValue: Sendable>(
        _ prefix: String,
        _ named: String?,
        key: Serde<NewKey>?,
        value: Serde<NewValue>?,
        _ callSite: CallSite,
        make: @escaping @Sendable (@escaping Forward<NewKey, NewValue>, NodeScope) throws -> Forward<Key, Value>
    ) -> KStream<NewKey, NewValue> {
        let name = builder.name(named, prefix, callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            traits: .changesKey,
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (NewKey.self, NewValue.self)
        ) { next, scope, _ in try make(next, scope) }
        return KStream<NewKey, NewValue>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: sources,
            needsRepartition: true
        )
    }
}
