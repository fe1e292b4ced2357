import Records

extension KStream {
    /// Turns each value into any number of values, each a record of its own with the same key.
    ///
    /// Key, partitioning, time and headers stay. The key may be null; a record with a null value is dropped and
    /// counted. No value at all is an answer, too: then nothing goes on.
    ///
    /// ```swift
    /// let words = lines.flatMapValues { line in line.split(separator: " ").map(String.init) }
    /// ```
    @inlinable
    public func flatMapValues<NewValues: Sequence>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Value) throws -> NewValues
    ) -> KStream<Key, NewValues.Element> where NewValues.Element: Sendable {
        let callSite = CallSite(file: file, line: line)
        return keepingKey(
            "KSTREAM-FLATMAPVALUES-",
            named,
            value: Serde<NewValues.Element>.inferred(),
            traits: .changesValue,
            callSite
        ) { next, scope in
            { key, value, timestamp in
                guard let value else { return scope.drop(.nullValue) }
                let values: NewValues
                do { values = try mapper(value) } catch { return try scope.failed(error) }
                for value in values { try next(key, value, timestamp) }
            }
        }
    }

    /// Turns each value into any number of values, made from key and value.
    ///
    /// Key, partitioning, time and headers stay. A record with a null key or value is dropped and counted.
    ///
    /// ```swift
    /// let tagged = lines.flatMapValues { host, line in line.split(separator: " ").map { "\(host): \($0)" } }
    /// ```
    @inlinable
    public func flatMapValues<NewValues: Sequence>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ mapper: @escaping @Sendable (Key, Value) throws -> NewValues
    ) -> KStream<Key, NewValues.Element> where NewValues.Element: Sendable {
        let callSite = CallSite(file: file, line: line)
        return keepingKey(
            "KSTREAM-FLATMAPVALUES-",
            named,
            value: Serde<NewValues.Element>.inferred(),
            traits: .changesValue,
            callSite
        ) { next, scope in
            { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                guard let value else { return scope.drop(.nullValue) }
                let values: NewValues
                do { values = try mapper(key, value) } catch { return try scope.failed(error) }
                for value in values { try next(key, value, timestamp) }
            }
        }
    }
}
