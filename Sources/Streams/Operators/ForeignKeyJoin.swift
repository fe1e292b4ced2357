import Records

// A row asks the partition of its foreign key to be told about the foreign row, through a topic of the application's own;
// there its question is kept in a store, and the answer comes back through another topic. See KIP-213.

extension KTable {
    /// Joins each row with the other table's row whose key the row names; a row that names none has no result.
    ///
    /// The result has this table's keys; its time is the later of both rows' times. Changes of either table change it,
    /// and removing either row removes it. Two topics of the application's own lie between, so that results come later
    /// than the changes, each as of some moment; the two tables need not have the same number of partitions. Rows whose
    /// foreign key is nil are dropped and counted. The names of the join's topics, store and nodes begin with `named`.
    /// See KIP-213.
    ///
    /// ```swift
    /// let named = openOrders.join(customers, foreignKey: { order in order.customerID }) { order, customer in
    ///     "\(order.id) for \(customer.name)"
    /// }
    /// ```
    @inlinable
    public func join<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        foreignKey: @escaping @Sendable (Value) throws -> ForeignKey?,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Foreign) throws -> Result
    ) -> KTable<Key, Result> {
        joinedByForeignKey(
            other,
            { _, value in try foreignKey(value) },
            isLeft: false,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { value, foreign in try foreign.map { try joiner(value, $0) } }
    }

    /// As the other join by foreign key, where the row's key takes part in naming it. See KIP-1104.
    ///
    /// ```swift
    /// let named = openOrders.join(customers, foreignKey: { id, order in order.customerID }) { order, customer in
    ///     "\(order.id) for \(customer.name)"
    /// }
    /// ```
    @inlinable
    public func join<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        foreignKey: @escaping @Sendable (Key, Value) throws -> ForeignKey?,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Foreign) throws -> Result
    ) -> KTable<Key, Result> {
        joinedByForeignKey(
            other,
            foreignKey,
            isLeft: false,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { value, foreign in try foreign.map { try joiner(value, $0) } }
    }

    /// Joins each row with the other table's row whose key the row names, or with nil where there is none.
    ///
    /// A row whose foreign key is nil is joined with nil as well, and stays until the row itself is removed. Else as
    /// the inner join by foreign key.
    ///
    /// ```swift
    /// let named = openOrders.leftJoin(customers, foreignKey: { order in order.customerID }) { order, customer in
    ///     "\(order.id) for \(customer?.name ?? "somebody")"
    /// }
    /// ```
    @inlinable
    public func leftJoin<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        foreignKey: @escaping @Sendable (Value) throws -> ForeignKey?,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Foreign?) throws -> Result
    ) -> KTable<Key, Result> {
        joinedByForeignKey(
            other,
            { _, value in try foreignKey(value) },
            isLeft: true,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { value, foreign in try joiner(value, foreign) }
    }

    /// As the other left join by foreign key, where the row's key takes part in naming it. See KIP-1104.
    ///
    /// ```swift
    /// let named = openOrders.leftJoin(customers, foreignKey: { id, order in order.customerID }) { order, customer in
    ///     "\(order.id) for \(customer?.name ?? "somebody")"
    /// }
    /// ```
    @inlinable
    public func leftJoin<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        foreignKey: @escaping @Sendable (Key, Value) throws -> ForeignKey?,
        materialized: Materialized<Key, Result>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ joiner: @escaping @Sendable (Value, Foreign?) throws -> Result
    ) -> KTable<Key, Result> {
        joinedByForeignKey(
            other,
            foreignKey,
            isLeft: true,
            materialized,
            named,
            CallSite(file: file, line: line)
        ) { value, foreign in try joiner(value, foreign) }
    }
}

