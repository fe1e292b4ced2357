import Records

extension KStream {
    /// Gives each record a new key and value.
    ///
    /// The time stays. The key may change, so grouping or joining afterwards goes through a repartition topic: prefer
    /// `mapValues` where the key stays. A record with a null key or value is dropped and counted.
    ///
    /// ```swift
    /// let buyers = orders.map { customer, order in (order.productID, customer) }
    /// ```
    @inlinable
    public func map<NewKey: Sendable, NewValue: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Key, Value) throws -> (NewKey, NewValue)
    ) -> KStream<NewKey, NewValue> {
        let callSite = CallSite(file: file, line: line)
        return changingKey(
            "KSTREAM-MAP-",
            named,
            key: Serde<NewKey>.inferred(),
            value: Serde<NewValue>.inferred(),
            callSite
        ) { next, scope in
            { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                let mapped: (NewKey, NewValue)
                do { mapped = try mapper(key, value) } catch { return try scope.failed(error) }
                try next(mapped.0, mapped.1, timestamp)
            }
        }
    }

    /// Turns each record into any number of records with new keys and values.
    ///
    /// The time stays. The keys may change, so grouping or joining afterwards goes through a repartition topic. A
    /// record with a null key or value is dropped and counted.
    ///
    /// ```swift
    /// let mentions = orders.flatMap { customer, order in [(customer, order), (order.productID, order)] }
    /// ```
    @inlinable
    public func flatMap<NewKey: Sendable, NewValue: Sendable, Records: Sequence<(NewKey, NewValue)>>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Key, Value) throws -> Records
    ) -> KStream<NewKey, NewValue> {
        let callSite = CallSite(file: file, line: line)
        return changingKey(
            "KSTREAM-FLATMAP-",
            named,
            key: Serde<NewKey>.inferred(),
            value: Serde<NewValue>.inferred(),
            callSite
        ) { next, scope in
            { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                let records: Records
                do { records = try mapper(key, value) } catch { return try scope.failed(error) }
                for (key, value) in records { try next(key, value, timestamp) }
            }
        }
    }
}
