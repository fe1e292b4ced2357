import Records

extension KStream {
    /// Shows each record to `action` and passes it on unchanged.
    ///
    /// A record whose key or value is null is passed on without being shown.
    ///
    /// ```swift
    /// orders.peek { customer, order in logger.debug("\(customer) ordered") }.to("orders-checked")
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
    /// A record whose key or value is null is dropped and counted.
    ///
    /// ```swift
    /// orders.forEach { customer, order in dashboard.show(order) }
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
