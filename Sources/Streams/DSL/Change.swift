import Records

/// A row of a table that changed: what travels below a table.
///
/// The old value is there only when something below needs it; see `TableNode`.
@usableFromInline
struct Change<Value> {
    @usableFromInline let new: Value?
    @usableFromInline let old: Value?
    /// False when the change came out of order into a versioned table. See KIP-914.
    @usableFromInline let isLatest: Bool

    @inlinable
    init(new: Value?, old: Value?, isLatest: Bool = true) {
        self.new = new
        self.old = old
        self.isLatest = isLatest
    }
}

extension Change: Sendable where Value: Sendable {}

/// Reads the row of a key, from a store or through the operators above it.
@usableFromInline
typealias RowReader<Key, Value> = (Key) throws -> ValueAndTimestamp<Value>?

/// Reads the row of a key as it was at some time.
@usableFromInline
typealias AsOfReader<Key, Value> = (Key, Timestamp) throws -> ValueAndTimestamp<Value>?

/// Writes changes to a table's store and hands them on: at once, or with the commit where the store is cached.
@usableFromInline
struct TableWriter<Key, Value> {
    @usableFromInline let store: TimestampedKeyValueStore<Key, Value>
    @usableFromInline let context: ProcessingContext
    @usableFromInline let next: Forward<Key, Change<Value>>
    @usableFromInline let sendsOldValues: Bool
    /// Whether the store hands the changes on by itself.
    @usableFromInline let isCached: Bool

    @inlinable
    init(
        _ store: TimestampedKeyValueStore<Key, Value>,
        sendsOldValues: Bool,
        _ context: ProcessingContext,
        _ next: @escaping Forward<Key, Change<Value>>
    ) {
        self.store = store
        self.context = context
        self.next = next
        self.sendsOldValues = sendsOldValues
        isCached = store.setFlushListener(sendsOldValues: sendsOldValues) { key, new, old, timestamp in
            try next(key, Change(new: new?.value, old: old?.value), new?.timestamp ?? timestamp)
        }
    }

    /// Whether ``put(_:_:_:old:)`` has a use for the old value.
    @inlinable var wantsOldValue: Bool { sendsOldValues && !isCached }

    /// Sets the row, or removes it for nil, and hands the change on.
    @inlinable
    func put(_ key: Key, _ value: Value?, _ timestamp: Timestamp, old: Value?) throws {
        try store.put(key, value.map { ValueAndTimestamp($0, timestamp) })
        if !isCached { try next(key, Change(new: value, old: sendsOldValues ? old : nil), timestamp) }
    }
}