extension KTable {
    @inlinable
    func joinedByForeignKey<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        _ foreignKey: @escaping @Sendable (Key, Value) throws -> ForeignKey?,
        isLeft: Bool,
        _ materialized: Materialized<Key, Result>?,
        _ named: String?,
        _ callSite: CallSite,
        _ joiner: @escaping @Sendable (Value, Foreign?) throws -> Result?
    ) -> KTable<Key, Result> {
        builder.graph.sendOldValues(of: other.node, force: true)
        builder.graph.sendOldValues(of: node, force: true)
        let names = builder.foreignKeyNames(named, callSite)
        let materialized = materialized ?? Materialized()
        let storeName = materialized.storeName ?? builder.newStoreName("KTABLE-FK-JOIN-OUTPUT-")
        let serdes = ForeignKeySerdes(
            key: builder.serde(keySerde, "key", names.result, callSite),
            value: builder.serde(valueSerde, "value", names.result, callSite),
            foreignKey: builder.serde(other.keySerde, "key", names.result, callSite),
            foreign: builder.serde(other.valueSerde, "value", names.result, callSite)
        )
        var parents: [NodeID] = []
        var resultSources = sources
        if let serdes {
            let (resolver, source) = addForeignKeyJoin(
                other,
                foreignKey,
                isLeft: isLeft,
                names,
                serdes,
                callSite,
                joiner
            )
            parents = [resolver]
            resultSources.insert(source)
        }
        let id = builder.addTableSource(
            names.result,
            parents: parents,
            storeName,
            materialized.storeName != nil,
            callSite,
            Key.self,
            Result.self
        )
        let key = materialized.keySerde ?? keySerde
        let value = materialized.valueSerde ?? Serde<Result>.inferred()
        if let key = key ?? .inferred(), let value {
            builder.graph.tables[id]?.sourceStore = materialized.entry(
                storeName,
                key: key,
                value: value,
                in: builder.storage,
                callSite
            )
        }
        return KTable<Key, Result>(
            builder: builder,
            node: id,
            name: names.result,
            keySerde: key,
            valueSerde: value,
            sources: resultSources,
            queryableStoreName: materialized.storeName,
            asOfReader: KTable<Key, Result>.asOfReader(storeName, materialized),
            reader: KTable<Key, Result>.storeReader(storeName)
        )
    }

    /// Adds the way to the foreign keys' partitions and back; gives the node at its end, and the source of the answers.
    @inlinable
    func addForeignKeyJoin<ForeignKey: Sendable, Foreign: Sendable, Result: Sendable>(
        _ other: KTable<ForeignKey, Foreign>,
        _ foreignKey: @escaping @Sendable (Key, Value) throws -> ForeignKey?,
        isLeft: Bool,
        _ names: ForeignKeyNames,
        _ serdes: ForeignKeySerdes<Key, Value, ForeignKey, Foreign>,
        _ callSite: CallSite,
        _ joiner: @escaping @Sendable (Value, Foreign?) throws -> Result?
    ) -> (resolver: NodeID, source: NodeID) {
        let subscription = Serde<Subscription<Key>>.subscription(serdes.key)
        let storeName = names.store
        builder.graph.add(
            StoreEntry(
                Stores.timestampedKeyValueStore(
                    storeName,
                    Serde<SubscriptionKey<ForeignKey, Key>>.subscriptionKey(serdes.foreignKey, serdes.key),
                    subscription,
                    in: builder.storage
                ),
                at: callSite
            )
        )
        let sender = builder.addProcessor(
            names.send,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (ForeignKey.self, Subscription<Key>.self)
        ) { next, scope, _ in
            subscriptionSender(next, scope, isLeft: isLeft, serdes.value, serdes.foreignKey, foreignKey)
        }
        let questions = builder.addInternalTopic(
            names.questionTopic,
            sink: names.questionSink,
            source: names.questionSource,
            parents: [sender],
            key: serdes.foreignKey,
            value: subscription,
            partitioner: nil,
            callSite
        )
        builder.graph.copartition(other.sources.union([questions]), names.receive, callSite)
        let receiver = builder.addProcessor(
            names.receive,
            parents: [questions],
            callSite: callSite,
            from: (ForeignKey.self, Subscription<Key>.self),
            to: (SubscriptionKey<ForeignKey, Key>.self, Subscription<Key>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            subscriptionReceiver(next, scope, try assembly.store(named: storeName, for: id))
        }
        builder.graph.connect(receiver, to: storeName)
        let foreignReader = other.reader
        let answerer = builder.addProcessor(
            names.answer,
            parents: [receiver],
            callSite: callSite,
            from: (SubscriptionKey<ForeignKey, Key>.self, Subscription<Key>.self),
            to: (Key.self, SubscriptionResponse<Foreign>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            subscriptionAnswerer(next, scope, try foreignReader(assembly, id))
        }
        for store in builder.graph.storesForReading(other.node) { builder.graph.connect(answerer, to: store) }
        let teller = builder.addProcessor(
            names.tell,
            parents: [other.node],
            callSite: callSite,
            from: (ForeignKey.self, Change<Foreign>.self),
            to: (Key.self, SubscriptionResponse<Foreign>.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            let store: TimestampedKeyValueStore<SubscriptionKey<ForeignKey, Key>, Subscription<Key>> =
                try assembly.store(named: storeName, for: id)
            return foreignRowTeller(next, scope, store, .subscriptionPrefix(serdes.foreignKey))
        }
        builder.graph.connect(teller, to: storeName)
        let answers = builder.addInternalTopic(
            names.answerTopic,
            sink: names.answerSink,
            source: names.answerSource,
            parents: [answerer, teller],
            key: serdes.key,
            value: Serde<SubscriptionResponse<Foreign>>.subscriptionResponse(serdes.foreign),
            partitioner: { _, response, _ in response?.partition },
            callSite
        )
        builder.graph.copartition(sources.union([answers]), names.resolve, callSite)
        let rowReader = reader
        let resolver = builder.addProcessor(
            names.resolve,
            parents: [answers],
            callSite: callSite,
            from: (Key.self, SubscriptionResponse<Foreign>.self),
            to: (Key.self, Result.self)
        ) { [id = builder.graph.nextID] next, scope, assembly in
            subscriptionResolver(next, scope, isLeft: isLeft, serdes.value, try rowReader(assembly, id), joiner)
        }
        for store in builder.graph.storesForReading(node) { builder.graph.connect(resolver, to: store) }
        return (resolver, answers)
    }
}

/// The serdes of both tables.
@usableFromInline
struct ForeignKeySerdes<Key, Value, ForeignKey, Foreign>: Sendable {
    @usableFromInline let key: Serde<Key>
    @usableFromInline let value: Serde<Value>
    @usableFromInline let foreignKey: Serde<ForeignKey>
    @usableFromInline let foreign: Serde<Foreign>

    /// Nil where one is missing, which is reported by who looked for it.
    @inlinable
    init?(key: Serde<Key>?, value: Serde<Value>?, foreignKey: Serde<ForeignKey>?, foreign: Serde<Foreign>?) {
        guard let key, let value, let foreignKey, let foreign else { return nil }
        self.key = key
        self.value = value
        self.foreignKey = foreignKey
        self.foreign = foreign
    }
}

/// The names of a join's parts.
@usableFromInline
struct ForeignKeyNames {
    @usableFromInline let questionTopic: String
    @usableFromInline let send: String
    @usableFromInline let questionSink: String
    @usableFromInline let questionSource: String
    @usableFromInline let store: String
    @usableFromInline let receive: String
    @usableFromInline let answer: String
    @usableFromInline let tell: String
    @usableFromInline let answerTopic: String
    @usableFromInline let answerSink: String
    @usableFromInline let answerSource: String
    @usableFromInline let resolve: String
    @usableFromInline let result: String
}

extension StreamsBuilder {
    /// Thirteen numbers are used up.
    @usableFromInline
    func foreignKeyNames(_ named: String?, _ callSite: CallSite) -> ForeignKeyNames {
        func next(_ prefix: String, _ suffix: String) -> String { name(named, prefix, callSite, suffix: suffix) }
        let registration = "KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-"
        let processor = "KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-"
        return ForeignKeyNames(
            questionTopic: next(registration, "-subscription-registration") + "-topic",
            send: next(registration, "-subscription-registration-processor"),
            questionSink: next("KTABLE-SINK-", "-subscription-registration-sink"),
            questionSource: next("KTABLE-SOURCE-", "-subscription-registration-source"),
            store: next("KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE-", "-subscription-store"),
            receive: next(processor, "-subscription-receive"),
            answer: next(processor, "-subscription-join-foreign"),
            tell: next(processor, "-foreign-join-subscription"),
            answerTopic: next("KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-", "-subscription-response") + "-topic",
            answerSink: next("KTABLE-SINK-", "-subscription-response-sink"),
            answerSource: next("KTABLE-SOURCE-", "-subscription-response-source"),
            resolve: next(
                "KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-RESOLVER-PROCESSOR-",
                "-subscription-response-resolver"
            ),
            result: next("KTABLE-FK-JOIN-OUTPUT-", "-result")
        )
    }

    /// Adds a topic of the application's own, what writes it and what reads it; gives the source.
    @inlinable
    func addInternalTopic<Key, Value>(
        _ topic: String,
        sink: String,
        source: String,
        parents: [NodeID],
        key: Serde<Key>,
        value: Serde<Value>,
        partitioner: StreamPartitioner<Key, Value>?,
        _ callSite: CallSite
    ) -> NodeID {
        graph.add(RepartitionTopic(name: topic, partitionCount: nil))
        graph.addSink(
            sink,
            .repartition(topic),
            parents: parents,
            key: key,
            value: value,
            partitioner: partitioner,
            callSite: callSite
        )
        return addSource(source, .topics([.repartition(topic)]), key: key, value: value, callSite: callSite)
    }
}
