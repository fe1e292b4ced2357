import Records

/// A store in memory that keeps the keys used last, and forgets the one that was not used for longest when there are too
/// many: Kafka's `lruMap`.
///
/// Reading and changing a key use it; ranges do not. A forgotten key is removed in the changelog, too.
///
/// ```swift
/// func isRepeated(_ seen: LRUStore<String, Bool>, _ id: String) throws -> Bool {
///     try seen.putIfAbsent(id, true) != nil
/// }
/// ```
///
/// It holds a place for each key in a list from the one used last to the one to forget first.
/// Invariant: `places` has exactly the linked slots, at most `maxEntryCount` of them between two calls.
public final class LRUStore<Key, Value>: StateStore {
    public let name: String
    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written.
    public let valueSerde: Serde<Value>
    /// How many keys are kept.
    public let maxEntryCount: Int

    private struct Slot {
        var key: Bytes
        var value: Bytes
        var newer: Int
        var older: Int
    }

    private var places: [Bytes: Int] = [:]
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var (newest, oldest) = (-1, -1)
    private var context: (any StateStoreContext)?
    private var changelog: StoreChangelog?
    public private(set) var committedOffset: Offset?

    init(_ name: String, _ keySerde: Serde<Key>, _ valueSerde: Serde<Value>, maxEntryCount: Int) {
        self.name = name
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.maxEntryCount = max(maxEntryCount, 1)
    }

    // MARK: Changing

    /// Sets the value of `key`; nil removes it.
    public func put(_ key: Key, _ value: Value?) throws {
        try put(encoded(key), try value.flatMap { try valueSerde.bytes(of: $0) })
    }

    /// Sets the value of `key` when there is none, and returns the one there was.
    @discardableResult
    public func putIfAbsent(_ key: Key, _ value: Value?) throws -> Value? {
        if let old = try get(key) { return old }
        try put(key, value)
        return nil
    }

    /// Removes `key`, and returns the value it had.
    @discardableResult
    public func delete(_ key: Key) throws -> Value? {
        let old = try get(key)
        try put(key, nil)
        return old
    }

    private func put(_ key: Bytes, _ value: Bytes?) throws {
        if let forgotten = set(key, value) { try log(forgotten, nil) }
        try log(key, value)
    }

    private func log(_ key: Bytes, _ value: Bytes?) throws {
        guard let changelog, let context else { return }
        try key.withUnsafeBytes { key in
            guard let value else { return try changelog.log(key, nil, context.timestamp) }
            try value.withUnsafeBytes { try changelog.log(key, $0, context.timestamp) }
        }
    }

    private func encoded(_ key: Key) throws -> Bytes {
        guard isOpen else { throw InvalidStateStoreException("store \(name) is not open") }
        guard let bytes = try keySerde.bytes(of: key) else {
            throw ProcessorStateException("store \(name) takes no null as key")
        }
        return bytes
    }

    // MARK: The list

    /// Sets or removes a value; returns the key that had to go for it.
    private func set(_ key: Bytes, _ value: Bytes?) -> Bytes? {
        guard let value else {
            if let place = places.removeValue(forKey: key) {
                unlink(place)
                free.append(place)
            }
            return nil
        }
        if let place = places[key] {
            slots[place].value = value
            use(place)
            return nil
        }
        let slot = Slot(key: key, value: value, newer: -1, older: -1)
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        places[key] = place
        link(place)
        guard places.count > maxEntryCount else { return nil }
        let forgotten = slots[oldest].key
        _ = set(forgotten, nil)
        return forgotten
    }

    private func use(_ place: Int) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    private func link(_ place: Int) {
        (slots[place].newer, slots[place].older) = (-1, newest)
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
    }

    private func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }
}

extension LRUStore: ReadOnlyKeyValueStore {
    /// The value of `key`, which is used by that; nil when there is none.
    public func get(_ key: Key) throws -> Value? {
        guard let place = try places[encoded(key)] else { return nil }
        use(place)
        return try valueSerde.value(of: slots[place].value)
    }

    public func range(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value> {
        try iterator(range(from, to))
    }

    public func reverseRange(from: Key?, to: Key?) throws -> KeyValueIterator<Key, Value> {
        try iterator(range(from, to).reversed())
    }

    public func prefixScan<Prefix>(
        _ prefix: Prefix,
        _ prefixSerde: Serde<Prefix>
    ) throws -> KeyValueIterator<Key, Value> {
        let prefix = try prefixSerde.bytes(of: prefix) ?? []
        return iterator(sorted().filter { $0.key.starts(with: prefix) })
    }

    public var approximateEntryCount: Int64 { Int64(places.count) }

    private func range(_ from: Key?, _ to: Key?) throws -> [(key: Bytes, value: Bytes)] {
        let first = try from.map { [UInt8](try encoded($0)) }
        let last = try to.map { [UInt8](try encoded($0)) }
        return sorted().filter { entry in entry.key.withUnsafeBytes { RawKey.isBetween($0, first, last) } }
    }

    private func sorted() -> [(key: Bytes, value: Bytes)] {
        places.map { ($0.key, slots[$0.value].value) }.sorted { a, b in
            a.key.withUnsafeBytes { a in b.key.withUnsafeBytes { b in RawKey.compare(a, b) < 0 } }
        }
    }

    private func iterator(_ entries: [(key: Bytes, value: Bytes)]) -> KeyValueIterator<Key, Value> {
        var rest = entries[...]
        let (keySerde, valueSerde) = (keySerde, valueSerde)
        return KeyValueIterator(
            next: { try rest.popFirst().map { (try keySerde.value(of: $0.key), try valueSerde.value(of: $0.value)) } },
            close: { rest = [] }
        )
    }
}

// The task's side.
extension LRUStore {
    public var isPersistent: Bool { false }
    public var isOpen: Bool { context != nil }

    public func open(_ context: any StateStoreContext) throws {
        guard !isOpen else { throw InvalidStateStoreException("store \(name) is open already") }
        self.context = context
        changelog = context.changelog(of: name)
    }

    public func flush() {}
    public func commit(_ changelogOffset: Offset?) { committedOffset = changelogOffset ?? committedOffset }
    public func finishRestore(_ nextOffset: Offset) { committedOffset = nextOffset }

    public func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) {
        // What goes for want of room went when this was logged, and its removal comes with the changelog.
        _ = set(Bytes(copying: key), value.map { Bytes(copying: $0) })
    }

    public func wipe() {
        (places, slots, free) = ([:], [], [])
        (newest, oldest) = (-1, -1)
        committedOffset = nil
    }

    public func close() {
        wipe()
        (context, changelog) = (nil, nil)
    }
}

extension Stores {
    /// A store in memory of the `maxEntryCount` keys used last: Kafka's `lruMap`.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.lruMap("recent", .string, .bool, maxEntryCount: 10_000))
    /// ```
    public static func lruMap<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        maxEntryCount: Int,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<LRUStore<Key, Value>> {
        StoreBuilder(name: name, isPersistent: false, logging: logging) {
            LRUStore(name, keySerde, valueSerde, maxEntryCount: maxEntryCount)
        }
    }

    /// A store of the keys used last whose types have serdes.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.lruMap("recent", String.self, Bool.self, maxEntryCount: 10_000))
    /// ```
    public static func lruMap<Key: SerdeProviding, Value: SerdeProviding>(
        _ name: String,
        _ key: Key.Type,
        _ value: Value.Type,
        maxEntryCount: Int,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<LRUStore<Key, Value>> {
        lruMap(name, Key.serde, Value.serde, maxEntryCount: maxEntryCount, logging: logging)
    }
}
