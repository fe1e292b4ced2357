import RocksDB

/// The stores that come with Millrace, as builders.
///
/// ```swift
/// builder.addStateStore(Stores.keyValueStore("visits", String.self, Int64.self))
/// builder.addStateStore(Stores.keyValueStore("seen", String.self, Bool.self, in: .memory, logging: .disabled))
/// ```
public enum Stores {
    /// Where a store keeps its committed content.
    public enum Storage: Sendable {
        /// In RocksDB, under the task's folder. Content may exceed memory.
        case disk
        /// In memory: rebuilt from the changelog at every start.
        case memory
        /// In memory, and only the keys used last: Kafka's `lruMap`. Not for windows, sessions and versions.
        ///
        /// As in Kafka Streams, a store of the DSL logs nothing when it forgets a key, and a cache above it may still show the
        /// key; a plain ``KeyValueStore`` logs the removal.
        case lru(maxEntryCount: Int)
        /// In a store of one's own, made for each task. See ``BytesStore``.
        case own(_ make: @Sendable (_ storeName: String) -> any BytesStore)
    }

    /// A key-value store: Kafka's `persistentKeyValueStore` and `inMemoryKeyValueStore`.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.keyValueStore("visits", .string, .int64, isCached: true))
    /// ```
    public static func keyValueStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<KeyValueStore<Key, Value>> {
        let configuration = layer(name, storage, isTimestamped: false, isCached: isCached)
        return StoreBuilder(name: name, in: storage, isCached: isCached, logging: logging) {
            KeyValueStore(configuration, keySerde, valueSerde)
        }
    }

    /// A key-value store whose types have serdes.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.keyValueStore("visits", String.self, Int64.self, in: .memory))
    /// ```
    public static func keyValueStore<Key: SerdeProviding, Value: SerdeProviding>(
        _ name: String,
        _ key: Key.Type,
        _ value: Value.Type,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<KeyValueStore<Key, Value>> {
        keyValueStore(name, Key.serde, Value.serde, in: storage, isCached: isCached, logging: logging)
    }

    /// A key-value store that keeps each value's time, as tables and aggregations do: Kafka's
    /// `persistentTimestampedKeyValueStore`.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.timestampedKeyValueStore("visits", .string, .int64))
    /// ```
    public static func timestampedKeyValueStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<TimestampedKeyValueStore<Key, Value>> {
        let configuration = layer(name, storage, isTimestamped: true, isCached: isCached)
        return StoreBuilder(name: name, in: storage, isCached: isCached, logging: logging) {
            TimestampedKeyValueStore(configuration, keySerde, valueSerde)
        }
    }

    /// A timestamped key-value store whose types have serdes.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.timestampedKeyValueStore("visits", String.self, Int64.self))
    /// ```
    public static func timestampedKeyValueStore<Key: SerdeProviding, Value: SerdeProviding>(
        _ name: String,
        _ key: Key.Type,
        _ value: Value.Type,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<TimestampedKeyValueStore<Key, Value>> {
        timestampedKeyValueStore(name, Key.serde, Value.serde, in: storage, isCached: isCached, logging: logging)
    }

    static func layer(
        _ name: String,
        _ storage: Storage,
        isTimestamped: Bool,
        isCached: Bool
    ) -> StoreLayer.Configuration {
        var rocks = RocksOptions()
        rocks.blockCache = blockCache
        return StoreLayer.Configuration(
            name: name,
            isPersistent: storage.isOnDisk,
            isTimestamped: isTimestamped,
            isCached: isCached,
            rocks: rocks,
            makeOwn: storage.makeOwn
        )
    }

    /// One cache of blocks for all stores of the process.
    private static let blockCache = RocksBlockCache(capacityBytes: 64 << 20)
}

extension Stores.Storage {
    var isOnDisk: Bool {
        if case .disk = self { true } else { false }
    }

    /// Makes the store below the layer, where that is neither RocksDB nor memory.
    var makeOwn: (@Sendable (_ storeName: String) -> any BytesStore)? {
        switch self {
        case .disk, .memory: nil
        case .lru(let maxEntryCount): { _ in LRUBytesStore(maxEntryCount: maxEntryCount) }
        case .own(let make): make
        }
    }

    /// Why it cannot keep what belongs together; nil where it can.
    var problemWithHistory: String? {
        guard case .lru = self else { return nil }
        return "windows, sessions and versions cannot be kept in an LRU store, which would forget parts of them. "
            + "Use .disk, .memory or .own"
    }
}

extension StoreBuilder {
    /// A builder of a store that is kept there.
    init(
        name: String,
        in storage: Stores.Storage,
        isCached: Bool = false,
        logging: StoreLogging,
        changelogKind: ChangelogKind = .latest,
        make: @escaping @Sendable () -> Store
    ) {
        self.init(
            name: name,
            isPersistent: storage.makeOwn?(name).isPersistent ?? storage.isOnDisk,
            isCached: isCached,
            logging: logging,
            changelogKind: changelogKind,
            make: make
        )
        if changelogKind != .latest { problem = storage.problemWithHistory }
    }
}

extension Stores {
    /// A store in memory of the `maxEntryCount` keys used last: Kafka's `lruMap`. A key that it forgets is removed in the
    /// changelog, too.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.lruMap("recent", .string, .bool, maxEntryCount: 10_000))
    /// ```
    public static func lruMap<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        maxEntryCount: Int,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<KeyValueStore<Key, Value>> {
        let storage = Storage.lru(maxEntryCount: maxEntryCount)
        return keyValueStore(name, keySerde, valueSerde, in: storage, isCached: isCached, logging: logging)
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
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<KeyValueStore<Key, Value>> {
        lruMap(name, Key.serde, Value.serde, maxEntryCount: maxEntryCount, isCached: isCached, logging: logging)
    }
}
