import Records

extension KStream {
    /// Shows each record to `action` and passes it on unchanged.
    ///
    /// Key, value, partitioning and time stay. A record whose key or value is null is passed on without being shown.
    /// The action is called again for records that are processed again after a failure.
    ///
    /// ```swift
    /// orders.peek { customer, order in print("\(customer) ordered \(order.productID)") }.to("orders-checked")
    /// ```
    @inlinable
    public func peek(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ action: @escaping @Sendable (Key, Value) throws -> Void
    ) -> KStream {
        keepingKey("KSTREAM-PEEK-", named, value: valueSerde, CallSite(file: file, line: line)) { next, scope in
            { key, value, timestamp in
                if let key, let value {
                    do { try action(key, value) } catch { return try scope.failed(error) }
                }
                try next(key, value, timestamp)
            }
        }
    }

    /// Shows each record to `action`; the stream ends here.
    ///
    /// A record whose key or value is null is dropped and counted. The action is called again for records that are
    /// processed again after a failure.
    ///
    /// ```swift
    /// orders.forEach { customer, order in print("\(customer) ordered \(order.productID)") }
    /// ```
    @inlinable
    public func forEach(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ action: @escaping @Sendable (Key, Value) throws -> Void
    ) {
        _ = keepingKey(
            "KSTREAM-FOREACH-",
            named,
            value: valueSerde,
            CallSite(file: file, line: line)
        ) { (_: @escaping Forward<Key, Value>, scope) in
            { key, value, _ in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                do { try action(key, value) } catch { try scope.failed(error) }
            }
        }
    }

    /// ``forEach(named:file:line:_:)`` under Kafka's spelling.
    ///
    /// ```swift
    /// orders.foreach { customer, order in print("\(customer) ordered \(order.productID)") }
    /// ```
    @inlinable
    public func foreach(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ action: @escaping @Sendable (Key, Value) throws -> Void
    ) {
        forEach(named: named, file: file, line: line, action)
    }
}
