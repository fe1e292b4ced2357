import Records

/// A stream that is being split: each record goes to the first branch whose predicate holds, and to that one only.
///
/// ```swift
/// let branches = orders.split(named: "orders-")
///     .branch(as: "large") { order in order.amount > 100 }
///     .branch(as: "small") { order in order.amount > 0 }
///     .noDefaultBranch()
/// branches["orders-large"]?.to("large-orders")
/// ```
public final class BranchedKStream<Key: Sendable, Value: Sendable> {
    @usableFromInline typealias Predicate = @Sendable (Key?, Value?) throws -> Bool?

    @usableFromInline let stream: KStream<Key, Value>
    @usableFromInline let node: NodeID
    @usableFromInline let name: String
    @usableFromInline var predicates: [Predicate] = []
    /// The branches so far, by name: the split's name and the branch's.
    @usableFromInline var branches: [String: KStream<Key, Value>] = [:]

    @usableFromInline
    init(stream: KStream<Key, Value>, node: NodeID, name: String) {
        self.stream = stream
        self.node = node
        self.name = name
    }

    /// Adds a branch for the records for which `predicate` is true and that no earlier branch has taken.
    ///
    /// The branch is called by the split's name and `suffix`, which is by default its number, from 1. A `handler` is
    /// called at once with the branch, which is then not in the result; what it returns is, if anything. A record whose
    /// key or value is null, which the closure cannot be shown, is dropped and counted.
    ///
    /// ```swift
    /// orders.split()
    ///     .branch(then: { large in large.to("large-orders"); return nil }) { customer, order in order.amount > 100 }
    ///     .defaultBranch(then: { others in others.to("other-orders"); return nil })
    /// ```
    @inlinable
    @discardableResult
    public func branch(
        as suffix: String? = nil,
        then handler: ((KStream<Key, Value>) -> KStream<Key, Value>?)? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Key, Value) throws -> Bool
    ) -> BranchedKStream {
        add(suffix, handler, CallSite(file: file, line: line)) { key, value in
            guard let key, let value else { return nil }
            return try predicate(key, value)
        }
    }

    /// Adds a branch for the records for whose value `predicate` is true and that no earlier branch has taken.
    ///
    /// As the other, but the key may be null.
    ///
    /// ```swift
    /// let branches = orders.split(named: "orders-").branch(as: "large") { $0.amount > 100 }.noDefaultBranch()
    /// ```
    @inlinable
    @discardableResult
    public func branch(
        as suffix: String? = nil,
        then handler: ((KStream<Key, Value>) -> KStream<Key, Value>?)? = nil,
        file: String = #fileID,
        line: Int = #line,
        _ predicate: @escaping @Sendable (Value) throws -> Bool
    ) -> BranchedKStream {
        add(suffix, handler, CallSite(file: file, line: line)) { _, value in
            guard let value else { return nil }
            return try predicate(value)
        }
    }

    /// Ends the split with a branch for all other records, and gives the branches by name.
    ///
    /// The branch is called by the split's name and `suffix`, which is `0` by default.
    ///
    /// ```swift
    /// let branches = orders.split(named: "orders-").branch(as: "large") { $0.amount > 100 }.defaultBranch(as: "rest")
    /// branches["orders-rest"]?.to("other-orders")
    /// ```
    @inlinable
    @discardableResult
    public func defaultBranch(
        as suffix: String? = nil,
        then handler: ((KStream<Key, Value>) -> KStream<Key, Value>?)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> [String: KStream<Key, Value>] {
        addBranch(name + (suffix ?? "0"), handler, CallSite(file: file, line: line))
        return branches
    }

    /// Ends the split, dropping all other records, and gives the branches by name.
    ///
    /// ```swift
    /// let branches = orders.split(named: "orders-").branch(as: "large") { $0.amount > 100 }.noDefaultBranch()
    /// ```
    public func noDefaultBranch() -> [String: KStream<Key, Value>] { branches }

    @inlinable
    func add(
        _ suffix: String?,
        _ handler: ((KStream<Key, Value>) -> KStream<Key, Value>?)?,
        _ callSite: CallSite,
        _ predicate: @escaping Predicate
    ) -> BranchedKStream {
        predicates.append(predicate)
        addBranch(name + (suffix ?? String(predicates.count)), handler, callSite)
        stream.builder.graph.setInput(of: node, split(predicates))
        return self
    }

    @inlinable
    func addBranch(
        _ branchName: String,
        _ handler: ((KStream<Key, Value>) -> KStream<Key, Value>?)?,
        _ callSite: CallSite
    ) {
        let builder = stream.builder
        _ = builder.newName(branchName)
        let id = builder.addProcessor(
            branchName,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Value.self)
        ) { next, _, _ in next }
        let branch = KStream(
            builder: builder,
            node: id,
            name: branchName,
            keySerde: stream.keySerde,
            valueSerde: stream.valueSerde,
            sources: stream.sources,
            needsRepartition: stream.needsRepartition
        )
        guard let handler else {
            branches[branchName] = branch
            return
        }
        if let result = handler(branch) { branches[branchName] = result }
    }

    /// The input that asks the predicates in turn; a child beyond them is the default branch.
    @inlinable
    func split(_ predicates: [Predicate]) -> NodeInput<Key, Value> {
        NodeInput<Key, Value> { [node] assembly in
            let scope = assembly.scope(of: node)
            let targets: [TaskAssembly.Made<Key, Value>] = try assembly.graph[node].children.map {
                try assembly.box(of: $0)
            }
            return { key, value, timestamp in
                for (index, predicate) in predicates.enumerated() {
                    do {
                        guard let isTaken = try predicate(key, value) else {
                            return scope.drop(value == nil ? .nullValue : .nullKey)
                        }
                        if !isTaken { continue }
                    } catch {
                        return try scope.failed(error)
                    }
                    return try targets[index].forward(key, value, timestamp)
                }
                if targets.count > predicates.count { try targets[predicates.count].forward(key, value, timestamp) }
            }
        }
    }
}

extension KStream {
    /// Begins to split the records among branches: each goes to the first whose predicate holds.
    ///
    /// Key, value, partitioning and time stay in all branches. See KIP-418.
    ///
    /// ```swift
    /// let branches = orders.split(named: "orders-")
    ///     .branch(as: "test") { order in order.isTest }
    ///     .defaultBranch(as: "real")
    /// branches["orders-real"]?.to("real-orders")
    /// ```
    @inlinable
    public func split(
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) -> BranchedKStream<Key, Value> {
        let callSite = CallSite(file: file, line: line)
        let name = builder.name(named, "KSTREAM-BRANCH-", callSite)
        let id = builder.addProcessor(
            name,
            parents: [node],
            callSite: callSite,
            from: (Key.self, Value.self),
            to: (Key.self, Value.self)
        ) { next, _, _ in next }
        return BranchedKStream(stream: self, node: id, name: name)
    }
}
