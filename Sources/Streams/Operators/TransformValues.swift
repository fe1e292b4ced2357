import Records

/// Makes a table's values, with stores to remember things in. Kafka's `ValueTransformerWithKey`.
///
/// Each task has its own transformer; one thread uses it.
///
/// ```swift
/// final class Ranking: ValueTransformer {
///     private var best: KeyValueStore<String, Double>?
///
///     func start(_ context: ValueTransformerContext) throws { best = try context.store("best") }
///
///     func transform(_ city: String, _ customer: Customer?) throws -> String? {
///         guard let customer else { return nil }
///         try best?.update(customer.city) { best in max(best ?? 0, customer.spent) }
///         return "\(customer.name): \(customer.spent) of \(try best?.get(customer.city) ?? 0)"
///     }
/// }
/// builder.addStateStore(Stores.keyValueStore("best", String.self, Double.self))
/// customers.transformValues(stores: ["best"]) { Ranking() }
/// ```
public protocol ValueTransformer<Key, ValueIn, ValueOut>: AnyObject, SendableMetatype {
    /// The table's key.
    associatedtype Key: Sendable
    /// The values that it takes.
    associatedtype ValueIn: Sendable
    /// The values that it makes.
    associatedtype ValueOut: Sendable

    /// Called once, before the first row.
    func start(_ context: ValueTransformerContext) throws
    /// The new value of a row; nil for no row, of which it is asked too.
    func transform(_ key: Key, _ value: ValueIn?) throws -> ValueOut?
    /// Called once, when the task ends.
    func close() throws
}

extension ValueTransformer {
    public func start(_ context: ValueTransformerContext) throws {}
    public func close() throws {}
}

/// What a value transformer may look at besides its row.
public final class ValueTransformerContext {
    private let assembly: TaskAssembly
    private let id: NodeID

    @usableFromInline
    init(_ assembly: TaskAssembly, _ id: NodeID) {
        self.assembly = assembly
        self.id = id
    }

    /// The store of that name, which the transformer must be connected to, or a global store.
    public func store<Store: AnyObject>(_ name: String, as type: Store.Type = Store.self) throws -> Store {
        guard assembly.graph[id].stores.contains(name) || assembly.graph.stores[name]?.isGlobal == true else {
            throw StreamsException(
                "The transformer is not connected to state store \(name)",
                operatorName: assembly.graph[id].name
            )
        }
        return try assembly.store(named: name, for: id, as: type)
    }

    /// The time of the record in process.
    public var timestamp: Timestamp { assembly.context.timestamp }
    /// The headers of the record in process.
    public var headers: [Header] { assembly.context.headers }
    /// The task that the transformer belongs to.
    public var taskID: TaskID { assembly.context.taskID }
}

extension KTable {
    /// A table whose values a transformer of one's own makes, which may use stores.
    ///
    /// Key, partitioning and time stay. Where the result has no store of its own, readers of it make the value anew,
    /// with a transformer of their own.
    ///
    /// ```swift
    /// final class Shout: ValueTransformer {
    ///     func transform(_ id: String, _ customer: Customer?) -> String? { customer?.name.uppercased() }
    /// }
    /// let loud = customers.transformValues { Shout() }
    /// ```
    @inlinable
    public func transformValues<T: ValueTransformer>(
        stores: [String] = [],
        materialized: Materialized<Key, T.ValueOut>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ transformer: @escaping @Sendable () throws -> T
    ) -> KTable<Key, T.ValueOut> where T.Key == Key, T.ValueIn == Value {
        let callSite = CallSite(file: file, line: line)
        let storeName = materialized?.storeName
        let name = builder.name(named, "KTABLE-TRANSFORMVALUES-", callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Change<T.ValueOut>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            let transform = try assembly.transformer(transformer, for: id)
            let sendsOld = assembly.sendsOldValues(id)
            var writer: TableWriter<Key, T.ValueOut>?
            if let storeName {
                writer = TableWriter(
                    try assembly.rows(named: storeName, for: id),
                    sendsOldValues: sendsOld,
                    next
                )
            }
            let target = writer
            let forgetsVersions = materialized != nil
            return { key, change, timestamp in
                guard let key, let change else { return }
                let new: T.ValueOut?
                var old: T.ValueOut?
                do {
                    assembly.context.timestamp = timestamp
                    new = try transform(key, change.new)
                    if sendsOld {
                        if let target {
                            old = try target.rows.get(key)?.value
                        } else {
                            old = try transform(key, change.old)
                        }
                    }
                } catch {
                    return try scope.failed(error)
                }
                if let target {
                    try target.put(key, new, timestamp, old: old)
                } else {
                    let isLatest = change.isLatest || forgetsVersions
                    try next(key, Change(new: new, old: old, isLatest: isLatest), timestamp)
                }
            }
        }
        builder.connect(id, to: stores, callSite)
        builder.addDerivedTable(id, from: node, storeName, materialized, sendsOldValues: false)
        let key = materialized?.keySerde ?? keySerde
        let value = materialized?.valueSerde ?? Serde<T.ValueOut>.inferred()
        if let materialized, let storeName,
            let key = builder.serde(key, "key", name, callSite),
            let value = builder.serde(value, "value", name, callSite)
        {
            builder.graph.add(materialized.entry(storeName, key: key, value: value, in: builder.storage, callSite))
            builder.graph.connect(id, to: storeName)
        }
        return KTable<Key, T.ValueOut>(
            builder: builder,
            node: id,
            name: name,
            keySerde: key,
            valueSerde: value,
            sources: sources,
            queryableStoreName: storeName,
            asOfReader: materialized.flatMap { KTable<Key, T.ValueOut>.asOfReader($0) }
                ?? (storeName == nil ? transformedAsOfReader(id, transformer) : nil),
            reader: transformedReader(storeName, id, transformer)
        )
    }

