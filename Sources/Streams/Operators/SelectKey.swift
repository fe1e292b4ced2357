import Records

extension KStream {
    /// Gives each record a new key.
    ///
    /// Value and time stay. Grouping or joining afterwards goes through a repartition topic. A record with a null key
    /// or value is dropped and counted.
    ///
    /// ```swift
    /// let byProduct = orders.selectKey { customer, order in "\(customer)/\(order.productID)" }
    /// ```
    @inlinable
    public func selectKey<NewKey: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Key, Value) throws -> NewKey
    ) -> KStream<NewKey, Value> {
        changingKey(
            "KSTREAM-KEY-SELECT-",
            named,
            key: Serde<NewKey>.inferred(),
            value: valueSerde,
            CallSite(file: file, line: line)
        ) { next, scope in
            { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                let selected: NewKey
                do { selected = try selector(key, value) } catch { return try scope.failed(error) }
                try next(selected, value, timestamp)
            }
        }
    }

    /// Gives each record a new key, made from its value.
    ///
    /// Value and time stay. Grouping or joining afterwards goes through a repartition topic. The old key may be null; a
    /// record with a null value is dropped and counted.
    ///
    /// ```swift
    /// let byProduct = orders.selectKey { order in order.productID }
    /// ```
    @inlinable
    public func selectKey<NewKey: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Value) throws -> NewKey
    ) -> KStream<NewKey, Value> {
        changingKey(
            "KSTREAM-KEY-SELECT-",
            named,
            key: Serde<NewKey>.inferred(),
            value: valueSerde,
            CallSite(file: file, line: line)
        ) { next, scope in
            { _, value, timestamp in
                guard let value else { return scope.drop(.nullValue) }
                let selected: NewKey
                do { selected = try selector(value) } catch { return try scope.failed(error) }
                try next(selected, value, timestamp)
            }
        }
    }
}
