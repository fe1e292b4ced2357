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
