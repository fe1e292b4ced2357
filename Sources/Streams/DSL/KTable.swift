import Records

/// A table: for each key the latest value. A record with a null value removes the row.
///
/// What flows below a table are its changes. Rows are kept in a store where they are needed: for a join, for an
/// aggregation's result, or because ``Materialized`` names one.
///
/// | operators | what | key | time |
/// |---|---|---|---|
/// | `filter`, `filterNot` | the rows for which something holds | stays | stays |
/// | `mapValues`, `transformValues` | other values | stays | stays |
/// | `join`, `leftJoin`, `outerJoin` | with a table of the same keys | stays | the later of both rows' |
/// | `join`, `leftJoin` with `foreignKey` | with the row that each row names | stays | the later of both rows' |
/// | `groupBy` | ready to be aggregated by another key | changes | stays |
/// | `suppress` | hold changes back | stays | that of the last change |
/// | `toStream` | the changes as a stream | stays, or as told | stays |
///
/// **Null.** A row never has a null key or value: records with null keys are dropped and counted, a null value removes
/// the row. Closures are shown rows only.
///
/// ```swift
/// let addresses = builder.table("address", String.self, String.self)
/// let upper = addresses.mapValues { address in address.uppercased() }
/// ```
public struct KTable<Key: Sendable, Value: Sendable> {
    @usableFromInline let builder: StreamsBuilder
    /// The node that emits its changes.
    @usableFromInline let node: NodeID
    @usableFromInline let name: String
    @usableFromInline let keySerde: Serde<Key>?
    @usableFromInline let valueSerde: Serde<Value>?
    /// The sources that its rows come from, up to the nearest repartition topic.
    @usableFromInline let sources: Set<NodeID>
    /// Makes a reader of the rows for an operator of a task.
    @usableFromInline let reader: @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, Value>
    /// Makes a reader of the rows at some time; nil where only the latest rows are known.
    @usableFromInline let asOfReader: (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, Value>)?
    /// The store under which the table can be queried; nil where it has none of that kind.
    public let queryableStoreName: String?

    @usableFromInline
    init(
        builder: StreamsBuilder,
        node: NodeID,
        name: String,
        keySerde: Serde<Key>?,
        valueSerde: Serde<Value>?,
        sources: Set<NodeID>,
        queryableStoreName: String?,
        asOfReader: (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, Value>)? = nil,
        reader: @escaping @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, Value>
    ) {
        self.builder = builder
        self.node = node
        self.name = name
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.sources = sources
        self.queryableStoreName = queryableStoreName
        self.asOfReader = asOfReader
        self.reader = reader
    }

    /// Reads rows from a store.
    @inlinable
    static func storeReader(_ storeName: String) -> @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, Value> {
        { assembly, user in
            if let store = assembly.find(storeName, VersionedKeyValueStore<Key, Value>.self) {
                return { key in try store.get(key).map { ValueAndTimestamp($0.value, $0.timestamp) } }
            }
            let store: TimestampedKeyValueStore<Key, Value> = try assembly.store(named: storeName, for: user)
            return { key in try store.get(key) }
        }
    }

    /// Reads rows of some time, and makes others of them; nil where only the latest rows are known.
    @usableFromInline
    func asOfReader<NewValue>(
        _ transform: @escaping @Sendable (Key, Value) throws -> NewValue?
    ) -> (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, NewValue>)? {
        guard let parent = asOfReader else { return nil }
        return { assembly, user in
            let read = try parent(assembly, user)
            return { key, time in
                guard let row = try read(key, time), let value = try transform(key, row.value) else { return nil }
                return ValueAndTimestamp(value, row.timestamp)
            }
        }
    }

    /// Reads rows of some time from a versioned store; nil where it is none.
    @usableFromInline
    static func asOfReader(
        _ storeName: String,
        _ materialized: Materialized<Key, Value>
    ) -> (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, Value>)? {
        guard materialized.history != nil else { return nil }
        return { assembly, user in
            let store: VersionedKeyValueStore<Key, Value> = try assembly.store(named: storeName, for: user)
            return { key, time in
                try store.get(key, asOf: time).map { ValueAndTimestamp($0.value, $0.timestamp) }
            }
        }
    }
}

extension KTable {
    /// Reads rows of some time from the versioned store that is asked for by name; nil where none is.
    @usableFromInline
    static func asOfReader(
        _ materialized: Materialized<Key, Value>
    ) -> (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, Value>)? {
        materialized.storeName.flatMap { asOfReader($0, materialized) }
    }
}

/// A table that every instance has whole, so that a join may look up any key.
///
/// Its topic is read to the end before processing starts, and changes to it do not make a join emit anything.
///
/// ```swift
/// let products = builder.globalTable("products", String.self, Product.self)
/// ```
public struct GlobalKTable<Key: Sendable, Value: Sendable> {
    @usableFromInline let storeName: String
    /// The store under which the table can be queried; nil where it was not named.
    public let queryableStoreName: String?

    @usableFromInline
    init(storeName: String, queryableStoreName: String?) {
        self.storeName = storeName
        self.queryableStoreName = queryableStoreName
    }
}
