/// A table of the topology: where its rows are, and whether its changes carry the old value.
///
/// What a change carries decides what is emitted, so it is switched on exactly where Kafka Streams does it.
@usableFromInline
struct TableNode: Sendable {
    @usableFromInline
    enum Origin: Sendable {
        /// A topic or stream read as a table. Its store comes into being when somebody needs it.
        case source(storeName: String)
        /// A filter or mapValues, with or without a store of its own.
        case derived(from: NodeID, storeName: String?)
        /// The result of an aggregation, which always has a store.
        case aggregate(storeName: String)
        /// A join of two tables, with or without a store of its own.
        case join(left: NodeID, right: NodeID, storeName: String?)
        /// A table whose changes a buffer holds back.
        case suppressed(from: NodeID, bufferName: String)
    }

    @usableFromInline let origin: Origin
    /// Whether a source has its store.
    @usableFromInline var isMaterialized = false
    /// The store that a source gets when it needs one.
    @usableFromInline var sourceStore: StoreEntry?
    @usableFromInline var sendsOldValues: Bool
    /// How far back its own store can be read; nil where it has none of its own, and its parent's counts.
    @usableFromInline var historyMs: Int64?

    /// Stands in ``historyMs`` for a table that remembers no past rows.
    @usableFromInline static let noHistory: Int64 = -1

    @usableFromInline
    init(origin: Origin, isMaterialized: Bool, sendsOldValues: Bool = false) {
        self.origin = origin
        self.isMaterialized = isMaterialized
        self.sendsOldValues = sendsOldValues
    }
}

extension TopologyGraph {
    /// Makes the table at `id` send old values. With `force` it may give a source its store for that.
    ///
    /// - Returns: Whether it sends them now.
    @usableFromInline @discardableResult
    mutating func sendOldValues(of id: NodeID, force: Bool) -> Bool {
        guard let table = tables[id] else { return false }
        if table.sendsOldValues { return true }
        switch table.origin {
        case .source:
            guard force || table.isMaterialized else { return false }
            tables[id]?.isMaterialized = true
        case .derived(let parent, let storeName):
            guard storeName != nil || sendOldValues(of: parent, force: force) else { return false }
        case .aggregate:
            break
        case .join(let left, let right, _):
            sendOldValues(of: left, force: true)
            sendOldValues(of: right, force: true)
        case .suppressed(let parent, _):
            guard sendOldValues(of: parent, force: force) else { return false }
        }
        tables[id]?.sendsOldValues = true
        return true
    }

    /// The stores that reading the table's rows needs. A source without a store gets one.
    @usableFromInline
    mutating func storesForReading(_ id: NodeID) -> [String] {
        guard let table = tables[id] else { return [] }
        switch table.origin {
        case .source(let storeName):
            tables[id]?.isMaterialized = true
            return [storeName]
        case .derived(let parent, let storeName):
            return storeName.map { [$0] } ?? storesForReading(parent)
        case .aggregate(let storeName):
            return [storeName]
        case .join(let left, let right, let storeName):
            if let storeName { return [storeName] }
            let names = storesForReading(left) + storesForReading(right)
            return names.enumerated().filter { !names[..<$0.offset].contains($0.element) }.map(\.element)
        case .suppressed(let parent, let bufferName):
            return [bufferName] + storesForReading(parent)
        }
    }
}

extension TopologyGraph {
    /// How far back the rows of the table at `id` can be read; nil where only the latest can.
    @usableFromInline
    func historyMs(of id: NodeID) -> Int64? {
        guard let table = tables[id] else { return nil }
        if let own = table.historyMs { return own == TableNode.noHistory ? nil : own }
        switch table.origin {
        case .source: return table.sourceStore?.historyMs
        case .derived(let parent, _): return historyMs(of: parent)
        case .aggregate(let storeName): return stores[storeName]?.historyMs
        case .join(_, _, let storeName): return storeName.flatMap { stores[$0]?.historyMs }
        case .suppressed: return nil
        }
    }

    /// Adds the stores that sources of tables turned out to need.
    mutating func addTableStores(reusingSourceTopics: Bool) {
        for (id, table) in tables.sorted(by: { $0.key < $1.key }) {
            guard case .source(let storeName) = table.origin, table.isMaterialized else { continue }
            guard var store = table.sourceStore else {
                report(
                    self[id].name,
                    "its rows must be kept in a store, and there is no serde for their key or value type",
                    self[id].callSite
                )
                continue
            }
            if reusingSourceTopics, let source = self[id].parents.first,
                tableSources.contains(source),
                case .source(let node) = self[source].kind, let topic = node.topics.topics.first
            {
                store.sourceTopic = topic
            }
            add(store)
            connect(id, to: storeName)
        }
    }
}
