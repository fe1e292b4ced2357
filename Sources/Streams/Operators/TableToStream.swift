import Records

extension KTable {
    /// The table's changes as a stream: for each change the new value, null where the row was removed.
    ///
    /// Key, partitioning and time stay. Where the table's store caches, several changes to one key between commits are
    /// one record.
    ///
    /// ```swift
    /// words.groupByKey().count().toStream().to("word-counts")
    /// ```
    @inlinable
    public func toStream(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KStream<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KTABLE-TOSTREAM-", callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Change<Value>.self),
            to: (Key.self, Value.self)
        ) { next, _, _ in
            let nulls = Nulls<Value>()
            return { key, change, timestamp in try next(key, nulls.shown(change?.new), timestamp) }
        }
        return KStream(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: valueSerde,
            sources: sources
        )
    }

    /// The table's changes as a stream with other keys.
    ///
    /// Time stays. Grouping or joining afterwards goes through a repartition topic. The closure is shown removals too,
    /// with nil for the value.
    ///
    /// ```swift
    /// viewsPerMinute.toStream { page, _ in "\(page.key) from \(page.window.start)" }.to("views-per-minute")
    /// ```
    @inlinable
    public func toStream<NewKey: Sendable>(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ selector: @escaping @Sendable (Key, Value?) throws -> NewKey
    ) -> KStream<NewKey, Value> {
        let callSite = CallSite(file: file, line: line)
        return toStream(named: named, file: file, line: line).changingKey(
            "KSTREAM-KEY-SELECT-",
            nil,
            key: Serde<NewKey>.inferred(),
            value: valueSerde,
            callSite
        ) { next, scope in
            let nulls = Nulls<Value>()
            return { key, value, timestamp in
                guard let key else { return scope.drop(.nullKey) }
                let selected: NewKey
                do { selected = try selector(key, nulls.plain(value)) } catch { return try scope.failed(error) }
                try next(selected, value, timestamp)
            }
        }
    }
}
