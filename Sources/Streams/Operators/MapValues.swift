import Records

extension KStream {
    /// Gives each record a new value.
    ///
    /// Key, partitioning and time stay. A null value is passed on as null; the key may be null, too.
    ///
    /// ```swift
    /// let amounts = orders.mapValues { order in order.amount }
    /// ```
    @inlinable
    public func mapValues<NewValue: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Value) throws -> NewValue
    ) -> KStream<Key, NewValue> {
        let callSite = CallSite(file: file, line: line)
        return keepingKey(
            "KSTREAM-MAPVALUES-",
            named,
            value: Serde<NewValue>.inferred(),
            traits: .changesValue,
            callSite
        ) { next, scope in
            let null = Nulls<NewValue>().visible
            return { key, value, timestamp in
                guard let value else { return try next(key, null, timestamp) }
                let mapped: NewValue
                do { mapped = try mapper(value) } catch { return try scope.failed(error) }
                try next(key, mapped, timestamp)
            }
        }
    }

    /// Gives each record a new value, made from key and value.
    ///
    /// Key, partitioning and time stay. A null value is passed on as null; a record with a null key, which the closure
    /// cannot be shown, is dropped and counted.
    ///
    /// ```swift
    /// let labels = orders.mapValues { customer, order in "\(customer): \(order.amount)" }
    /// ```
    @inlinable
    public func mapValues<NewValue: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Key, Value) throws -> NewValue
    ) -> KStream<Key, NewValue> {
        let callSite = CallSite(file: file, line: line)
        return keepingKey(
            "KSTREAM-MAPVALUES-",
            named,
            value: Serde<NewValue>.inferred(),
            traits: .changesValue,
            callSite
        ) { next, scope in
            let null = Nulls<NewValue>().visible
            return { key, value, timestamp in
                guard let value else { return try next(key, null, timestamp) }
                guard let key else { return scope.drop(.nullKey) }
                let mapped: NewValue
                do { mapped = try mapper(key, value) } catch { return try scope.failed(error) }
                try next(key, mapped, timestamp)
            }
        }
    }
}
