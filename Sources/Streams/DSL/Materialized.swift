import Records

/// How the rows of a table are kept: the store's name, serdes, place, caching and changelog.
///
/// Giving one where an operator takes it has the effect on generated names that it has in Kafka Streams.
///
/// ```swift
/// words.groupByKey().count(materialized: .as("counts"))
/// ```
public struct Materialized<Key, Value>: Sendable {
    /// The store's name, under which it can be queried; generated when nil.
    public var storeName: String?
    /// The key's serde; by default the one that the operator's input has or the type provides.
    public var keySerde: Serde<Key>?
    /// The value's serde; by default the one that the type provides.
    public var valueSerde: Serde<Value>?
    /// On disk, in memory, or in a store of one's own; as the builder's stores are when nil.
    public var storage: Stores.Storage?
    /// Whether changes to one key are gathered, and forwarded with the commit.
    public var isCached: Bool
    /// Whether changes go to a changelog topic, and how that is configured.
    public var logging: StoreLogging
    /// How long a store of windows or sessions keeps them; by default as long as they can change.
    public var retention: Duration?
    /// How long past versions of the rows are remembered; nil where only the latest is. Only a table that is read from a
    /// topic can have such a store. See ``VersionedKeyValueStore``.
    public var history: Duration?

    /// All that can be said at once; what is left out is as for a generated store.
    ///
    /// ```swift
    /// let inMemory = Materialized<String, Int64>("counts", in: .memory, isCached: false)
    /// let recent = Materialized<String, Int64>("recent", in: .lru(maxEntryCount: 10_000))
    /// ```
    public init(
        _ storeName: String? = nil,
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        in storage: Stores.Storage? = nil,
        isCached: Bool = true,
        logging: StoreLogging = .enabled(),
        retention: Duration? = nil
    ) {
        self.storeName = storeName
        self.keySerde = key
        self.valueSerde = value
        self.storage = storage
        self.isCached = isCached
        self.logging = logging
        self.retention = retention
    }

    /// A store of that name, with all else by default; or kept elsewhere: Kafka's `Materialized.as` with the supplier of a
    /// store, and `withStoreType`.
    ///
    /// ```swift
    /// words.groupByKey().count(materialized: .as("counts"))
    /// words.groupByKey().count(materialized: .as("recent", in: .lru(maxEntryCount: 10_000)))
    /// ```
    public static func `as`(_ storeName: String, in storage: Stores.Storage? = nil) -> Materialized {
        Materialized(storeName, in: storage)
    }

    /// A store that remembers past versions of the rows for so long, so that joins see the row of their record's time.
    /// See KIP-889.
    ///
    /// ```swift
    /// let prices = builder.table(
    ///     "prices", String.self, Double.self, materialized: .versioned("prices", history: .seconds(3600)))
    /// ```
    public static func versioned(_ storeName: String, history: Duration) -> Materialized {
        var materialized = Materialized(storeName)
        materialized.history = history
        return materialized
    }

    /// A store of a generated name with these serdes.
    ///
    /// ```swift
    /// words.groupByKey().count(materialized: .with(.string, .int64))
    /// ```
    public static func with(_ key: Serde<Key>? = nil, _ value: Serde<Value>? = nil) -> Materialized {
        Materialized(key: key, value: value)
    }
}

extension Materialized {
    /// The store, when its serdes are known.
    @usableFromInline
    func entry(
        _ name: String,
        key: Serde<Key>,
        value: Serde<Value>,
        in defaultStorage: Stores.Storage,
        _ callSite: CallSite
    ) -> StoreEntry {
        let storage = storage ?? defaultStorage
        if let history {
            return StoreEntry(
                Stores.versionedKeyValueStore(name, key, value, history: history, in: storage, logging: logging),
                callSite: callSite,
                historyMs: history.milliseconds
            )
        }
        return StoreEntry(
            Stores.timestampedKeyValueStore(name, key, value, in: storage, isCached: isCached, logging: logging),
            callSite: callSite
        )
    }
}
