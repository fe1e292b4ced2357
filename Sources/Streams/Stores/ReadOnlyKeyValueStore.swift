import Records

/// What users may do with a store that others write: look up and list.
///
/// ```swift
/// func report(_ visits: some ReadOnlyKeyValueStore<String, Int64>) throws {
///     try visits.all().forEach { name, count in print(name, count) }
/// }
/// ```
public protocol ReadOnlyKeyValueStore<Key, Value>: AnyObject {
    /// The keys.
    associatedtype Key
    /// The values.
    associatedtype Value

    /// The value of `key`; nil when there is none.
    func get(_ key: Key) throws -> Value?

    /// The keys from `from` to `to`, both included, in the order of their bytes; nil leaves that end open. Nothing when
    /// `from` comes after `to`.
    ///
    /// ```swift
    /// func report(_ visits: some ReadOnlyKeyValueStore<String, Int64>) throws {
    ///     try visits.range(from: "a", to: nil).forEach { user, count in print(user, count) }
    /// }
    /// ```
    func range(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value>

    /// As ``range(from:to:)``, last key first.
    func reverseRange(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value>

    /// The keys whose bytes begin with those of `prefix`, in the order of their bytes.
    ///
    /// ```swift
    /// func report(_ visits: some ReadOnlyKeyValueStore<String, Int64>) throws {
    ///     try visits.prefixScan("ha", .string).forEach { user, count in print(user, count) }
    /// }
    /// ```
    func prefixScan<Prefix>(_ prefix: Prefix, _ prefixSerde: Serde<Prefix>) throws -> KeyValueIterator<Key, Value>

    /// How many keys there are, more or less; exact for stores in memory.
    var approximateEntryCount: Int64 { get }
}

extension ReadOnlyKeyValueStore {
    /// All keys in the order of their bytes.
    public func all() throws -> KeyValueIterator<Key, Value> { try range(from: nil, to: nil) }

    /// All keys, last first.
    public func reverseAll() throws -> KeyValueIterator<Key, Value> { try reverseRange(from: nil, to: nil) }

    /// The keys whose bytes begin with those of `prefix`, whose type has a serde.
    public func prefixScan<Prefix: SerdeProviding>(_ prefix: Prefix) throws -> KeyValueIterator<Key, Value> {
        try prefixScan(prefix, Prefix.serde)
    }
}
