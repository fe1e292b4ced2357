import Records

// The four steps of a join by foreign key; see ForeignKeyJoin.swift.

/// Tells the foreign keys' partitions of a row's change: the old foreign key that the row has left, the new one that it asks.
@inlinable
func subscriptionSender<Key, Value, ForeignKey>(
    _ next: @escaping Forward<ForeignKey, Subscription<Key>>,
    _ scope: NodeScope,
    isLeft: Bool,
    _ valueSerde: Serde<Value>,
    _ foreignKeySerde: Serde<ForeignKey>,
    _ extract: @escaping @Sendable (Key, Value) throws -> ForeignKey?
) -> Forward<Key, Change<Value>> {
    let context = scope.context
    let nulls = Nulls<ForeignKey>()
    return { key, change, timestamp in
        guard let key, let change else { return scope.drop(.nullKey) }
        guard change.isLatest else { return scope.drop(.outOfOrder) }
        let (old, new): (ForeignKey?, ForeignKey?)
        let hash: RowHash?
        var isSame = false
        do {
            old = nulls.plain(try change.old.flatMap { try extract(key, $0) })
            new = nulls.plain(try change.new.flatMap { try extract(key, $0) })
            hash = try change.new.flatMap { try RowHash.of($0, valueSerde) }
            if let old, let new { isSame = try foreignKeySerde.bytes(of: old) == foreignKeySerde.bytes(of: new) }
        } catch {
            return try scope.failed(error)
        }
        func send(_ foreign: ForeignKey?, _ instruction: SubscriptionInstruction) throws {
            let partition = context.recordContext.partition
            let subscription = Subscription(hash: hash, instruction: instruction, key: key, partition: partition)
            try next(foreign, subscription, timestamp)
        }
        if isLeft {
            guard change.old != nil || change.new != nil else { return }
            if let old, !isSame { try send(old, .deleteAndAnswer) }
            return try send(new, .answer)
        }
        switch (change.old, change.new) {
        case (nil, nil):
            return
        case (nil, _):
            guard new != nil else { return scope.drop(.nullKey) }
            try send(new, .answerIfPresent)
        case (_, nil):
            guard old != nil else { return scope.drop(.nullKey) }
            try send(old, .deleteAndAnswer)
        case (_, _):
            guard old != nil, new != nil else { return scope.drop(.nullKey) }
            if !isSame { try send(old, .delete) }
            // What the row had been joined with must go, so that an answer is needed in any case.
            try send(new, .answer)
        }
    }
}

/// Remembers who asks for a foreign key, or forgets it.
@inlinable
func subscriptionReceiver<Key, ForeignKey>(
    _ next: @escaping Forward<SubscriptionKey<ForeignKey, Key>, Subscription<Key>>,
    _ scope: NodeScope,
    _ store: TimestampedKeyValueStore<SubscriptionKey<ForeignKey, Key>, Subscription<Key>>
) -> Forward<ForeignKey, Subscription<Key>> {
    let nulls = Nulls<ForeignKey>()
    return { foreign, subscription, timestamp in
        guard let subscription else { return scope.drop(.nullValue) }
        let key = SubscriptionKey(foreign: nulls.plain(foreign), key: subscription.key)
        if key.foreign == nil {
            guard subscription.instruction == .answer else { return scope.drop(.nullKey) }
        } else {
            scope.context.timestamp = timestamp
            do {
                switch subscription.instruction {
                case .delete, .deleteAndAnswer: try store.delete(key)
                case .answer, .answerIfPresent: try store.put(key, ValueAndTimestamp(subscription, timestamp))
                }
            } catch {
                return try scope.failed(error)
            }
        }
        try next(key, subscription, timestamp)
    }
}

/// Answers a row that asks, from the foreign table as it is.
@inlinable
func subscriptionAnswerer<Key, ForeignKey, Foreign>(
    _ next: @escaping Forward<Key, SubscriptionResponse<Foreign>>,
    _ scope: NodeScope,
    _ read: @escaping RowReader<ForeignKey, Foreign>
) -> Forward<SubscriptionKey<ForeignKey, Key>, Subscription<Key>> {
    { key, subscription, timestamp in
        guard let key, let subscription else { return }
        let row: ValueAndTimestamp<Foreign>?
        do { row = try key.foreign.flatMap { try read($0) } } catch { return try scope.failed(error) }
        let value: Foreign?
        switch subscription.instruction {
        case .delete: return
        case .deleteAndAnswer: value = nil
        case .answer: value = row?.value
        case .answerIfPresent:
            guard let row else { return }
            value = row.value
        }
        let response = SubscriptionResponse(
            hash: subscription.hash,
            value: value,
            partition: subscription.partition
        )
        try next(key.key, response, max(timestamp, row?.timestamp ?? .none))
    }
}

/// Tells all rows that ask for a foreign key of the foreign row's change.
@inlinable
func foreignRowTeller<Key, ForeignKey, Foreign>(
    _ next: @escaping Forward<Key, SubscriptionResponse<Foreign>>,
    _ scope: NodeScope,
    _ store: TimestampedKeyValueStore<SubscriptionKey<ForeignKey, Key>, Subscription<Key>>,
    _ prefix: Serde<ForeignKey>
) -> Forward<ForeignKey, Change<Foreign>> {
    { foreign, change, timestamp in
        guard let foreign, let change else { return scope.drop(.nullKey) }
        guard change.isLatest else { return scope.drop(.outOfOrder) }
        do {
            let subscribers = try store.prefixScan(foreign, prefix)
            defer { subscribers.close() }
            while let (key, row) = try subscribers.next() {
                let response = SubscriptionResponse(
                    hash: row.value.hash,
                    value: change.new,
                    partition: row.value.partition
                )
                try next(key.key, response, timestamp)
            }
        } catch {
            try scope.failed(error)
        }
    }
}

/// Joins an answer with the row that asked, if the row is still the same.
@inlinable
func subscriptionResolver<Key, Value, Foreign, Result>(
    _ next: @escaping Forward<Key, Result>,
    _ scope: NodeScope,
    isLeft: Bool,
    _ valueSerde: Serde<Value>,
    _ read: @escaping RowReader<Key, Value>,
    _ joiner: @escaping @Sendable (Value, Foreign?) throws -> Result?
) -> Forward<Key, SubscriptionResponse<Foreign>> {
    let nulls = Nulls<Result>()
    return { key, response, timestamp in
        guard let key, let response else { return scope.drop(.nullKey) }
        var result: Result?
        do {
            let row = try read(key)
            let hash = try row.flatMap { try RowHash.of($0.value, valueSerde) }
            guard hash == response.hash else { return scope.drop(.outdated) }
            if let row, isLeft || response.value != nil {
                result = nulls.plain(try joiner(row.value, response.value))
            }
        } catch {
            return try scope.failed(error)
        }
        try next(key, nulls.shown(result), timestamp)
    }
}
