import RocksDB

/// The stores that come with Millrace, as builders.
///
/// ```swift
/// builder.addStateStore(Stores.keyValueStore("visits", String.self, Int64.self))
/// builder.addStateStore(Stores.keyValueStore("seen", String.self, Bool.self, in: .memory, logging: .disabled))
/// ```
public enum Stores {
    /// Where a store keeps its committed content.
    public enum Storage: Hashable, Sendable {
        /// In RocksDB, under the task's folder. Content may exceed memory.
        case disk
        /// In memory: rebuilt from the changelog at every start.
        case memory
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
        return StoreBuilder(name: name, isPersistent: storage == .disk, isCached: isCached, logging: logging) {
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
        return StoreBuilder(name: name, isPersistent: storage == .disk, isCached: isCached, logging: logging) {
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
            isPersistent: storage == .disk,
            isTimestamped: isTimestamped,
            isCached: isCached,
            rocks: rocks
        )
    }

    /// One cache of blocks for all stores of the process.
    private static let blockCache = RocksBlockCache(capacityBytes: 64 << 20)
}
