import Records

extension KStream {
    /// Lets through the records for which `predicate` is true.
    ///
    /// Key, value, partitioning and time stay. A record whose key or value is null, which the closure cannot be shown,
    /// is dropped and counted.
    ///
    /// ```swift
    /// let large = orders.filter { customer, order in order.amount > 100 }
    /// ```
    @inlinable
    public func filter(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KStream {
        filtered(keeping: true, named, CallSite(file: file, line: line), predicate)
    }

    /// Lets through the records for whose value `predicate` is true.
    ///
    /// Key, value, partitioning and time stay. The key may be null; a record with a null value is dropped and counted.
    ///
    /// ```swift
    /// let large = orders.filter { order in order.amount > 100 }
    /// ```
    @inlinable
    public func filter(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> KStream {
        filtered(keeping: true, named, CallSite(file: file, line: line), predicate)
    }

    /// Drops the records for which `predicate` is true.
    ///
    /// Key, value, partitioning and time stay. A record whose key or value is null, which the closure cannot be shown,
    /// is dropped and counted.
    ///
    /// ```swift
    /// let others = orders.filterNot { customer, order in customer.isEmpty || order.isTest }
    /// ```
    @inlinable
    public func filterNot(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KStream {
        filtered(keeping: false, named, CallSite(file: file, line: line), predicate)
    }

    /// Drops the records for whose value `predicate` is true.
    ///
    /// Key, value, partitioning and time stay. The key may be null; a record with a null value is dropped and counted.
    ///
    /// ```swift
    /// let real = orders.filterNot { order in order.isTest }
    /// ```
    @inlinable
    public func filterNot(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> KStream {
        filtered(keeping: false, named, CallSite(file: file, line: line), predicate)
    }

    @inlinable
    func filtered(
        keeping wanted: Bool,
        _ named: String?,
        _ callSite: CallSite,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> KStream {
        keepingKey("KSTREAM-FILTER-", named, value: valueSerde, callSite) { next, scope in
            { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                do {
                    guard try predicate(key, value) == wanted else { return }
                } catch {
                    return try scope.failed(error)
                }
                try next(key, value, timestamp)
            }
        }
    }

    @inlinable
    func filtered(
        keeping wanted: Bool,
        _ named: String?,
        _ callSite: CallSite,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> KStream {
        keepingKey("KSTREAM-FILTER-", named, value: valueSerde, callSite) { next, scope in
            { key, value, timestamp in
                guard let value else { return scope.drop(.nullValue) }
                do {
                    guard try predicate(value) == wanted else { return }
                } catch {
                    return try scope.failed(error)
                }
                try next(key, value, timestamp)
            }
        }
    }
}
