import Records

/// The rows of a table: in a store that has the latest of each key, or in one that remembers past versions.
@usableFromInline
enum TableRows<Key, Value> {
    case latest(TimestampedKeyValueStore<Key, Value>)
    case versioned(VersionedKeyValueStore<Key, Value>)

    /// The latest row of a key; nil when there is none.
    @inlinable
    func get(_ key: Key) throws -> ValueAndTimestamp<Value>? {
        switch self {
        case .latest(let store): try store.get(key)
        case .versioned(let store): try store.get(key).map { ValueAndTimestamp($0.value, $0.timestamp) }
        }
    }
}

extension TaskAssembly {
    /// The rows of a table's store of either kind.
    @inlinable
    func rows<Key, Value>(named name: String, for id: NodeID) throws -> TableRows<Key, Value> {
        if let store = find(name, VersionedKeyValueStore<Key, Value>.self) { return .versioned(store) }
        return .latest(try store(named: name, for: id))
    }
}

/// Writes changes to a table's store and hands them on: at once, or with the commit where the store is cached.
@usableFromInline
struct TableWriter<Key, Value> {
    @usableFromInline let rows: TableRows<Key, Value>
    @usableFromInline let next: Forward<Key, Change<Value>>
    @usableFromInline let sendsOldValues: Bool
    /// Whether the store hands the changes on by itself.
    @usableFromInline let isCached: Bool

    @inlinable
    init(
        _ rows: TableRows<Key, Value>,
        sendsOldValues: Bool,
        _ next: @escaping Forward<Key, Change<Value>>
    ) {
        self.rows = rows
        self.next = next
        self.sendsOldValues = sendsOldValues
        switch rows {
        case .latest(let store):
            isCached = store.setFlushListener(sendsOldValues: sendsOldValues) { key, new, old, timestamp in
                try next(key, Change(new: new?.value, old: old?.value), new?.timestamp ?? timestamp)
            }
        case .versioned:
            isCached = false
        }
    }

    /// Whether ``put(_:_:_:old:)`` has a use for the old value.
    @inlinable var wantsOldValue: Bool { sendsOldValues && !isCached }

    /// Sets the row, or removes it for nil, and hands the change on, unless it came too late for a versioned store.
    @inlinable
    func put(_ key: Key, _ value: Value?, _ timestamp: Timestamp, old: Value?) throws {
        var isLatest = true
        switch rows {
        case .latest(let store):
            try store.put(key, value.map { ValueAndTimestamp($0, timestamp) })
            if isCached { return }
        case .versioned(let store):
            let result = try store.put(key, value, at: timestamp)
            if result == .expired { return }
            isLatest = result == .latest
        }
        try next(key, Change(new: value, old: sendsOldValues ? old : nil, isLatest: isLatest), timestamp)
    }
}
