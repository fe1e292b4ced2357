import Records

extension KStream {
    /// One stream of the records of both.
    ///
    /// Keys, values and times stay. Records of the two come in no order that could be relied on, except that each
    /// stream keeps its own. If the key of one of them was changed since it was last partitioned, grouping or joining
    /// the result goes through a repartition topic.
    ///
    /// ```swift
    /// let all = orders.merge(returns)
    /// ```
    @inlinable
    public func merge(
        _ other: KStream,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> KStream {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KSTREAM-MERGE-", callSite)
        let id = builder.addProcessor(
            name,
            parents: node == other.node ? [node] : [node, other.node],
            traits: .merges,
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Value.self)
        ) { next, _, _ in next }
        return KStream(
            builder: builder,
            node: id,
            name: name,
            keySerde: keySerde,
            valueSerde: valueSerde,
            sources: sources.union(other.sources),
            needsRepartition: needsRepartition || other.needsRepartition
        )
    }
}
