import Records

extension KTable {
    /// A table with a new value for each row.
    ///
    /// Key, partitioning and time stay; a row that is removed is removed from the result. `materialized` gives the
    /// result a store of its own, if it names one; else whoever reads a row computes it anew.
    ///
    /// ```swift
    /// let cities = customers.mapValues { customer in customer.city }
    /// ```
    @inlinable
    public func mapValues<NewValue: Sendable>(
        materialized: Materialized<Key, NewValue>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Value) throws -> NewValue
    ) -> KTable<Key, NewValue> {
        mapped(materialized, named, CallSite(file: file, line: line)) { _, value in try mapper(value) }
    }

    /// A table with a new value for each row, made from key and value.
    ///
    /// Key, partitioning, time and store as for the other.
    ///
    /// ```swift
    /// let labels = customers.mapValues { id, customer in "\(id): \(customer.name)" }
    /// ```
    @inlinable
    public func mapValues<NewValue: Sendable>(
        materialized: Materialized<Key, NewValue>? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Key, Value) throws -> NewValue
    ) -> KTable<Key, NewValue> {
        mapped(materialized, named, CallSite(file: file, line: line), mapper)
    }

    @inlinable
    func mapped<NewValue: Sendable>(
        _ materialized: Materialized<Key, NewValue>?,
        _ named: String?,
        _ callSite: CallSite,
        _ mapper: @escaping @Sendable (Key, Value) throws -> NewValue
    ) -> KTable<Key, NewValue> {
        let parentReader = reader
        return derived(
            "KTABLE-MAPVALUES-",
            materialized,
            named,
            value: materialized?.valueSerde ?? .inferred(),
            callSite,
            reader: { assembly, user in
                let read = try parentReader(assembly, user)
                return { key in
                    guard let row = try read(key) else { return nil }
                    return ValueAndTimestamp(try mapper(key, row.value), row.timestamp)
                }
            },
            asOfReader: asOfReader(mapper),
            skipsAbsent: false,
            mapper
        )
    }
}
