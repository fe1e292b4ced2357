import Records

/// The keys and values of a range, one after the other, in the order of the keys' bytes.
///
/// Close it, or let it go: while it is open the store keeps memory and files that it could give up. Changes of other
/// keys during the walk are not seen.
///
/// ```swift
/// func list(_ visits: KeyValueStore<String, Int64>) throws {
///     let range = try visits.range(from: "a", to: "c")
///     defer { range.close() }
///     while let (name, count) = try range.next() { print(name, count) }
/// }
/// ```
public final class KeyValueIterator<Key, Value> {
    @usableFromInline let advance: () throws -> (key: Key, value: Value)?
    @usableFromInline let finish: () -> Void
    @usableFromInline var peeked: (key: Key, value: Value)?

    /// An iterator over what `next` gives until nil; `close` may be called more than once.
    @inlinable
    public init(next: @escaping () throws -> (key: Key, value: Value)?, close: @escaping () -> Void) {
        self.advance = next
        self.finish = close
    }

    deinit { finish() }

    /// The next key and value; nil at the end. Errors: those of the store and of the serdes.
    @inlinable
    public func next() throws -> (key: Key, value: Value)? {
        if let peeked {
            self.peeked = nil
            return peeked
        }
        return try advance()
    }

    /// The key that ``next()`` will give; nil at the end.
    @inlinable
    public func peekNextKey() throws -> Key? {
        if peeked == nil { peeked = try advance() }
        return peeked?.key
    }

    /// Ends the walk.
    @inlinable
    public func close() { finish() }
}

extension KeyValueIterator {
    /// Visits all that is left, then closes.
    @inlinable
    public func forEach(_ body: (Key, Value) throws -> Void) throws {
        defer { close() }
        while let (key, value) = try next() { try body(key, value) }
    }
}
