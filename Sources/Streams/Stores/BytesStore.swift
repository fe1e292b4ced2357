import Records

/// A store of one's own beneath those of the DSL: bytes by key. The operator's store above it encodes keys and values, holds
/// changes back where it is cached, and logs them; this one keeps them.
///
/// One protocol serves all kinds of stores. Keys of windows and sessions begin with 8 bytes for the segment of time that they
/// are in, so that what has expired is a range: see ``removeAll(before:)``. All calls come from the task's thread.
///
/// ```swift
/// final class Notebook: BytesStore {
///     private var pages: [Bytes: Bytes] = [:]
///     var approximateEntryCount: Int64 { Int64(pages.count) }
///
///     func get(_ key: Bytes) -> Bytes? { pages[key] }
///     func put(_ key: Bytes, _ value: Bytes?) { pages[key] = value }
///
///     func range(from: Bytes?, before: Bytes?, isReverse: Bool) -> KeyValueIterator<Bytes, Bytes> {
///         .over(pages.map { (key: $0.key, value: $0.value) }, from: from, before: before, isReverse: isReverse)
///     }
/// }
///
/// words.groupByKey().count(materialized: Materialized("counts", in: .own { _ in Notebook() }))
/// ```
public protocol BytesStore: AnyObject {
    /// The value of `key`; nil when there is none.
    func get(_ key: Bytes) throws -> Bytes?

    /// Sets the value of `key`; nil removes it.
    func put(_ key: Bytes, _ value: Bytes?) throws

    /// The keys that are not before `from`, and before `before`, in the order of their bytes, or backward; nil leaves that end
    /// open. Puts of other keys while the iterator is open must not disturb it.
    func range(from: Bytes?, before: Bytes?, isReverse: Bool) throws -> KeyValueIterator<Bytes, Bytes>

    /// Removes all keys before that one, which have expired. As it stands, one by one.
    func removeAll(before key: Bytes) throws

    /// How many keys there are, more or less.
    var approximateEntryCount: Int64 { get }

    /// Whether committed content survives a restart without its changelog: then ``committedOffset`` says how far it goes.
    /// False unless said otherwise.
    var isPersistent: Bool { get }

    /// The changelog's offset that came with the last commit; nil, as it stands, where restoring begins at the start.
    var committedOffset: Offset? { get }

    /// Makes ready, in the task's folder if need be. Nothing is to be logged: that is done above.
    func open(_ context: any StateStoreContext) throws

    /// Makes all changes so far the committed content, with the changelog's offset that they stand for; nil where there is no
    /// changelog. As it stands, nothing.
    func commit(_ changelogOffset: Offset?) throws

    /// Removes everything, committed content too. As it stands, one by one.
    func wipe() throws

    /// Gives up everything held; committed content stays.
    func close()
}

extension BytesStore {
    public func removeAll(before key: Bytes) throws { try remove(before: key) }
    public func wipe() throws { try remove(before: nil) }
    public var isPersistent: Bool { false }
    public var committedOffset: Offset? { nil }
    public func open(_ context: any StateStoreContext) throws {}
    public func commit(_ changelogOffset: Offset?) throws {}
    public func close() {}

    private func remove(before bound: Bytes?) throws {
        var keys: [Bytes] = []
        try range(from: nil, before: bound, isReverse: false).forEach { key, _ in keys.append(key) }
        for key in keys { try put(key, nil) }
    }
}

extension KeyValueIterator where Key == Bytes, Value == Bytes {
    /// Those of `entries` that are in a range, in the order of their keys' bytes, or backward: for a ``BytesStore`` that keeps
    /// no order of its own.
    public static func over(
        _ entries: [(key: Bytes, value: Bytes)],
        from: Bytes?,
        before: Bytes?,
        isReverse: Bool
    ) -> KeyValueIterator {
        func isBefore(_ a: Bytes, _ b: Bytes) -> Bool {
            a.withUnsafeBytes { a in b.withUnsafeBytes { b in RawKey.compare(a, b) < 0 } }
        }
        var rest = entries.filter { entry in
            !(from.map { isBefore(entry.key, $0) } ?? false) && (before.map { isBefore(entry.key, $0) } ?? true)
        }
        // Handed out from the end.
        rest.sort { a, b in isReverse ? isBefore(a.key, b.key) : isBefore(b.key, a.key) }
        return KeyValueIterator(next: { rest.popLast() }, close: { rest = [] })
    }
}