    /// Makes the result's rows of some time anew; nil where only the latest rows are known.
    @inlinable
    func transformedAsOfReader<T: ValueTransformer>(
        _ id: NodeID,
        _ transformer: @escaping @Sendable () throws -> T
    ) -> (@Sendable (TaskAssembly, NodeID) throws -> AsOfReader<Key, T.ValueOut>)?
    where T.Key == Key, T.ValueIn == Value {
        guard let parent = asOfReader else { return nil }
        return { assembly, user in
            let read = try parent(assembly, user)
            let transform = try assembly.rowTransformer(transformer, for: id)
            return { key, time in try transform(key, read(key, time)) }
        }
    }

    /// Reads the result's rows from its store, or makes them anew.
    @inlinable
    func transformedReader<T: ValueTransformer>(
        _ storeName: String?,
        _ id: NodeID,
        _ transformer: @escaping @Sendable () throws -> T
    ) -> @Sendable (TaskAssembly, NodeID) throws -> RowReader<Key, T.ValueOut>
    where T.Key == Key, T.ValueIn == Value {
        if let storeName { return KTable<Key, T.ValueOut>.storeReader(storeName) }
        let parentReader = reader
        return { assembly, user in
            let read = try parentReader(assembly, user)
            let transform = try assembly.rowTransformer(transformer, for: id)
            return { key in try transform(key, read(key)) }
        }
    }
}

extension TaskAssembly {
    /// A transformer, made, started and closed with the task.
    @inlinable
    func transformer<T: ValueTransformer>(
        _ make: @Sendable () throws -> T,
        for id: NodeID
    ) throws -> (T.Key, T.ValueIn?) throws -> T.ValueOut? {
        let transformer = try make()
        try transformer.start(ValueTransformerContext(self, id))
        closeWithTask { try transformer.close() }
        let nulls = Nulls<T.ValueOut>()
        return { key, value in nulls.plain(try transformer.transform(key, value)) }
    }

    /// A transformer of rows that are read: it sees the row's time, and no place in a topic.
    @inlinable
    func rowTransformer<T: ValueTransformer>(
        _ make: @Sendable () throws -> T,
        for id: NodeID
    ) throws -> (T.Key, ValueAndTimestamp<T.ValueIn>?) throws -> ValueAndTimestamp<T.ValueOut>? {
        let transform = try transformer(make, for: id)
        let context = context
        return { key, row in
            let current = context.recordContext
            context.recordContext = ProcessorRecordContext(timestamp: row?.timestamp ?? .none)
            defer { context.recordContext = current }
            return try transform(key, row?.value).map { ValueAndTimestamp($0, row?.timestamp ?? .none) }
        }
    }

    @usableFromInline
    func closeWithTask(_ close: @escaping () throws -> Void) { context.closers.append(close) }
}
